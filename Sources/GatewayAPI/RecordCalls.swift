public import AdapterKit

/// Lists operations, newest first.
public struct ListOperations: GatewayCall {
    /// What comes back.
    public typealias Answer = [OperationView]
    /// The name in the audit trail and the API.
    public static let name = "operations.list"

    /// Only this installation's; nil for all.
    public var installation: String?
    /// Only those that did not end well.
    public var failed: Bool
    /// At most so many, 1 to 10,000.
    public var limit: Int

    /// The call.
    public init(installation: String? = nil, failed: Bool = false, limit: Int = 100) {
        self.installation = installation
        self.failed = failed
        self.limit = limit
    }
}

/// Shows an operation with its steps.
public struct ShowOperation: GatewayCall {
    /// What comes back.
    public typealias Answer = OperationView
    /// The name in the audit trail and the API.
    public static let name = "operations.show"

    /// The operation's ID.
    public var id: String

    /// The call.
    public init(id: String) { self.id = id }
}

/// An operation: one journaled act on an installation.
public struct OperationView: Codable, Hashable, Sendable {
    /// The ID, a UUIDv7.
    public var id: String
    /// The installation's ID.
    public var installation: String
    /// The customer's ID.
    public var customer: String
    /// What it was for.
    public var act: Act
    /// Where it stands: `running`, `waiting`, `delivering`, `interrupted`, `done`, `failed`.
    public var status: String
    /// How it ended: an outcome or an error's code.
    public var outcome: String?
    /// What happened, in whole sentences.
    public var message: String?
    /// Who began it.
    public var caller: String
    /// When it began.
    public var started: Instant
    /// When it ended.
    public var ended: Instant?
    /// Its steps; empty in a list.
    public var steps: [StepView]

    /// A view.
    public init(
        id: String, installation: String, customer: String, act: Act, status: String, outcome: String?,
        message: String?, caller: String, started: Instant, ended: Instant?, steps: [StepView]
    ) {
        self.id = id
        self.installation = installation
        self.customer = customer
        self.act = act
        self.status = status
        self.outcome = outcome
        self.message = message
        self.caller = caller
        self.started = started
        self.ended = ended
        self.steps = steps
    }

    /// A step of an operation.
    public struct StepView: Codable, Hashable, Sendable {
        /// Its number, from 1.
        public var number: Int
        /// When it was journaled.
        public var at: Instant
        /// What it was: `send`, `answer`, `deliver`, `finish`, …
        public var kind: String
        /// What exactly, for people.
        public var detail: String

        /// A step.
        public init(number: Int, at: Instant, kind: String, detail: String) {
            self.number = number
            self.at = at
            self.kind = kind
            self.detail = detail
        }
    }
}

/// Lists the audit trail, newest first.
public struct ListAudit: GatewayCall {
    /// What comes back.
    public typealias Answer = [AuditView]
    /// The name in the audit trail and the API.
    public static let name = "audit.list"

    /// At most so many, 1 to 100,000.
    public var limit: Int

    /// The call.
    public init(limit: Int = 100) { self.limit = limit }
}

/// A record of the audit trail.
public struct AuditView: Codable, Hashable, Sendable {
    /// Its number, from 1, without gaps.
    public var number: Int
    /// When.
    public var at: Instant
    /// Who, by ID.
    public var actor: String
    /// Who, by name; nil once the name was erased.
    public var name: String?
    /// What was done: a call's name, or what the gateway did by itself.
    public var act: String
    /// The customer it was about.
    public var customer: String?
    /// What it was about: an ID.
    public var subject: String?
    /// What exactly.
    public var detail: String
    /// The record's SHA-256 over its content and the record before it, in hexadecimal.
    public var hash: String

    /// A record.
    public init(
        number: Int, at: Instant, actor: String, name: String?, act: String, customer: String?, subject: String?,
        detail: String, hash: String
    ) {
        self.number = number
        self.at = at
        self.actor = actor
        self.name = name
        self.act = act
        self.customer = customer
        self.subject = subject
        self.detail = detail
        self.hash = hash
    }
}

/// Checks the audit trail's chain of hashes.
public struct VerifyAudit: GatewayCall {
    /// What comes back.
    public typealias Answer = AuditVerification
    /// The name in the audit trail and the API.
    public static let name = "audit.verify"

    /// The call.
    public init() {}
}

/// What a check of the audit trail found.
public struct AuditVerification: Codable, Hashable, Sendable {
    /// The records checked.
    public var records: Int
    /// The hash of the last one: written down elsewhere, it proves that nothing was cut off.
    public var head: String
    /// What is wrong with the first bad record; nil where all is well.
    public var problem: String?

    /// A finding.
    public init(records: Int, head: String, problem: String?) {
        self.records = records
        self.head = head
        self.problem = problem
    }
}
