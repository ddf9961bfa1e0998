public import AdapterKit
import Foundation
import GRDB
public import GatewayAPI

/// An operation that waits for a person.
public struct AskedOperation: Sendable {
    /// The operation, its step included.
    public var operation: OperationRecord
    /// The name that people know the installation by; empty for none.
    public var installationName: String
    /// The profile's name.
    public var profile: String
    /// The customer's name.
    public var customerName: String
    /// The customer's IANA time zone.
    public var timeZone: String
    /// Who sees to the installation; nil where nobody is named.
    public var owner: String?
    /// How many person steps of it have been done.
    public var stepsDone: Int
}

extension Store {
    /// The operations in scope that wait for a person, the oldest first.
    ///
    /// - Parameters:
    ///   - customer: Only this one's; nil for all.
    ///   - installation: Only this one's; nil for all.
    public func askedOperations(
        in scope: Scope, customer: String? = nil, installation: String? = nil
    ) async throws -> [AskedOperation] {
        try await pool.read { db in
            // The first condition is the index's own: without it the whole history is read.
            try db.rows(
                """
                \(Self.selectAsked) WHERE o.status IN ('asking', 'planned') AND o.status = 'asking' AND (?1 IS NULL OR o.customer = ?1)
                AND (?2 IS NULL OR o.customer = ?2) AND (?3 IS NULL OR o.installation = ?3)
                """, [scope.customer, customer, installation]
            ).map(AskedOperation.init(row:))
                // Sorted here: asked for the order, SQLite walks the whole history by its key and not the few that are open.
                .sorted { $0.operation.id < $1.operation.id }
        }
    }

    /// The operation of a kind that waits for a person; nil where there is none.
    public func askedOperation(on installation: String, act: Act) async throws -> OperationRecord? {
        try await pool.read { try $0.askingOperation(on: installation, act: act) }
    }

    /// The request in scope with a nonce, answered or not; nil where there is none.
    public func request(withNonce nonce: String, in scope: Scope) async throws -> OperationRecord? {
        try await pool.read { db in
            try db.row(
                Self.selectOperation + " WHERE act = 'request' AND nonce = ?1 AND (?2 IS NULL OR customer = ?2)",
                [nonce, scope.customer]
            ).map(OperationRecord.init(row:))
        }
    }

    /// Takes an operation up whose step a person has done, with what they brought, in one transaction.
    public func takeUp(_ done: DoneStep) async throws -> TakeUpResult {
        try await commits.write { try $0.takeUp(done) }
    }

    /// Has an operation wait for its person again: nothing came of what was brought.
    ///
    /// - Parameter why: Why nothing came of it.
    public func askAgain(_ operation: String, owner: String, _ why: String, at now: Instant) async throws {
        try await commits.write { db in
            try db.run(
                """
                UPDATE operations SET status = 'asking', owner = '', notes = notes || ?3
                WHERE id = ?1 AND owner = ?2 AND status = 'running'
                """, [operation, owner, NotesColumn.write([StepNote(at: now, kind: StepNote.again, detail: why)])])
        }
    }

    /// Writes down that what operations ask the vendor for was sent, all or none.
    ///
    /// - Throws: ``StoreError`` `changed` where one waits for a person no longer.
    public func markSent(_ operations: [(id: String, audit: AuditEntry)], sent: Instant) async throws {
        let marks = operations.map { (id: $0.id, audit: $0.audit) }
        try await commits.write { db in
            for mark in marks {
                let note = NotesColumn.write([
                    StepNote(StepNote.sent, by: mark.audit.actor, at: sent, detail: "the request was sent")
                ])
                try db.run(
                    "UPDATE operations SET sent_at = ?2, notes = notes || ?3 WHERE id = ?1 AND status = 'asking'",
                    [mark.id, sent.milliseconds, note])
                guard db.changesCount == 1 else {
                    throw StoreError(.changed, "The operation \(mark.id) waits for nobody any more.")
                }
                try db.append(mark.audit)
            }
        }
    }

    /// Gives up an operation that waits for a person.
    ///
    /// - Throws: ``StoreError`` `changed` where it does so no longer.
    public func giveUpStep(_ operation: String, _ message: String, at now: Instant, audit: AuditEntry) async throws {
        try await commits.write { db in
            guard try db.giveUpStep(operation, message, at: now) else {
                throw StoreError(.changed, "The operation \(operation) waits for nobody any more.")
            }
            try db.append(audit)
        }
    }

    private static let selectAsked = """
        SELECT o.id, o.installation, o.customer, o.protocol, o.act, o.status, o.caller, o.owner, o.started_at,
        o.ended_at, o.waits_until, o.nonce, o.state, o.step, o.answer, o.outcome, COALESCE(o.trouble, o.message),
        o.sent_at, i.name, i.profile, c.name, c.time_zone, i.owner, o.notes
        FROM operations o JOIN installations i ON i.id = o.installation JOIN customers c ON c.id = i.customer
        """
}

extension AskedOperation {
    fileprivate init(row: Row) throws {
        let notes = NotesColumn.read(row[23]) ?? []
        self.init(
            operation: try OperationRecord(row: row), installationName: row[18], profile: row[19],
            customerName: row[20], timeZone: row[21], owner: row[22],
            stepsDone: StepNote.stepsDone(in: notes))
    }
}

extension StepNote {
    /// The kind of a note that says that a person has done a step.
    public static let done = "done"
    /// The kind of a note that says that nothing came of what a person had done: the step is asked for again.
    public static let again = "ask again"
    /// The kind of a note that says that a person sent what the step asks for.
    public static let sent = "sent"
    /// Somebody saw something while an upgrade was watched.
    public static let seen = "seen"
    /// A rollback put a file of before in place again.
    public static let putBack = "put back"
    /// A rollback took a file away, where none had stood before.
    public static let takenAway = "taken away"
    /// A rollback put in force again what had been in force before.
    public static let reverted = "in force again"

    /// How many person steps of an operation have been done, from its notes.
    public static func stepsDone(in notes: [StepNote]) -> Int {
        notes.count { $0.kind == done } - notes.count { $0.kind == again }
    }

    /// A note of what a person did.
    ///
    /// - Parameter caller: Who says so, by ID.
    public init(_ kind: String, by caller: String, at: Instant, detail: String) {
        self.init(at: at, kind: kind, detail: "by \(caller): \(detail)")
    }

    /// Who did it, by ID, and what; nil where the detail is not one of what a person did.
    static func parts(_ detail: String) -> (caller: String, detail: String)? {
        guard detail.hasPrefix("by "), let colon = detail.range(of: ": ") else { return nil }
        return (
            String(detail[..<colon.lowerBound].dropFirst("by ".count)), String(detail[colon.upperBound...])
        )
    }
}

/// A person's step that was done.
public struct DoneStep: Sendable {
    /// The operation's ID.
    public var operation: String
    /// The installation's ID.
    public var installation: String
    /// The nonce that its journal holds: nothing else was asked for since.
    public var nonce: String
    /// The process that goes on with it.
    public var owner: String
    /// The revision that is in force as far as the process knows.
    public var basedOn: String?
    /// How often the installation had been edited then.
    public var edits: Int
    /// What was brought along to be kept.
    public var attachments: [NewAttachment]
    /// What to write down for people.
    public var notes: [StepNote]
    /// What the audit trail gets.
    public var audit: AuditEntry

    /// A step that was done.
    public init(
        operation: String, installation: String, nonce: String, owner: String, basedOn: String?, edits: Int,
        attachments: [NewAttachment], notes: [StepNote], audit: AuditEntry
    ) {
        self.operation = operation
        self.installation = installation
        self.nonce = nonce
        self.owner = owner
        self.basedOn = basedOn
        self.edits = edits
        self.attachments = attachments
        self.notes = notes
        self.audit = audit
    }
}

/// What came of taking an operation up.
public enum TakeUpResult: Sendable {
    /// It is this process's, and goes on.
    case taken
    /// Another one is open on the installation.
    case busy(OperationRecord)
    /// Something else is in force by now, or somebody edited the installation: read it again.
    case stale
    /// It does not wait for this step any more.
    case gone
}

extension Database {
    fileprivate func takeUp(_ done: DoneStep) throws -> TakeUpResult {
        guard
            let row = try row(
                "SELECT revision, edits, archived_at IS NOT NULL FROM installations WHERE id = ?1",
                [done.installation])
        else { return .gone }
        if let open = try openOperation(on: done.installation) { return .busy(open) }
        guard row[0] == done.basedOn, row[1] == done.edits else { return .stale }
        try run(
            """
            UPDATE operations SET status = 'running', owner = ?3, notes = notes || ?4
            WHERE id = ?1 AND nonce = ?2 AND status = 'asking'
            """, [done.operation, done.nonce, done.owner, NotesColumn.write(done.notes)])
        guard changesCount == 1 else { return .gone }
        for attachment in done.attachments { try attach(attachment, to: done.operation) }
        try append(done.audit)
        return .taken
    }

    /// Gives up whatever a person was asked for on an installation.
    func giveUpSteps(on installation: String, _ message: String, at now: Instant) throws {
        for row in try rows(
            "SELECT id, act, status FROM operations WHERE installation = ?1 AND status IN ('asking', 'planned')",
            [installation])
        {
            let (id, act, status): (String, String, String) = (row[0], row[1], row[2])
            guard act != Act.upgrade.rawValue || status == OperationStatus.planned.rawValue else {
                throw StoreError(
                    .refused,
                    "An upgrade of the license keys of \(installation) is under way and waits for a person: let it end, "
                        + "or `gatehouse upgrade rollback \(installation)`. Nothing was changed.")
            }
            _ = try giveUpStep(id, message, at: now)
            if act == Act.upgrade.rawValue {
                try run(
                    "UPDATE upgrades SET phase = ?2 WHERE operation = ?1", [id, UpgradePhase.failed.rawValue])
                try seal(nil, as: SealedAnswer.keys, of: id)
            }
        }
    }

    /// - Returns: Whether it waited for a person.
    fileprivate func giveUpStep(_ operation: String, _ message: String, at now: Instant) throws -> Bool {
        try run(
            """
            UPDATE operations SET status = 'failed', ended_at = ?2, outcome = 'givenUp', message = ?3, state = NULL,
            step = NULL, answer = NULL, owner = '', waits_until = NULL, notes = notes || ?4
            WHERE id = ?1 AND status IN ('asking', 'planned')
            """,
            [
                operation, now.milliseconds, message,
                NotesColumn.write([StepNote(at: now, kind: "given up", detail: message)]),
            ])
        guard changesCount == 1 else { return false }
        try forgetCode(of: operation)
        return true
    }
}
