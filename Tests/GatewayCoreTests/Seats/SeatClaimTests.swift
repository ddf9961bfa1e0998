import AdapterKit
import GatewayAPI
import GatewayStore
import Testing

@testable import GatewayCore

@Suite("Who gets a seat")
struct SeatClaimTests {
    private static let modules = [
        Entitlement.Module(code: "GL", name: "General Ledger"),
        Entitlement.Module(code: "AP", name: "Accounts Payable"),
    ]

    @Test("As many as there are get one, each pool by itself, and the next is told who holds them and until when")
    func pools() async throws {
        try await SeatEstate.with(SeatEstate.license(["users": 2, "webUsers": 1])) { estate, gateway async throws in
            let first = try await gateway.claim("ann")
            #expect(first.granted && first.inUse == 1 && first.limit == 2 && first.access == .full)
            #expect(first.level == .licensed && first.reason == "Test Product is licensed." && !first.overLimit)
            #expect(first.until == estate.time.now.adding(hours: 12))
            estate.time.pass(minutes: 1)
            #expect(try await gateway.claim("bob").granted)
            #expect(try await gateway.claim("web", "webUsers").granted)
            let denied = try await gateway.claim("cid")
            #expect(!denied.granted && denied.session == nil && denied.until == nil)
            #expect(denied.reason == "All 2 seats (users) are taken." && denied.inUse == 2 && denied.limit == 2)
            #expect(denied.holders.map(\.user) == ["ann", "bob"] && denied.nextFree == first.until)
            let web = try await gateway.claim("win", "webUsers")
            #expect(web.reason == "The one seat (webUsers) is taken." && web.holders.map(\.user) == ["web"])
            #expect(try await gateway.release(first.session))
            #expect(try await gateway.claim("cid").granted)
        }
    }

    @Test("Names are told only to who may see them; when the next is free, to everybody")
    func names() async throws {
        try await SeatEstate.with(SeatEstate.license(["users": 1])) { _, gateway async throws in
            let held = try await gateway.claim("ann", session: "s-1")
            let product = Caller(id: "product", name: "Product", scope: .customer("north"), seesUsers: false)
            let denied = try await gateway.claim("bob", by: product)
            #expect(!denied.granted && denied.holders.isEmpty && denied.nextFree == held.until)
            let list = try await gateway.perform(ListSessions(installation: "n1"), by: product)
            #expect(list.map(\.user) == [""] && list.map(\.session) == ["s-1"])
            let users = try await gateway.perform(ListSeatUsers(installation: "n1"), by: product)
            #expect(users.map(\.user) == [""])
            for body in [
                { _ = try await gateway.perform(EndSession(session: "s-1"), by: product) },
                {
                    _ = try await gateway.perform(
                        AssignSeat(installation: "n1", pool: "users", user: "bob"), by: product)
                },
            ] as [@Sendable () async throws -> Void] {
                #expect(await callError(body)?.code == .forbidden)
            }
        }
    }

    @Test("Seats that are kept for administrators are nobody else's, and an administrator who is there frees the rest")
    func reserved() async throws {
        try await SeatEstate.with(seats: "{ pools: { users: { reserved: 1 } } }") { estate, gateway async throws in
            for user in ["ann", "bob"] {
                #expect(try await gateway.claim(user).granted)
                estate.time.pass(minutes: 1)
            }
            let denied = try await gateway.claim("cid")
            #expect(denied.reason == "2 of 3 seats (users) are taken, and the other one is kept for administrators.")
            let admin = try await gateway.claim("root", administrator: true)
            #expect(admin.granted && admin.inUse == 3)
            #expect(try await gateway.claim("boss", administrator: true).reason == "All 3 seats (users) are taken.")
            #expect(try await gateway.release(admin.session))
            #expect(try await gateway.claim("cid").granted == false, "it is kept for the next administrator")
        }
    }

    @Test("Where seats are kept, the next is free when a user's session ends, and not an administrator's")
    func reservedNext() async throws {
        try await SeatEstate.with(seats: "{ pools: { users: { reserved: 1 } } }") { estate, gateway async throws in
            #expect(try await gateway.claim("root", administrator: true).granted)
            estate.time.pass(hours: 1)
            let ann = try await gateway.claim("ann")
            estate.time.pass(hours: 1)
            #expect(try await gateway.claim("bob").granted)
            let denied = try await gateway.claim("cid")
            #expect(!denied.granted && denied.nextFree == ann.until)
            estate.time.set(try #require(ann.until))
            #expect(try await gateway.claim("cid").granted)
        }
    }

    @Test("A profile may let more in and record it: each is marked, and counted")
    func record() async throws {
        try await SeatEstate.with(seats: "{ overLimit: record }", SeatEstate.license(["users": 1])) {
            estate, gateway async throws in
            #expect(try await gateway.claim("ann").overLimit == false)
            let over = try await gateway.claim("bob", session: "b")
            #expect(over.granted && over.overLimit && over.inUse == 2 && over.limit == 1)
            #expect(over.reason.contains("The one seat (users) is taken.") && over.reason.contains("records it"))
            #expect(try await gateway.renew("b").overLimit)
            #expect(try await gateway.perform(ListSessions(installation: "n1")).filter(\.overLimit).count == 1)
            let usage = try await gateway.store.usage(of: "n1", in: .portfolio, from: 0, at: estate.time.now)
            #expect(usage.first?.days.first?.overLimit.reduce(0, +) == 1)
        }
    }

    @Test(
        "A module is limited by the license's pool of its name, or else by the profile, and the denial is the module's")
    func modules() async throws {
        let license = try SeatEstate.license(["users": 9, "GL": 1], modules: Self.modules)
        try await SeatEstate.with(seats: "{ modules: { GL: 5, AP: 1 } }", license) { estate, gateway async throws in
            let ann = try await gateway.claim("ann", modules: ["GL"])
            #expect(ann.granted)
            #expect(try await gateway.claim("bob", modules: ["AP"]).granted)
            let ledger = try await gateway.claim("cid", modules: ["GL"])
            #expect(ledger.reason == "The one seat of the module GL is taken.")
            #expect(ledger.holders.map(\.user) == ["ann"] && ledger.nextFree == ann.until && ledger.inUse == 2)
            let payable = try await gateway.claim("cid", modules: ["AP"])
            #expect(!payable.granted && payable.holders.map(\.user) == ["bob"])
            #expect(try await gateway.claim("cid").granted)
            let unknown = try await gateway.claim("dee", modules: ["XX"])
            #expect(unknown.reason == "The entitlement of n1 has no module XX.")
            let usage = try await gateway.store.usage(of: "n1", in: .portfolio, from: 0, at: estate.time.now)
            let denials = usage.map { "\($0.pool) \($0.days.flatMap(\.denials).reduce(0, +))" }
            #expect(denials == ["module:AP 1", "module:GL 1", "users 0"])
        }
    }

    @Test("A pool that is named as a module is that module's seats, by whichever name they are taken")
    func modulePool() async throws {
        let license = try SeatEstate.license(["users": 9, "GL": 2], modules: Self.modules)
        try await SeatEstate.with(license) { _, gateway async throws in
            #expect(try await gateway.claim("ann", modules: ["GL"]).granted)
            #expect(try await gateway.claim("bob", "GL").granted)
            for (pool, modules) in [("GL", []), ("users", ["GL"])] {
                let denied = try await gateway.claim("cid", pool, modules: modules)
                #expect(!denied.granted && Set(denied.holders.map(\.user)) == ["ann", "bob"], "\(denied)")
            }
            let twice = await callError { _ = try await gateway.claim("cid", "GL", modules: ["GL"]) }
            #expect(twice?.code == .invalid)
        }
    }

    @Test("A pool that the license does not have is told, with those that it has")
    func unknownPool() async throws {
        try await SeatEstate.with(SeatEstate.license(["users": 3, "webUsers": 5])) { _, gateway async throws in
            let denied = try await gateway.claim("ann", "registers")
            #expect(denied.reason == "The license has no seats \"registers\"; it has users (3), webUsers (5).")
            #expect(!denied.granted && denied.level == .licensed)
        }
    }

    private static let wrong: [(ClaimSeat, String)] = [
        (ClaimSeat(installation: "n1", user: ""), "A user"),
        (ClaimSeat(installation: "n1", user: String(repeating: "x", count: 129)), "A user"),
        (ClaimSeat(installation: "n1", user: "a\nb"), "A user"),
        (ClaimSeat(installation: "n1", user: "ann", pool: "module:GL"), "The pool"),
        (ClaimSeat(installation: "n1", user: "ann", pool: "a=1;b"), "The pool"),
        (ClaimSeat(installation: "n1", user: "ann", modules: ["G,L"]), "The module"),
        (ClaimSeat(installation: "n1", user: "ann", modules: ["GL", "GL"]), "twice"),
        (ClaimSeat(installation: "n1", user: "ann", modules: (1...65).map { "M\($0)" }), "at most 64"),
        (ClaimSeat(installation: "n1", user: "ann", host: "a\u{1B}[2J"), "A host"),
        (ClaimSeat(installation: "n1", user: "ann", session: "a b"), "A session's ID"),
        (ClaimSeat(installation: "n1", user: "ann", session: ""), "A session's ID"),
        (ClaimSeat(installation: "n1", user: "ann", session: String(repeating: "x", count: 129)), "A session's ID"),
    ]

    @Test("What is no user, pool, module, host or session is refused before anything is asked", arguments: wrong)
    func invalid(_ row: (call: ClaimSeat, says: String)) async throws {
        try await SeatEstate.with { estate, gateway async throws in
            let error = await callError { _ = try await gateway.perform(row.call) }
            #expect(error?.code == .invalid && error?.message.contains(row.says) == true)
            #expect(try await gateway.perform(ListSessions(installation: "n1")).isEmpty)
        }
    }

    @Test("A seat of a named pool is its user's own until it is taken back")
    func named() async throws {
        try await SeatEstate.with(
            seats: "{ pools: { users: { kind: named } } }", SeatEstate.license(["users": 2])
        ) { _, gateway async throws in
            let ann = try await gateway.claim("ann")
            #expect(try await gateway.claim("ann").inUse == 1, "two sessions, one seat")
            #expect(try await gateway.release(ann.session))
            #expect(try await gateway.perform(AssignSeat(installation: "n1", pool: "users", user: "bob")).user == "bob")
            let denied = try await gateway.claim("cid")
            #expect(!denied.granted && denied.nextFree == nil, "that a session ends frees nothing")
            #expect(denied.reason.contains("named users' own") && denied.reason.contains("gatehouse seats users n1"))
            _ = try await gateway.perform(AssignSeat(installation: "n1", pool: "users", user: "bob", undo: true))
            #expect(try await gateway.claim("cid").granted)
            let users = try await gateway.perform(ListSeatUsers(installation: "n1"))
            #expect(
                users.map(\.user) == ["ann", "bob", "cid"] && users.map { $0.assigned != nil } == [true, false, true])
            #expect(users[1].firstSeen == nil && users[1].lastSeen == nil)
            let trail = try await gateway.perform(ListAudit(limit: 2))
            #expect(trail.map(\.act) == ["seats.takeBack", "seats.assign"])
            #expect(trail.allSatisfy { !$0.detail.contains("bob") })
        }
    }

    @Test("Over the limit a named user gets in, but not a seat of their own")
    func namedOver() async throws {
        try await SeatEstate.with(
            seats: "{ overLimit: record, pools: { users: { kind: named } } }", SeatEstate.license(["users": 1])
        ) { estate, gateway async throws in
            #expect(try await gateway.claim("ann").overLimit == false)
            for _ in 1...2 { #expect(try await gateway.claim("bob").overLimit) }
            let users = try await gateway.perform(ListSeatUsers(installation: "n1"))
            #expect(users.map { $0.assigned != nil } == [true, false])
            #expect(try estate.seatDifferences() == [])
        }
    }

    @Test("A seat is assigned in named pools alone")
    func assignedElsewhere() async throws {
        try await SeatEstate.with { _, gateway async throws in
            let error = await callError {
                _ = try await gateway.perform(AssignSeat(installation: "n1", pool: "users", user: "ann"))
            }
            #expect(error?.code == .invalid && error?.message.contains("kind") == true)
        }
    }
}

extension SeatEstate {
    /// Where the count of seats is not what the sessions say.
    func seatDifferences() throws -> [String] {
        let examination = try StoreExamination(fixture.store)
        defer { examination.close() }
        return try examination.seatDifferences().found.flatMap(\.what)
    }
}
