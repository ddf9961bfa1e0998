import AdapterKit

extension Instant {
    /// To the minute, in UTC: `2027-03-18 04:00Z`.
    var short: String {
        let text = description
        return text.prefix(10) + " " + text.dropFirst(11).prefix(5) + "Z"
    }
}

extension Level {
    /// How the level looks where there is color.
    var style: Table.Style {
        switch self {
        case .licensed: .good
        case .notice: .notice
        case .warning, .grace: .warning
        case .restricted, .stopped, .unlicensed: .bad
        }
    }
}

extension Access {
    /// In words: `no access`.
    var phrase: String { self == .none ? "no access" : "\(rawValue) access" }
}
