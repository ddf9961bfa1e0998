public import AdapterKit
import Foundation
import GRDB
public import GatewayAPI

/// An installation as somebody wants it to be.
public struct InstallationEdit: Sendable {
    /// The ID.
    public var id: String
    /// How often it had been edited when this was decided.
    public var basedOn: Int
    /// The profile's name.
    public var profile: String
    /// What the vendor knows it by.
    public var identity: [String: String]
    /// Its named places.
    public var site: [String: [String]]
    /// What people record of it.
    public var facts: RecordedFacts
    /// What becomes of what is held.
    public var license: License
    /// Where its files go from now on, as absolute paths; nil where nothing is changed that decides it.
    public var places: [String]?
    /// The delivery of an ended process that may be given up for this; nil where none is open.
    public var givesUp: OpenDelivery?

    /// An edit.
    public init(
        id: String, basedOn: Int, profile: String, identity: [String: String], site: [String: [String]],
        facts: RecordedFacts, license: License, places: [String]?, givesUp: OpenDelivery? = nil
    ) {
        self.id = id
        self.basedOn = basedOn
        self.profile = profile
        self.identity = identity
        self.site = site
        self.facts = facts
        self.license = license
        self.places = places
        self.givesUp = givesUp
    }

    /// What becomes of what is held.
    public enum License: Hashable, Sendable {
        /// It stays as it is.
        case kept
        /// It stays in force by its dates; the vendor is asked for everything anew, from then on.
        case askedAnew(from: Instant?)
        /// It is another vendor's, and no longer in force.
        case ended
    }
}

/// An open delivery of a process that has ended.
public struct OpenDelivery: Hashable, Sendable {
    /// The operation's ID.
    public var operation: String
    /// The process that was at it.
    public var owner: String

    /// A delivery.
    public init(operation: String, owner: String) {
        self.operation = operation
        self.owner = owner
    }
}

extension Store {
    /// What people record of an installation in scope, and how often it was edited; nil where there is none.
    public func recordedFacts(
        of installation: String, in scope: Scope
    ) async throws -> (facts: RecordedFacts, edits: Int)? {
        try await pool.read { db in
            try db.row(
                """
                SELECT name, term, price, owner, emergency_plan, notes, edits FROM installations
                WHERE id = ?1 AND (?2 IS NULL OR customer = ?2)
                """, [installation, scope.customer]
            ).map { (RecordedFacts(row: $0, from: 0), $0[6]) }
        }
    }

    /// Changes installations, all or none.
    ///
    /// - Throws: ``StoreError`` `changed` where one is not as it was when the edit was decided, or an operation is open
    ///   on it that is not given up for it.
    public func editInstallations(_ edits: [InstallationEdit], at now: Instant, audit: [AuditEntry]) async throws {
        try await commits.write { db in
            let encoder = JSONEncoder.stored
            for edit in edits { try db.apply(edit, encoder, at: now) }
            for entry in audit { try db.append(entry) }
        }
    }
}

extension RecordedFacts {
    /// Six columns: name, term, price, owner, emergency plan and notes.
    init(row: Row, from first: Int) {
        let term: String? = row[first + 1]
        let price: String? = row[first + 2]
        self.init(
            name: row[first], term: term.flatMap(Term.init), price: price.flatMap(Price.init), owner: row[first + 3],
            emergencyPlan: row[first + 4], notes: row[first + 5])
    }
}

extension Database {
    /// Makes one of the changes, in the caller's transaction.
    func apply(_ edit: InstallationEdit, _ encoder: JSONEncoder, at now: Instant) throws {
        guard let row = try row("SELECT edits, profile, identity, site FROM installations WHERE id = ?1", [edit.id])
        else {
            throw StoreError(.notFound, "There is no installation \"\(edit.id)\".")
        }
        guard row[0] == edit.basedOn else { throw StoreError.changed(edit.id) }
        let facts = edit.facts
        let identity = String(decoding: try encoder.encode(edit.identity), as: UTF8.self)
        let site = String(decoding: try encoder.encode(edit.site), as: UTF8.self)
        // By its profile, its identity and its site an upgrade knows what to put where, and where to put it back.
        if row[3] != site { try requireNoUpgrade(edit.id, orPlanned: false) }
        if row[1] != edit.profile || row[2] != identity {
            try requireNoUpgrade(edit.id, orPlanned: true)
            // By which rules its server's tokens are checked, and as whose.
            try raiseTokenEpoch()
            try giveUpSteps(
                on: edit.id, "Its profile or identity was changed meanwhile: what was asked for is no longer right.",
                at: now)
        }
        try run(
            """
            UPDATE installations SET profile = ?2, identity = ?3, site = ?4, name = ?5, term = ?6, price = ?7,
            owner = ?8, emergency_plan = ?9, notes = ?10, edits = edits + 1 WHERE id = ?1
            """,
            [
                edit.id, edit.profile, identity, site, facts.name, facts.term?.rawValue,
                facts.price?.description, facts.owner, facts.emergencyPlan, facts.notes,
            ])
        switch edit.license {
        case .kept: break
        case .askedAnew(let due):
            try run(
                """
                UPDATE installations SET revision = NULL, refresh_due = CASE WHEN held = 1 THEN ?2 END,
                next_try = NULL, last_failure = NULL, last_failure_at = NULL WHERE id = ?1
                """, [edit.id, due?.milliseconds])
        case .ended:
            try run(
                """
                UPDATE installations SET held = 0, dates = '', seats = '', vendor_status = NULL, revision = NULL,
                issued = NULL, entitlement_from = NULL, last_contact = NULL, last_refresh = NULL, refresh_due = NULL,
                offline_activated = NULL, unverified = 0,
                next_try = NULL, last_failure = NULL, last_failure_at = NULL WHERE id = ?1
                """, [edit.id])
        }
        if let places = edit.places {
            try requireFree(edit.id, but: edit.givesUp)
            try move(edit.id, to: places, givingUpAll: edit.license == .ended)
            if let delivery = edit.givesUp { try endIfGivenUp(delivery.operation, at: now) }
        }
    }

    /// An upgrade of keys writes the identity itself, and puts it back. One that is planned was made for this identity, and
    /// reaches the hosts that are there when it begins.
    private func requireNoUpgrade(_ installation: String, orPlanned: Bool) throws {
        let open = try row(
            """
            SELECT status, waits_until FROM operations WHERE installation = ?1 AND act = 'upgrade' AND ended_at IS NULL
            """, [installation])
        guard let open else { return }
        let rollback = "`gatehouse upgrade rollback \(installation)`"
        if open[0] == OperationStatus.planned.rawValue {
            guard orPlanned else { return }
            let begins = open.instant(1).map { " for \($0)" } ?? ""
            throw StoreError(
                .refused,
                "An upgrade of the license keys of \(installation) is planned\(begins), for its present profile and "
                    + "identity: take it back with \(rollback), and plan it again afterwards. Nothing was changed.")
        }
        throw StoreError(
            .refused,
            "An upgrade of the license keys of \(installation) is under way: let it end, or \(rollback). Nothing was "
                + "changed.")
    }

    /// Makes sure that no operation is open on an installation but a delivery that is given up.
    func requireFree(_ installation: String, but delivery: OpenDelivery?) throws {
        guard
            let row = try row(
                """
                SELECT id, owner, status FROM operations
                WHERE installation = ?1 AND ended_at IS NULL AND status NOT IN ('asking', 'planned')
                """, [installation])
        else { return }
        let status: String = row[2]
        let isDelivery =
            status == OperationStatus.delivering.rawValue || status == OperationStatus.interrupted.rawValue
        guard let delivery, isDelivery, row[0] == delivery.operation, row[1] == delivery.owner else {
            throw StoreError.changed(installation)
        }
    }

    /// Has an installation's files elsewhere: what was delivered to other places is let go, and what is still to be put
    /// there is given up. What was let go at a place that is its own again is taken back, if nobody else has it.
    private func move(_ installation: String, to places: [String], givingUpAll: Bool) throws {
        // By bytes, as the filesystem compares them.
        let wanted = Set(places.map { Array($0.utf8) })
        let files = try rows(
            """
            SELECT operation, number, path, status FROM deliveries
            WHERE installation = ?1 AND status IN ('current', 'intended')
            """, [installation])
        for file in files {
            let (operation, number, path, status): (String, Int, String, String) = (file[0], file[1], file[2], file[3])
            let stays = wanted.contains(Array(path.utf8))
            if status == "intended", givingUpAll || !stays {
                try run(
                    """
                    UPDATE deliveries SET status = 'superseded', contents = NULL WHERE operation = ?1 AND number = ?2
                    """, [operation, number])
            } else if !stays {
                try run(
                    "UPDATE deliveries SET status = 'released' WHERE operation = ?1 AND number = ?2",
                    [operation, number])
            }
        }
        for path in places {
            try run(
                """
                UPDATE deliveries SET status = 'current' WHERE (operation, number) IN (
                    SELECT operation, number FROM deliveries WHERE installation = ?1 AND status = 'released'
                    AND path = ?2 ORDER BY operation DESC, number DESC LIMIT 1)
                AND NOT EXISTS (SELECT 1 FROM deliveries WHERE status = 'current' AND path = ?2)
                """, [installation, path])
        }
    }

    /// Gives up whatever an installation's open delivery still has to put in place.
    func giveUp(_ delivery: OpenDelivery, at now: Instant) throws {
        try run(
            """
            UPDATE deliveries SET status = 'superseded', contents = NULL WHERE operation = ?1 AND status = 'intended'
            """, [delivery.operation])
        try endIfGivenUp(delivery.operation, at: now)
    }

    /// Ends a delivery that has nothing left to put in place.
    private func endIfGivenUp(_ operation: String, at now: Instant) throws {
        guard try row("SELECT 1 FROM deliveries WHERE operation = ?1 AND status = 'intended'", [operation]) == nil
        else { return }
        try run(
            "UPDATE operations SET status = 'done', ended_at = ?2, trouble = NULL WHERE id = ?1",
            [operation, now.milliseconds])
        try note(
            operation,
            [
                StepNote(
                    at: now, kind: "given up",
                    detail: "where its files were to go is no longer looked after for this installation")
            ])
    }
}

extension StoreError {
    /// Somebody else was quicker.
    static func changed(_ installation: String) -> StoreError {
        StoreError(.changed, "\(installation) was changed meanwhile: try again.")
    }
}
