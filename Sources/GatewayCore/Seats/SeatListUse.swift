import AdapterKit
import GatewayAPI
import GatewayProfiles
import GatewayStore

extension ListSessions: PerformedCall {
    func perform(in context: CallContext) async throws -> [SessionView] {
        _ = try await context.installation(installation)
        return try await context.store.sessions(
            of: installation, in: context.scope, at: context.now,
            SessionFilter(user: user, pool: pool, host: host)
        ).map { SessionView($0, for: context.caller) }
    }
}

extension ListSeatUsers: PerformedCall {
    func perform(in context: CallContext) async throws -> [SeatUserView] {
        _ = try await context.installation(installation)
        return try await context.store.seatUsers(of: installation, in: context.scope, pool: pool)
            .map { SeatUserView($0, for: context.caller) }
    }
}

extension AssignSeat: PerformedCall {
    func perform(in context: CallContext) async throws -> SeatUserView {
        guard context.caller.seesUsers else {
            throw CallError(.forbidden, "Only who may see a product's users may say whose seats are.")
        }
        let problems = SeatText.problems(user: user, pool: pool)
        guard problems.isEmpty else { throw CallError(.invalid, problems.joined(separator: "\n")) }
        let record = try await context.installation(installation)
        let (profile, _) = try context.gateway.profileAndAdapter(record.profile)
        guard profile.seats.pool(pool).kind == .named else {
            throw CallError(
                .invalid,
                "The pool \(pool) is not of named users: its seats are whoever's who is there. The profile \(profile.name) "
                    + "would say so below seats, pools, \(pool), kind.")
        }
        // The user's name stays out of the trail, which can't forget one.
        let audit = context.audit(
            undo ? "seats.takeBack" : Self.name, customer: record.customer, subject: installation,
            detail: "a seat of \(pool)")
        if undo {
            try await context.store.takeBackSeat(
                of: user, pool: pool, of: installation, in: context.scope, at: context.now, audit: audit)
        } else {
            let pool = pool
            try await context.store.assignSeat(
                user, pool: pool, of: installation, in: context.scope, at: context.now, audit: audit
            ) { situation in
                SeatColumn.read(situation.status.seats).first { $0.name == pool }?.count ?? 0
            }
        }
        let users = try await context.store.seatUsers(of: installation, in: context.scope, pool: pool)
        guard let found = users.first(where: { $0.user == user }) else {
            throw CallError(.failed, "\(user) is gone from \(pool).")
        }
        return SeatUserView(found, for: context.caller)
    }
}

extension SeatUserView {
    init(_ record: SeatUserRecord, for caller: Caller) {
        // A seat that was made somebody's ahead has not been used yet.
        let wasSeen = record.lastSeen.milliseconds > 0
        self.init(
            pool: record.pool, user: caller.seesUsers ? record.user : "",
            firstSeen: wasSeen ? record.firstSeen : nil, lastSeen: wasSeen ? record.lastSeen : nil,
            assigned: record.assigned)
    }
}
