public import AdapterKit
import GRDB
public import GatewayAPI

/// A seat that somebody asks for.
public struct SeatClaim: Hashable, Sendable {
    /// The session, as it is to begin; until when, and of which kind, is decided in the transaction.
    public var session: SessionRecord
    /// Whether the ID was made for this claim, so that there can be no session of it.
    public var isNew: Bool

    /// A claim.
    public init(_ session: SessionRecord, isNew: Bool) {
        self.session = session
        self.isNew = isNew
    }
}

/// What came of a claim or a renewal.
public struct SeatResult<Reason: Sendable>: Sendable {
    /// The session, as it is now; nil where there is none.
    public var session: SessionRecord?
    /// The seats that are taken after it.
    public var counters: PoolCounters
    /// What the decision was explained with.
    public var reason: Reason
}

/// Looks up, inside the transaction, what not every claim needs.
public struct SeatLookup {
    private let database: Database

    init(_ database: Database) { self.database = database }

    /// Whether a seat of a named pool is a user's.
    public func has(_ user: String, pool: String, of installation: String) throws -> Bool {
        try database.row(
            """
            SELECT 1 FROM seat_users WHERE installation = ?1 AND pool = ?2 AND user_name = ?3
            AND assigned_at IS NOT NULL
            """, [installation, pool, user]) != nil
    }

    /// The entitlement in force; nil where there is none.
    public func entitlement(of installation: String) throws -> Entitlement? {
        try database.entitlement(of: installation, in: .portfolio)
    }
}

/// Decides a claim or a renewal, and explains it.
public typealias SeatDeciding<Reason> =
    @Sendable (SeatSituation, SeatLookup) throws -> (decision: SeatDecision, reason: Reason)

/// A claim that is tried.
private struct Rehearsed<Reason>: Sendable {
    var claim: SeatClaim
    var decide: SeatDeciding<Reason>
}

/// Undoes what was tried, and tells of it.
private struct RehearsalEnd<Reason: Sendable>: Error {
    var granted: Int
    var refused: SeatResult<Reason>?
}

extension Store {
    /// Decides a claim by the installation as it is in the very transaction that takes the seat, so that there are never
    /// more than were decided on, whatever runs at once. What is answered is durable.
    ///
    /// - Throws: ``StoreError`` `notFound` for the installation; `exists` where the ID is another's session's.
    public func claimSeat<Reason: Sendable>(
        _ claim: SeatClaim, in scope: Scope, decide: @escaping SeatDeciding<Reason>
    ) async throws -> SeatResult<Reason> {
        try await commits.write { try $0.claim(claim, in: scope, decide: decide) }
    }

    /// Tries how many claims would be granted one after the other, and takes them all back: nobody sees them, and no usage
    /// counts them.
    ///
    /// - Returns: How many were granted before the first that was not; and that one, nil where all were.
    public func rehearse<Reason: Sendable>(
        _ claims: [(claim: SeatClaim, decide: SeatDeciding<Reason>)], in scope: Scope
    ) async throws -> (granted: Int, refused: SeatResult<Reason>?) {
        let box = claims.map { Rehearsed(claim: $0.claim, decide: $0.decide) }
        do {
            return try await commits.write { db -> (granted: Int, refused: SeatResult<Reason>?) in
                var granted = 0
                for one in box {
                    let result = try db.claim(one.claim, in: scope, decide: one.decide)
                    guard result.session != nil else { throw RehearsalEnd(granted: granted, refused: result) }
                    granted += 1
                }
                throw RehearsalEnd<Reason>(granted: granted, refused: nil)
            }
        } catch let end as RehearsalEnd<Reason> {
            return (end.granted, end.refused)
        }
    }

    /// Decides a renewal the same way.
    ///
    /// - Returns: Nil where no such session is open in scope: it has ended, or never began.
    public func renewSeat<Reason: Sendable>(
        _ id: String, in scope: Scope, at now: Instant, decide: @escaping SeatDeciding<Reason>
    ) async throws -> SeatResult<Reason>? {
        try await commits.write { db in
            guard let held = try db.session(id), held.until > now,
                var situation = try db.seatSituation(of: held.installation, in: scope)
            else { return nil }
            situation.session = held
            let changed = try db.settleSeats(of: held.installation, &situation.counters, at: now)
            let (decision, reason) = try decide(situation, SeatLookup(db))
            var result = SeatResult(session: held as SessionRecord?, counters: situation.counters, reason: reason)
            switch decision {
            case .grant(let until, _, _, _):
                // Who never leaves is seen once a day all the same.
                if until.days != held.until.days { try db.see(held, at: now) }
                try db.run(SeatSQL.renew, [id, until.milliseconds])
                result.session?.until = until
                // Only where the clock was set back does it end before what was known to end first.
                result.counters.nextEnd = min(result.counters.nextEnd, until.milliseconds)
            case .refuse:
                try db.end(held, &result.counters)
                result.session = nil
            case .postpone: break
            }
            if changed || result.counters != situation.counters {
                try db.save(result.counters, of: held.installation)
            }
            return result
        }
    }

    /// Ends a session.
    ///
    /// - Parameter record: Says what goes into the trail, or throws where it is not the session that was meant; nil for a
    ///   user's own release, which is usage.
    /// - Returns: The session; nil where none of that ID is open in scope.
    public func releaseSeat(
        _ id: String, in scope: Scope, at now: Instant,
        record: @escaping @Sendable (SessionRecord, _ customer: String) throws -> AuditEntry?
    ) async throws -> SessionRecord? {
        try await commits.write { db in
            guard let held = try db.session(id),
                var situation = try db.seatSituation(of: held.installation, in: scope)
            else { return nil }
            let entry = try record(held, situation.status.customer)
            _ = try db.settleSeats(of: held.installation, &situation.counters, at: now)
            let isOpen = held.until > now
            if isOpen { try db.end(held, &situation.counters) }
            try db.save(situation.counters, of: held.installation)
            guard isOpen else { return nil }
            if let entry { try db.append(entry) }
            return held
        }
    }
}

extension Database {
    /// The session that a claim names by its ID; nil where none is open.
    ///
    /// - Throws: ``StoreError`` `exists` where it is another's.
    fileprivate func open(_ wanted: SessionRecord, at now: Instant) throws -> SessionRecord? {
        guard let held = try session(wanted.id) else { return nil }
        if held.until <= now, held.installation != wanted.installation {
            // It has ended, and nobody has looked there since.
            guard var other = try seatSituation(of: held.installation, in: .portfolio) else { return nil }
            _ = try settleSeats(of: held.installation, &other.counters, at: now)
            try save(other.counters, of: held.installation)
            return nil
        }
        guard held.installation == wanted.installation, held.pool == wanted.pool, held.user == wanted.user,
            Set(wanted.modules).isSubset(of: held.modules)
        else {
            throw StoreError(
                .exists,
                "The session \"\(wanted.id)\" is open for another user, pool or installation, or without one of the "
                    + "modules: name another, or none, and one is made.")
        }
        return held
    }

    /// Ends a session that is open.
    func end(_ session: SessionRecord, _ counters: inout PoolCounters) throws {
        try run(SeatSQL.end, [session.id])
        counters.count(session, taken: try close(session), sign: -1)
    }
}

extension Database {
    /// Decides a claim, and takes what it grants.
    fileprivate func claim<Reason: Sendable>(
        _ claim: SeatClaim, in scope: Scope, decide: SeatDeciding<Reason>
    ) throws -> SeatResult<Reason> {
        let wanted = claim.session
        guard var situation = try seatSituation(of: wanted.installation, in: scope) else {
            throw StoreError(.notFound, "There is no installation \"\(wanted.installation)\".")
        }
        let now = wanted.since
        let changed = try settleSeats(of: wanted.installation, &situation.counters, at: now)
        if !claim.isNew { situation.session = try open(wanted, at: now) }
        let (decision, reason) = try decide(situation, SeatLookup(self))
        var result = SeatResult(session: situation.session, counters: situation.counters, reason: reason)
        switch decision {
        case .grant(let until, let kind, let assigns, let over):
            var session = situation.session ?? wanted
            if situation.session != nil {
                session.until = until
                try run(SeatSQL.renew, [session.id, until.milliseconds])
            } else {
                (session.until, session.kind) = (until, kind)
                try insert(session)
                var taken = 1
                if kind.contains(.named) {
                    taken = try openNamed(session, assigns: assigns, at: now)
                } else {
                    try see(session, at: now)
                }
                result.counters.count(session, taken: taken, sign: 1)
                if kind.contains(.overLimit) { result.counters.update(over ?? session.pool) { $0.over += 1 } }
                if assigns { result.counters.update(session.pool) { $0.assigned += 1 } }
            }
            result.counters.nextEnd = min(result.counters.nextEnd, until.milliseconds)
            result.session = session
        case .refuse(let counted, let full, let why):
            if let why { try keepDenial(wanted, why) }
            if let held = situation.session {
                try end(held, &result.counters)
                result.session = nil
            }
            if counted { result.counters.update(full ?? wanted.pool) { $0.denials += 1 } }
        case .postpone: break
        }
        if changed || result.counters != situation.counters {
            try save(result.counters, of: wanted.installation)
        }
        return result
    }
}
