public import AdapterKit
public import Foundation

/// The step that an upgrade of license keys is at.
public enum UpgradePhase: String, Codable, Hashable, Sendable, CaseIterable {
    /// It waits for its time; whom it concerns is told ahead.
    case announce
    /// Keys, folders and room are looked at.
    case preflight
    /// Nobody new is let in, and those who are in are waited for.
    case everyoneOut
    /// The profile's paths are put into an archive.
    case backup
    /// The present registration is kept.
    case snapshot
    /// The vendor activates the keys.
    case activate
    /// The registration file goes to every host.
    case deliver
    /// The product's services are restarted.
    case restart
    /// What is in force is looked at.
    case verify
    /// It is done, and watched.
    case done
    /// Everything is put back as it was.
    case rollBack
    /// Everything is as it was.
    case rolledBack
    /// It ended before anything was changed.
    case failed

    /// Whether something may have to be put back where it goes no further.
    public var isBeyondSnapshot: Bool {
        switch self {
        case .activate, .deliver, .restart, .verify: true
        case .announce, .preflight, .everyoneOut, .backup, .snapshot, .done, .rollBack, .rolledBack, .failed: false
        }
    }
}

extension UpgradePhase {
    /// Whether an upgrade that is open at it may have written to hosts, or is about to: one that is done is open again to
    /// be rolled back.
    public var touchesHosts: Bool { isBeyondSnapshot || self == .rollBack || self == .done }

    /// As a list in SQL.
    static let touchingHosts = allCases.filter(\.touchesHosts).map { "'\($0.rawValue)'" }.joined(separator: ", ")
}

/// An upgrade as it is stored.
public struct UpgradeRecord: Sendable {
    /// The operation's ID.
    public var operation: String
    /// The installation's ID.
    public var installation: String
    /// The customer's ID.
    public var customer: String
    /// The step that it is at.
    public var phase: UpgradePhase
    /// What is to be done where, as JSON of the core's.
    public var plan: Data
    /// When it is to begin.
    public var start: Instant
    /// The path of the archive of what was backed up.
    public var backup: String?
    /// What the registration said before, secrets masked.
    public var registrationBefore: [RegistrationLine]
    /// What it says now.
    public var registrationAfter: [RegistrationLine]
    /// Until when it is watched; nil before it is done.
    public var monitoredUntil: Instant?
    /// When somebody ended the watching.
    public var closed: Instant?
    /// Who did, by ID.
    public var closedBy: String?
    /// What people noted while it was watched.
    public var observations: [StepNote]
    /// How many claims were refused while it was watched.
    public var denials: Int
}

/// A file of an upgrade on a host.
public struct UpgradeFileRecord: Sendable {
    /// Its number, from 1.
    public var number: Int
    /// The host's name.
    public var host: String
    /// Which of the adapter's deliveries it is.
    public var delivery: String
    /// Its absolute path.
    public var path: String
    /// The SHA-256 of what stood there before; nil where there was no file.
    public var beforeSHA256: String?
    /// How the new file is put there, as JSON of the core's; nil before the vendor's answer.
    public var plan: Data?
    /// What went wrong on that host; nil where nothing did.
    public var trouble: String?

    /// A file.
    public init(
        number: Int, host: String, delivery: String, path: String, beforeSHA256: String? = nil, plan: Data? = nil,
        trouble: String? = nil
    ) {
        self.number = number
        self.host = host
        self.delivery = delivery
        self.path = path
        self.beforeSHA256 = beforeSHA256
        self.plan = plan
        self.trouble = trouble
    }
}

/// An installation's columns that an upgrade changes, to be put back.
struct LicenseColumns: Codable, Hashable, Sendable {
    var identity: String
    var held: Bool
    var revision: String?
    var issued: Int64?
    var entitlementFrom: String?
    var seats: String
    var vendorStatus: String?
    var dates: String
    var unverified: Bool
    var lastContact: Int64?
    var lastRefresh: Int64?
    var refreshDue: Int64?
    var offlineActivated: Int64?
}
