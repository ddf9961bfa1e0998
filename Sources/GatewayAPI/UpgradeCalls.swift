public import AdapterKit

/// Brings other license keys into force on every machine of an installation, or puts everything back as it was. The
/// product's software is not touched.
public struct UpgradeKeys: GatewayCall {
    /// What comes back.
    public typealias Answer = UpgradeView
    /// The name in the audit trail and the API.
    public static let name = "upgrade"

    /// The installation's ID.
    public var installation: String
    /// The keys, by the names of the adapter's key fields. Secrets: no answer holds one.
    public var keys: [String: String]
    /// When it is to begin; now, or a time to come, at which `run --due` begins it.
    public var start: PointInTime
    /// Whether only to look whether it could be made.
    public var dryRun: Bool

    /// The call.
    public init(installation: String, keys: [String: String], start: PointInTime = .now, dryRun: Bool = false) {
        self.installation = installation
        self.keys = keys
        self.start = start
        self.dryRun = dryRun
    }
}

/// Shows an installation's last upgrade, or the one that is open.
public struct ShowUpgrade: GatewayCall {
    /// What comes back.
    public typealias Answer = UpgradeView
    /// The name in the audit trail and the API.
    public static let name = "upgrade.show"

    /// The installation's ID.
    public var installation: String
    /// The operation's ID of an earlier one; nil for the last.
    public var operation: String?

    /// The call.
    public init(installation: String, operation: String? = nil) {
        self.installation = installation
        self.operation = operation
    }
}

/// Goes on with an upgrade whose process ended, or that could not be put right before.
public struct ResumeUpgrade: GatewayCall {
    /// What comes back.
    public typealias Answer = UpgradeView
    /// The name in the audit trail and the API.
    public static let name = "upgrade.resume"

    /// The installation's ID.
    public var installation: String

    /// The call.
    public init(installation: String) { self.installation = installation }
}

/// Puts everything back as it was before an upgrade: one that waits or hangs, or the last one while it is watched.
public struct RollBackUpgrade: GatewayCall {
    /// What comes back.
    public typealias Answer = UpgradeView
    /// The name in the audit trail and the API.
    public static let name = "upgrade.rollback"

    /// The installation's ID.
    public var installation: String

    /// The call.
    public init(installation: String) { self.installation = installation }
}

/// Notes what was seen after an upgrade, and ends its watching.
public struct ObserveUpgrade: GatewayCall {
    /// What comes back.
    public typealias Answer = UpgradeView
    /// The name in the audit trail and the API.
    public static let name = "upgrade.observe"

    /// The installation's ID.
    public var installation: String
    /// What was seen; empty for nothing.
    public var note: String
    /// Whether it needs to be watched no longer.
    public var closes: Bool

    /// The call.
    public init(installation: String, note: String = "", closes: Bool = false) {
        self.installation = installation
        self.note = note
        self.closes = closes
    }
}

/// Does what is due: upgrades whose time has come, and refreshes. For cron or a timer.
public struct RunDue: GatewayCall {
    /// What comes back.
    public typealias Answer = DueReport
    /// The name in the audit trail and the API.
    public static let name = "run"

    /// The call.
    public init() {}
}

/// What was due, and what came of it.
public struct DueReport: Codable, Hashable, Sendable {
    /// The upgrades that were begun or gone on with.
    public var upgrades: [UpgradeView]
    /// The refreshes.
    public var refreshes: RefreshReport

    /// A report.
    public init(upgrades: [UpgradeView], refreshes: RefreshReport) {
        self.upgrades = upgrades
        self.refreshes = refreshes
    }
}

/// An upgrade of license keys, as people see it.
public struct UpgradeView: Codable, Hashable, Sendable {
    /// The operation's ID; nil for one that was only looked at.
    public var operation: String?
    /// The installation's ID.
    public var installation: String
    /// The customer's ID.
    public var customer: String
    /// The step that it is at: `announce` … `done`, `rolledBack`, `failed`.
    public var phase: String
    /// The operation's status: `waiting`, `running`, `asking`, `interrupted`, `done`, `failed`.
    public var status: String
    /// When it is to begin, or began.
    public var start: Instant
    /// When it ended; nil while it is open.
    public var ended: Instant?
    /// Who began it, by ID.
    public var caller: String
    /// What happened, and what to do.
    public var message: String
    /// What is not as it should be, though it does not stand in the way.
    public var warnings: [String]
    /// The registration before, secrets masked.
    public var before: [RegistrationLine]
    /// The registration now; empty where nothing of it is in force.
    public var after: [RegistrationLine]
    /// What was tried and is not in force: the identity that the keys bring and, where the vendor answered, what it
    /// granted, secrets masked.
    public var tried: [RegistrationLine]
    /// The path of the archive of what was backed up.
    public var backup: String?
    /// The files on the hosts.
    public var hosts: [HostView]
    /// What was done, step by step.
    public var steps: [OperationView.StepView]
    /// Until when it is watched; nil before it is done.
    public var monitoredUntil: Instant?
    /// When somebody ended the watching.
    public var closed: Instant?
    /// What people noted meanwhile.
    public var observations: [OperationView.StepView]
    /// How many claims were refused while it was watched.
    public var denials: Int
    /// The last of them, the oldest first.
    public var refused: [Denial]
    /// The newest other upgrades of the installation, and the one that is watched, the newest first.
    public var others: [Other]
    /// Whom to ask where something went wrong.
    public var contacts: [ContactView]
    /// The plan for emergencies, where one is on record.
    public var emergencyPlan: String?

    /// A view.
    public init(
        operation: String?, installation: String, customer: String, phase: String, status: String, start: Instant,
        ended: Instant? = nil, caller: String, message: String, warnings: [String] = [],
        before: [RegistrationLine] = [], after: [RegistrationLine] = [],
        tried: [RegistrationLine] = [], backup: String? = nil, hosts: [HostView],
        steps: [OperationView.StepView] = [], monitoredUntil: Instant? = nil, closed: Instant? = nil,
        observations: [OperationView.StepView] = [], denials: Int = 0, refused: [Denial] = [], others: [Other] = [],
        contacts: [ContactView] = [], emergencyPlan: String? = nil
    ) {
        self.operation = operation
        self.installation = installation
        self.customer = customer
        self.phase = phase
        self.status = status
        self.start = start
        self.ended = ended
        self.caller = caller
        self.message = message
        self.warnings = warnings
        self.before = before
        self.after = after
        self.tried = tried
        self.backup = backup
        self.hosts = hosts
        self.steps = steps
        self.monitoredUntil = monitoredUntil
        self.closed = closed
        self.observations = observations
        self.denials = denials
        self.refused = refused
        self.others = others
        self.contacts = contacts
        self.emergencyPlan = emergencyPlan
    }

    /// Another upgrade of the same installation.
    public struct Other: Codable, Hashable, Sendable {
        /// The operation's ID.
        public var operation: String
        /// The step that it is at.
        public var phase: String
        /// When it began, or is to begin.
        public var start: Instant
        /// Whether it is done and being watched.
        public var isWatched: Bool

        /// An upgrade.
        public init(operation: String, phase: String, start: Instant, isWatched: Bool) {
            self.operation = operation
            self.phase = phase
            self.start = start
            self.isWatched = isWatched
        }
    }

    /// A claim that was refused.
    public struct Denial: Codable, Hashable, Sendable {
        /// When.
        public var at: Instant
        /// The user; empty for who may not see users, and once the name was erased.
        public var user: String
        /// The host; empty where nobody said, and where the user is.
        public var host: String
        /// The pool that a seat was asked of.
        public var pool: String
        /// Why.
        public var reason: String

        /// A denial.
        public init(at: Instant, user: String, host: String, pool: String, reason: String) {
            self.at = at
            self.user = user
            self.host = host
            self.pool = pool
            self.reason = reason
        }
    }

    /// A file on a host.
    public struct HostView: Codable, Hashable, Sendable {
        /// The host's name.
        public var host: String
        /// The file's absolute path.
        public var path: String
        /// What went wrong there; nil where nothing did.
        public var trouble: String?

        /// A file.
        public init(host: String, path: String, trouble: String?) {
            self.host = host
            self.path = path
            self.trouble = trouble
        }
    }
}
