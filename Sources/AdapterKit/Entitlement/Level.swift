/// How well an installation is licensed, best first.
///
/// The level decides the ``Access``; nothing else does. Levels are ordered: a later one is worse.
public enum Level: String, CaseIterable, Codable, CodingKeyRepresentable, Comparable, Sendable {
    /// Nothing to say.
    case licensed
    /// Full access; something comes up.
    case notice
    /// Full access; something must be done.
    case warning
    /// Full access, for a while yet.
    case grace
    /// Read-only: view and report; nothing entered or posted.
    case restricted
    /// No access.
    case stopped
    /// No access: there is no entitlement, or it lacks a date that its rules need.
    case unlicensed

    /// What a user may do at this level.
    public var access: Access {
        switch self {
        case .licensed, .notice, .warning, .grace: .full
        case .restricted: .readOnly
        case .stopped, .unlicensed: .none
        }
    }

    /// The position in the order, 0 for ``licensed``.
    public var rank: Int {
        switch self {
        case .licensed: 0
        case .notice: 1
        case .warning: 2
        case .grace: 3
        case .restricted: 4
        case .stopped: 5
        case .unlicensed: 6
        }
    }

    /// Whether the left one is better.
    public static func < (left: Level, right: Level) -> Bool { left.rank < right.rank }
}

/// What a level allows.
public enum Access: String, CaseIterable, Codable, Comparable, Sendable {
    /// Everything.
    case full
    /// View and report; nothing entered or posted.
    case readOnly = "read-only"
    /// Nothing.
    case none

    /// Whether a user with this access may do something.
    public func allows(_ action: Action) -> Bool {
        switch self {
        case .full: true
        case .readOnly: action == .view || action == .report
        case .none: false
        }
    }

    /// Less access is greater: the worst of several is their maximum.
    public static func < (left: Access, right: Access) -> Bool { left.rank < right.rank }

    private var rank: Int {
        switch self {
        case .full: 0
        case .readOnly: 1
        case .none: 2
        }
    }
}

/// What a user may want to do in a product.
public enum Action: String, CaseIterable, Codable, Sendable {
    /// Look at records.
    case view
    /// Run reports.
    case report
    /// Enter records.
    case enter
    /// Post transactions.
    case post
}
