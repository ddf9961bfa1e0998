public import AdapterKit
public import Foundation

/// Where an operation stands.
public enum OperationStatus: String, Hashable, Sendable, CaseIterable {
    /// A process is at it, or was when it ended.
    case running
    /// It goes on at a time that is still to come.
    case waiting
    /// It goes on once a person has done something. It keeps nobody else from the installation.
    case asking
    /// It begins at a time that is still to come, and keeps nobody from the installation until then.
    case planned
    /// The entitlement is in force and its files are being put in place.
    case delivering
    /// The entitlement is in force and a file could not be put in place; it is tried again.
    case interrupted
    /// It ended well.
    case done
    /// It ended without an outcome.
    case failed
}

/// An operation as it is stored.
public struct OperationRecord: Sendable {
    /// The ID, a UUIDv7.
    public var id: String
    /// The installation's ID.
    public var installation: String
    /// The customer's ID.
    public var customer: String
    /// The protocol that is spoken.
    public var protocolName: String
    /// What it is for.
    public var act: Act
    /// Where it stands.
    public var status: OperationStatus
    /// Who began it, by ID.
    public var caller: String
    /// The process that is at it, by the ID of its owner lock.
    public var owner: String
    /// When it began.
    public var started: Instant
    /// When it ended; nil while it is open.
    public var ended: Instant?
    /// When it goes on, where it waits.
    public var waitsUntil: Instant?
    /// When a person sent what it waits for the answer to.
    public var sent: Instant?
    /// The nonce of the last request.
    public var nonce: String?
    /// The adapter's state after the last transition.
    public var state: Data?
    /// The step that was to be made then, as JSON.
    public var step: Data?
    /// The sealed answer to it, where the step was to be made once and was answered.
    public var answer: Data?
    /// How it ended: an outcome or an error's code.
    public var outcome: String?
    /// What happened.
    public var message: String?
}

/// A new operation.
public struct NewOperation: Sendable {
    /// The ID, a UUIDv7.
    public var id: String
    /// The installation's ID.
    public var installation: String
    /// The customer's ID.
    public var customer: String
    /// The protocol that is spoken.
    public var protocolName: String
    /// What it is for.
    public var act: Act
    /// Who began it, by ID.
    public var caller: String
    /// The process that is at it.
    public var owner: String
    /// When it begins.
    public var started: Instant
    /// The revision that its facts were taken from: a claim is refused where another is in force by now.
    public var basedOn: String?
    /// How often the installation had been edited when they were taken: the same.
    public var edits: Int
    /// The first transition.
    public var first: JournaledTransition
    /// What the audit trail gets with it; nil where its beginning is recorded elsewhere.
    public var audit: AuditEntry?

    /// A new operation.
    public init(
        id: String, installation: String, customer: String, protocolName: String, act: Act, caller: String,
        owner: String, started: Instant, basedOn: String?, edits: Int = 0, first: JournaledTransition,
        audit: AuditEntry? = nil
    ) {
        self.id = id
        self.installation = installation
        self.customer = customer
        self.protocolName = protocolName
        self.act = act
        self.caller = caller
        self.owner = owner
        self.started = started
        self.basedOn = basedOn
        self.edits = edits
        self.first = first
        self.audit = audit
    }
}

/// An act that failed before an operation could be begun for it.
public struct FailedStart: Sendable {
    /// The operation's ID, a UUIDv7.
    public var id: String
    /// The installation's ID.
    public var installation: String
    /// The customer's ID.
    public var customer: String
    /// The protocol that would have been spoken.
    public var protocolName: String
    /// What it was for.
    public var act: Act
    /// Who asked for it, by ID.
    public var caller: String
    /// When.
    public var at: Instant
    /// The error's code.
    public var outcome: String
    /// What happened and what to do.
    public var message: String
    /// Before when it is not tried again by itself.
    public var nextTry: Instant

    /// A failure.
    public init(
        id: String, installation: String, customer: String, protocolName: String, act: Act, caller: String,
        at: Instant, outcome: String, message: String, nextTry: Instant
    ) {
        self.id = id
        self.installation = installation
        self.customer = customer
        self.protocolName = protocolName
        self.act = act
        self.caller = caller
        self.at = at
        self.outcome = outcome
        self.message = message
        self.nextTry = nextTry
    }
}

/// A transition of a conversation as the journal keeps it, before its step is made.
public struct JournaledTransition: Sendable {
    /// The nonce that an answer must be signed over.
    public var nonce: String
    /// The adapter's state.
    public var state: Data
    /// The step, as JSON.
    public var step: Data
    /// When the conversation goes on, where the step is to wait.
    public var waitsUntil: Instant?
    /// Whether the step is a person's.
    public var asks: Bool
    /// Whether nothing has begun yet.
    public var isPlanned: Bool
    /// What to write down for people.
    public var note: StepNote

    /// A transition.
    public init(
        nonce: String, state: Data, step: Data, waitsUntil: Instant? = nil, asks: Bool = false, isPlanned: Bool = false,
        note: StepNote
    ) {
        self.nonce = nonce
        self.state = state
        self.step = step
        self.waitsUntil = waitsUntil
        self.asks = asks
        self.isPlanned = isPlanned
        self.note = note
    }

    /// Where the operation stands then.
    var status: OperationStatus {
        if asks { return .asking }
        if isPlanned { return .planned }
        return waitsUntil == nil ? .running : .waiting
    }
}

/// A line of an operation's record, for people.
public struct StepNote: Hashable, Sendable {
    /// When.
    public var at: Instant
    /// What it was: `send`, `answer`, `deliver`, `finish`, …
    public var kind: String
    /// What exactly. No secrets.
    public var detail: String

    /// A note.
    public init(at: Instant, kind: String, detail: String) {
        self.at = at
        self.kind = kind
        self.detail = detail
    }
}

/// What came of trying to begin an operation.
public enum ClaimResult: Sendable {
    /// It is begun: nobody else will begin one on this installation until it ends.
    case claimed
    /// Another one is open.
    case busy(OperationRecord)
    /// One of the same kind waits for a person.
    case asked(OperationRecord)
    /// Something else is in force than its facts were taken from, or somebody edited it: read the installation again.
    case stale
}

/// How an operation ends, and what that changes of its installation.
public struct OperationEnding: Sendable {
    /// The operation's ID.
    public var operation: String
    /// The installation's ID.
    public var installation: String
    /// When.
    public var at: Instant
    /// `done`, `failed`, `delivering` or `interrupted`; the last two leave it open.
    public var status: OperationStatus
    /// An outcome or an error's code.
    public var outcome: String
    /// What happened.
    public var message: String
    /// What to write down for people.
    public var notes: [StepNote]
    /// The vendor gave a verified answer.
    public var contact: Contact?
    /// What is newly in force.
    public var grant: NewGrant?
    /// The files that go with it.
    public var files: [IntendedFile]
    /// Files that are in place already and count as delivered from now on, as they stand: their contents are not kept.
    public var takenUp: [DeliveredFile] = []
    /// Where it failed: before when it is not tried again by itself.
    public var nextTry: Instant?
    /// What the audit trail gets.
    public var audit: AuditEntry?
    /// Where an order is open: that this answer is looked at for what was ordered.
    public var orders: OrderWatch?
    /// The license was given back: nothing is in force any more.
    public var removal: Removed?
    /// Where it failed for good: why the license must be acquired again.
    public var authorizeAgain: String?
    /// Where its issuer has ended the license: whose tokens of before are refused from now on.
    public var ended: RevokedServer?

    /// A license that was given back.
    public struct Removed: Sendable {
        /// Whose tokens are refused from now on; nil where that is not known.
        public var server: RevokedServer?

        /// A license that was given back.
        public init(server: RevokedServer?) { self.server = server }
    }

    /// An ending.
    public init(
        operation: String, installation: String, at: Instant, status: OperationStatus, outcome: String,
        message: String, notes: [StepNote], contact: Contact? = nil, grant: NewGrant? = nil,
        files: [IntendedFile] = [], nextTry: Instant? = nil, audit: AuditEntry? = nil, orders: OrderWatch? = nil
    ) {
        self.operation = operation
        self.installation = installation
        self.at = at
        self.status = status
        self.outcome = outcome
        self.message = message
        self.notes = notes
        self.contact = contact
        self.grant = grant
        self.files = files
        self.nextTry = nextTry
        self.audit = audit
        self.orders = orders
    }

    /// How an answer is compared with open orders.
    public struct OrderWatch: Sendable {
        /// The customer's time zone, in which days end.
        public var zone: Zone
        /// What the audit trail gets for each order that is applied; the order's ID is put behind the detail.
        public var audit: AuditEntry
        /// What is put behind the operation's message, of the orders that are applied.
        public var told: @Sendable ([OrderRecord]) -> String

        /// A watch.
        public init(zone: Zone, audit: AuditEntry, told: @escaping @Sendable ([OrderRecord]) -> String) {
            self.zone = zone
            self.audit = audit
            self.told = told
        }
    }

    /// A verified answer of the vendor's.
    public struct Contact: Sendable {
        /// When it came.
        public var at: Instant
        /// When the next refresh is due.
        public var refreshDue: Instant?
        /// Whether it was an offline activation.
        public var isOffline: Bool

        /// A contact.
        public init(at: Instant, refreshDue: Instant?, isOffline: Bool = false) {
            self.at = at
            self.refreshDue = refreshDue
            self.isOffline = isOffline
        }
    }

    /// What is newly in force.
    public struct NewGrant: Sendable {
        /// The vendor's mark for it.
        public var revision: String
        /// When the vendor issued it.
        public var issued: Instant
        /// What is granted.
        public var entitlement: Entitlement
        /// What comes with it where the license lives on tokens.
        public var tokens: NewTokens?

        /// A grant.
        public init(revision: String, issued: Instant, entitlement: Entitlement, tokens: NewTokens? = nil) {
            self.revision = revision
            self.issued = issued
            self.entitlement = entitlement
            self.tokens = tokens
        }
    }

    /// What comes with a grant whose license lives on tokens.
    public struct NewTokens: Sendable {
        /// What the vendor knows the installation by, with what it told itself.
        public var identity: [String: String]
        /// What the tokens are checked by; nil where they can't be.
        public var terms: TokenTerms?
        /// The server that they are for, as their issuer knows it.
        public var server: String?
        /// What the issuer's server was trusted by when its keys were fetched, beside the usual authorities; empty for
        /// nothing.
        public var trust: String

        /// Tokens.
        public init(identity: [String: String], terms: TokenTerms?, server: String?, trust: String = "") {
            self.identity = identity
            self.terms = terms
            self.server = server
            self.trust = trust
        }
    }
}

/// A file that a delivery is to put in place.
public struct IntendedFile: Sendable {
    /// Which of the adapter's deliveries it is.
    public var delivery: String
    /// Its absolute path.
    public var path: String
    /// How it is put there, as JSON of the core's.
    public var plan: Data
    /// The SHA-256 of its contents, in hexadecimal.
    public var sha256: String
    /// Its contents.
    public var contents: Data

    /// A file.
    public init(delivery: String, path: String, plan: Data, sha256: String, contents: Data) {
        self.delivery = delivery
        self.path = path
        self.plan = plan
        self.sha256 = sha256
        self.contents = contents
    }
}
