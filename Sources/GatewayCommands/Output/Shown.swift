import AdapterKit
import GatewayCore

extension Instant {
    /// To the minute, in UTC: `2027-03-18 04:00Z`.
    var short: String {
        let text = description
        return text.prefix(10) + " " + text.dropFirst(11).prefix(5) + "Z"
    }
}

extension Instant? {
    /// When full access ends: to the minute, `lost` once it has, a dash where it is not foreseen.
    var loss: String {
        guard let self else { return "–" }
        return self <= Wiring.surroundings.now() ? "lost" : self.short
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
