public import AdapterKit

/// Tells everything that happened to an installation, in order.
public struct ShowHistory: GatewayCall {
    /// What comes back.
    public typealias Answer = HistoryView
    /// The name in the audit trail and the API.
    public static let name = "history"

    /// The installation's ID.
    public var installation: String
    /// At most so many events, the newest, 1 to 10,000.
    public var limit: Int

    /// The call.
    public init(installation: String, limit: Int = 100) {
        self.installation = installation
        self.limit = limit
    }
}

/// Everything that happened to an installation.
public struct HistoryView: Codable, Hashable, Sendable {
    /// The installation's ID.
    public var installation: String
    /// The customer's time zone, in which the local times are.
    public var timeZone: String
    /// The events, oldest first.
    public var events: [Event]
    /// Whether there are older ones, beyond the limit.
    public var hasMore: Bool

    /// A history.
    public init(installation: String, timeZone: String, events: [Event], hasMore: Bool) {
        self.installation = installation
        self.timeZone = timeZone
        self.events = events
        self.hasMore = hasMore
    }

    /// Something that happened.
    public struct Event: Codable, Hashable, Sendable {
        /// When.
        public var at: Instant
        /// The same in the customer's time zone, to the second: `2027-03-18 00:00:00`.
        public var local: String
        /// What it is known from.
        public var kind: Kind
        /// What was done or came to be, in a word: a call's name, an act, an outcome.
        public var what: String
        /// Who did it: a name, or an ID where the name is not known or was erased.
        public var who: String
        /// What exactly.
        public var detail: String
        /// The operation that it belongs to.
        public var operation: String?

        /// An event.
        public init(
            at: Instant, local: String, kind: Kind, what: String, who: String, detail: String, operation: String?
        ) {
            self.at = at
            self.local = local
            self.kind = kind
            self.what = what
            self.who = who
            self.detail = detail
            self.operation = operation
        }
    }

    /// What an event is known from.
    public enum Kind: String, Codable, Hashable, Sendable, CaseIterable {
        /// The audit trail: somebody made a call; orders apart.
        case audit
        /// An operation, with how it ended.
        case operation
        /// An entitlement that came into force, with what changed.
        case entitlement
        /// A file that was put in place, put back or taken away.
        case delivery
        /// An order that was recorded, applied or withdrawn, from the audit trail too.
        case order
        /// A step that a person did, or said to have sent.
        case step
    }
}
