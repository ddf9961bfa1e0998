/// Asks the vendors what installations are entitled to, and delivers what changed.
public struct Refresh: GatewayCall {
    /// What comes back.
    public typealias Answer = RefreshReport
    /// The name in the audit trail and the API.
    public static let name = "refresh"

    /// Which installations.
    public var selection: Selection
    /// Why it happens now. By a login, only what is due is asked about.
    public var trigger: Trigger
    /// How many are asked about at once, 1 to 256. As many again may have their answer and wait for our own disk.
    public var concurrency: Int
    /// Whether only to say what would be asked.
    public var dryRun: Bool
    /// Whether a file that Gatehouse did not write may be replaced; that original is kept for good.
    public var adopt: Bool

    /// The call.
    public init(
        selection: Selection, trigger: Trigger = .asked, concurrency: Int = 16, dryRun: Bool = false,
        adopt: Bool = false
    ) {
        self.selection = selection
        self.trigger = trigger
        self.concurrency = concurrency
        self.dryRun = dryRun
        self.adopt = adopt
    }

    /// Which installations a call is about.
    public enum Selection: Codable, Hashable, Sendable {
        /// These, by ID.
        case installations([String])
        /// All of one customer.
        case customer(String)
        /// All whose refresh is due.
        case due
        /// All that the caller may see.
        case all
    }

    /// Why a refresh happens.
    public enum Trigger: String, Codable, Hashable, Sendable, CaseIterable {
        /// A person asked: always.
        case asked
        /// A user logged in: only where the window is open.
        case login
        /// The schedule: only where it is due.
        case schedule
    }
}

/// What a refresh of several installations came to.
public struct RefreshReport: Codable, Hashable, Sendable {
    /// How many ended how.
    public var counts: [RefreshResult.Outcome: Int]
    /// Those that failed, were updated, wait for a person, showed an order or were asked for by ID, in the order in which they ended. The others
    /// are only counted, so that a report on a whole portfolio stays small.
    public var results: [RefreshResult]
    /// How many results of note are left out of ``results``, past the first ``maximumResults``.
    public var omitted: Int
    /// How many orders were applied: the vendors' answers show what was ordered.
    public var ordersApplied: Int

    /// The most results in one report.
    public static let maximumResults = 1000

    /// A report.
    public init(
        counts: [RefreshResult.Outcome: Int] = [:], results: [RefreshResult] = [], omitted: Int = 0,
        ordersApplied: Int = 0
    ) {
        self.counts = counts
        self.results = results
        self.omitted = omitted
        self.ordersApplied = ordersApplied
    }
}

/// What the refresh of one installation came to.
public struct RefreshResult: Codable, Hashable, Sendable {
    /// The installation's ID.
    public var installation: String
    /// How it ended.
    public var outcome: Outcome
    /// What happened, and for a failure what to do.
    public var message: String
    /// The operation's ID; nil where none was begun.
    public var operation: String?
    /// For a rejection, the identity field that did not match.
    public var field: String?
    /// The orders that it applied, by ID.
    public var orders: [String]

    /// A result.
    public init(
        installation: String, outcome: Outcome, message: String, operation: String? = nil, field: String? = nil,
        orders: [String] = []
    ) {
        self.installation = installation
        self.outcome = outcome
        self.message = message
        self.operation = operation
        self.field = field
        self.orders = orders
    }

    /// How a refresh ended.
    public enum Outcome: String, Codable, Hashable, Sendable, CaseIterable, CodingKeyRepresentable {
        /// The vendor granted something else; it is in force and delivered.
        case updated
        /// What is held still holds.
        case unchanged
        /// What is held still holds, and a delivered file that somebody had changed was put back.
        case restored
        /// It was not time yet.
        case notDue
        /// It would be asked about.
        case wouldAsk
        /// The license was given back, and has to be acquired again.
        case removed
        /// A person has to do something first: `gatehouse steps list` shows what.
        case waiting
        /// The vendor could not be reached.
        case unreachable
        /// The vendor refused.
        case rejected
        /// The answer was not taken.
        case untrusted
        /// It failed otherwise.
        case failed
        /// The entitlement is in force, but a file could not be put in place; it is tried again.
        case interrupted

        /// Whether somebody has to look at it.
        public var isFailure: Bool {
            switch self {
            case .updated, .unchanged, .restored, .notDue, .wouldAsk, .waiting, .removed: false
            case .unreachable, .rejected, .untrusted, .failed, .interrupted: true
            }
        }
    }
}
