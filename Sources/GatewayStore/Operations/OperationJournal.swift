import AdapterKit
public import Foundation
import GRDB

extension Store {
    /// Begins an operation, if no other is open on its installation.
    public func claim(_ new: NewOperation) async throws -> ClaimResult {
        try await commits.write { try $0.claim(new) }
    }

    /// The same for who is no task: `answer` is called once it is durable, and must not wait for anything.
    public func claim(_ new: NewOperation, answer: @escaping @Sendable (Result<ClaimResult, any Error>) -> Void) {
        commits.write({ try $0.claim(new) }, answer: answer)
    }

    /// Records an act that failed before an operation could be begun for it.
    public func record(_ failure: FailedStart) async throws {
        try await commits.write { db in
            try db.run(
                """
                INSERT INTO operations (id, installation, customer, protocol, act, status, caller, owner, started_at,
                ended_at, outcome, message) VALUES (?1, ?2, ?3, ?4, ?5, 'failed', ?6, '', ?7, ?7, ?8, ?9)
                """,
                [
                    failure.id, failure.installation, failure.customer, failure.protocolName, failure.act.rawValue,
                    failure.caller, failure.at.milliseconds, failure.outcome, failure.message,
                ])
            try db.run(
                "UPDATE installations SET last_failure = ?2, last_failure_at = ?3, next_try = ?4 WHERE id = ?1",
                [
                    failure.installation, failure.message, failure.at.milliseconds, failure.nextTry.milliseconds,
                ])
        }
    }

    /// Takes an open operation over from a process that is gone.
    ///
    /// - Returns: Whether it was still that process's: another may have been quicker.
    public func takeOver(_ operation: String, from owner: String, by newOwner: String) async throws -> Bool {
        try await commits.write { db in
            try db.run(
                "UPDATE operations SET owner = ?3 WHERE id = ?1 AND owner = ?2 AND ended_at IS NULL",
                [operation, owner, newOwner])
            return db.changesCount == 1
        }
    }

    /// Journals the next transition of an operation, before its step is made.
    public func journal(_ transition: JournaledTransition, of operation: String, answered: StepNote?) async throws {
        try await commits.write { db in
            try db.run(
                """
                UPDATE operations SET status = ?2, waits_until = ?3, nonce = ?4, state = ?5, step = ?6, answer = NULL,
                notes = notes || ?7 WHERE id = ?1
                """,
                [
                    operation, transition.status.rawValue, transition.waitsUntil?.milliseconds, transition.nonce,
                    transition.state, transition.step,
                    NotesColumn.write([answered, transition.note].compactMap { $0 }),
                ])
        }
    }

    /// Writes something down of an operation.
    public func note(_ notes: [StepNote], on operation: String) async throws {
        try await commits.write { try $0.note(operation, notes) }
    }

    /// Keeps the sealed answer to a step that is made only once, before the adapter sees it.
    public func keepAnswer(_ answer: Data, of operation: String, note: StepNote) async throws {
        try await commits.write { db in
            try db.run(
                "UPDATE operations SET answer = ?2, notes = notes || ?3 WHERE id = ?1",
                [operation, answer, NotesColumn.write([note])])
        }
    }

    /// Ends an operation, or leaves it to its delivery; with everything that changes in one transaction.
    ///
    /// - Returns: The orders that it applied.
    @discardableResult
    public func end(_ ending: OperationEnding) async throws -> [OrderRecord] {
        let body = try ending.grant.map { grant in
            try JSONEncoder.stored.text(grant.entitlement)
        }
        return try await commits.write { db in
            let open = ending.status == .delivering || ending.status == .interrupted
            let update = try BulkStatement(
                cached: """
                    UPDATE operations SET status = ?2, ended_at = ?3, outcome = ?4, message = ?5, state = NULL,
                    step = NULL, answer = NULL, waits_until = NULL, notes = notes || ?6 WHERE id = ?1
                    """, db)
            try update.bind(1, ending.operation)
            try update.bind(2, ending.status.rawValue)
            try update.bind(3, open ? nil : ending.at)
            try update.bind(4, ending.outcome)
            try update.bind(5, ending.message)
            try update.bind(6, NotesColumn.write(ending.notes))
            try update.run()
            if let contact = ending.contact {
                // While an order is on its way the vendor is asked hourly, whoever placed it meanwhile.
                let soon = contact.refreshDue.map { min($0, contact.at.adding(hours: 1)) }
                let update = try BulkStatement(
                    cached: """
                        UPDATE installations SET last_contact = ?2, last_refresh = ?2, offline_activated = ?5,
                        refresh_due = CASE WHEN order_until > ?2 THEN ?4 ELSE ?3 END,
                        next_try = NULL, last_failure = NULL, last_failure_at = NULL WHERE id = ?1
                        """, db)
                try update.bind(1, ending.installation)
                try update.bind(2, contact.at)
                try update.bind(3, contact.refreshDue)
                try update.bind(4, soon)
                try update.bind(5, contact.isOffline ? contact.at : nil)
                try update.run()
            }
            if let grant = ending.grant, let body {
                try db.put(grant, body: body, of: ending)
            }
            for (index, file) in ending.files.enumerated() {
                try db.intend(file, number: index + 1, ending: ending)
            }
            for file in ending.takenUp { try db.deliver(file, by: ending.operation, at: ending.at) }
            if !ending.takenUp.isEmpty { try db.giveUpGrants(of: ending.installation) }
            if let removal = ending.removal {
                try db.removeLicense(of: ending.installation, removal.server, at: ending.at)
            }
            if ending.status == .failed || ending.status == .interrupted {
                let soon = ending.nextTry.map { min($0, ending.at.adding(hours: 1)) }
                try db.run(
                    """
                    UPDATE installations SET last_failure = ?2, last_failure_at = ?3,
                    next_try = CASE WHEN order_until > ?3 THEN ?5 ELSE ?4 END WHERE id = ?1
                    """,
                    [
                        ending.installation, ending.message, ending.at.milliseconds, ending.nextTry?.milliseconds,
                        soon?.milliseconds,
                    ])
                if let why = ending.authorizeAgain { try db.authorizeAgain(ending.installation, because: why) }
                if let server = ending.ended { try db.revoke(server, at: ending.at) }
                if ending.status == .failed { try db.forgetCode(of: ending.operation) }
            }
            if let audit = ending.audit { try db.append(audit) }
            return try ending.orders.map { try db.settleOrders($0, of: ending) } ?? []
        }
    }

    /// The open operation on an installation that keeps others from it; nil where there is none.
    public func openOperation(on installation: String) async throws -> OperationRecord? {
        try await pool.read { db in
            try db.openOperation(on: installation)
        }
    }

    static let selectOperation = """
        SELECT id, installation, customer, protocol, act, status, caller, owner, started_at, ended_at, waits_until,
        nonce, state, step, answer, outcome, COALESCE(trouble, message), sent_at FROM operations
        """
}

extension OperationRecord {
    init(row: Row) throws {
        let id: String = row[0]
        let act: String = row[4]
        let status: String = row[5]
        guard let act = Act(rawValue: act), let status = OperationStatus(rawValue: status) else {
            throw StoreError(.corrupt, "The stored operation \(id) can't be read: act \(act), status \(status).")
        }
        self.init(
            id: id, installation: row[1], customer: row[2], protocolName: row[3], act: act, status: status,
            caller: row[6], owner: row[7], started: Instant(milliseconds: row[8]), ended: row.instant(9),
            waitsUntil: row.instant(10), sent: row.instant(17), nonce: row[11], state: row[12], step: row[13],
            answer: row[14], outcome: row[15], message: row[16])
    }
}

extension Database {
    /// Begins an operation, if no other is open on its installation.
    func claim(_ new: NewOperation) throws -> ClaimResult {
        if let obstacle = try obstacle(to: new) { return obstacle }
        let insert = try BulkStatement(
            cached: """
                INSERT INTO operations (id, installation, customer, protocol, act, status, caller, owner, started_at,
                waits_until, nonce, state, step, notes)
                VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, ?14)
                """, self)
        try insert.bind(1, new.id)
        try insert.bind(2, new.installation)
        try insert.bind(3, new.customer)
        try insert.bind(4, new.protocolName)
        try insert.bind(5, new.act.rawValue)
        try insert.bind(6, new.first.status.rawValue)
        try insert.bind(7, new.caller)
        try insert.bind(8, new.owner)
        try insert.bind(9, new.started)
        try insert.bind(10, new.first.waitsUntil)
        try insert.bind(11, new.first.nonce)
        try insert.bind(12, new.first.state)
        try insert.bind(13, new.first.step)
        try insert.bind(14, NotesColumn.write([new.first.note]))
        try insert.run()
        if let audit = new.audit { try append(audit) }
        return .claimed
    }

    /// What stands against beginning an operation; nil where nothing does.
    fileprivate func obstacle(to new: NewOperation) throws -> ClaimResult? {
        var rows = try RowSteps(
            self,
            """
            SELECT i.revision, EXISTS (SELECT 1 FROM operations o WHERE o.installation = i.id AND o.ended_at IS NULL
            AND o.status NOT IN ('asking', 'planned')), i.edits FROM installations i WHERE i.id = ?1
            """, [new.installation])
        guard try rows.next() else {
            throw StoreError(.notFound, "There is no installation \"\(new.installation)\".")
        }
        guard rows.integer(1) == 0 else {
            return try openOperation(on: new.installation).map(ClaimResult.busy)
        }
        // An authorization asks for its code first, and shows it then: a second one would take the first one's place.
        if new.first.asks || new.first.isPlanned || [.upgrade, .authorize].contains(new.act),
            let asked = try askingOperation(on: new.installation, act: new.act)
        {
            return .asked(asked)
        }
        return rows.optionalText(0) == new.basedOn && rows.integer(2) == Int64(new.edits) ? nil : .stale
    }

    /// The open operation on an installation that keeps others from it; nil where there is none.
    func openOperation(on installation: String) throws -> OperationRecord? {
        try row(
            Store.selectOperation
                + " WHERE installation = ?1 AND ended_at IS NULL AND status NOT IN ('asking', 'planned')",
            [installation]
        ).map(OperationRecord.init(row:))
    }

    /// The operation of a kind that waits for a person; nil where there is none.
    func askingOperation(on installation: String, act: Act) throws -> OperationRecord? {
        try row(
            Store.selectOperation + " WHERE installation = ?1 AND act = ?2 AND status IN ('asking', 'planned')",
            [installation, act.rawValue]
        ).map(OperationRecord.init(row:))
    }

    /// Appends notes to an operation's record.
    func note(_ operation: String, _ notes: [StepNote]) throws {
        try run(
            "UPDATE operations SET notes = notes || ?2 WHERE id = ?1", [operation, NotesColumn.write(notes)])
    }

    /// Puts a grant in force.
    func put(_ grant: OperationEnding.NewGrant, body: String, of ending: OperationEnding) throws {
        try run(
            """
            INSERT INTO entitlements (operation, installation, taken_at, issued, revision, body)
            VALUES (?1, ?2, ?3, ?4, ?5, ?6)
            """,
            [
                ending.operation, ending.installation, ending.at.milliseconds, grant.issued.milliseconds,
                grant.revision, body,
            ])
        try run(
            """
            UPDATE installations SET held = 1, revision = ?2, issued = ?3, entitlement_from = ?4, seats = ?5,
            vendor_status = ?6, dates = ?7, unverified = ?8 WHERE id = ?1
            """,
            [
                ending.installation, grant.revision, grant.issued.milliseconds, ending.operation,
                SeatColumn.write(grant.entitlement.seats), grant.entitlement.vendorStatus?.rawValue,
                DatesColumn.text(dates: grant.entitlement.dates, modules: grant.entitlement.modules),
                grant.entitlement.isUnverified,
            ])
        if let tokens = grant.tokens { try put(tokens, of: ending) }
    }
}
