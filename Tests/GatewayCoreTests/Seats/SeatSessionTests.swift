import AdapterKit
import Foundation
import GRDB
import GatewayAPI
import GatewayStore
import Testing

@testable import GatewayCore

@Suite("Sessions, by whoever asks")
struct SeatSessionTests {
    /// Another customer beside, with an installation.
    private func withTwo(_ body: (SeatEstate, Gateway) async throws -> Void) async throws {
        try await SeatEstate.with { estate, gateway async throws in
            _ = try await gateway.perform(AddCustomer(id: "south", displayName: "South Ltd.", timeZone: "UTC"))
            try await estate.add("s1", of: "south", to: gateway)
            try await estate.refresh(gateway, "s1")
            try await body(estate, gateway)
        }
    }

    @Test("Another customer's session can't be claimed, renewed, released, ended or listed, and goes on")
    func scope() async throws {
        try await withTwo { estate, gateway async throws in
            #expect(try await gateway.claim("sue", session: "s", on: "s1").granted)
            let north = Caller.limited(to: "north")
            #expect(await callError { _ = try await gateway.claim("ann", on: "s1", by: north) }?.code == .notFound)
            #expect(try await gateway.renew("s", by: north).granted == false)
            #expect(try await gateway.release("s", by: north) == false)
            let calls: [@Sendable () async throws -> Void] = [
                { _ = try await gateway.perform(EndSession(session: "s"), by: north) },
                { _ = try await gateway.perform(ListSessions(installation: "s1"), by: north) },
                { _ = try await gateway.perform(ListSeatUsers(installation: "s1"), by: north) },
                { _ = try await gateway.perform(RecountSeats(installation: "s1"), by: north) },
                {
                    _ = try await gateway.perform(
                        RenewSeat(SessionSelection(installation: "s1", user: "sue")), by: north)
                },
                {
                    _ = try await gateway.perform(
                        ReleaseSeat(SessionSelection(installation: "s1", user: "sue")), by: north)
                },
            ]
            for call in calls { #expect(await callError(call)?.code == .notFound) }
            // By an ID that is another customer's, only that it can't be had is told.
            let taken = await callError { _ = try await gateway.claim("ann", session: "s", by: north) }
            #expect(taken?.code == .conflict && taken?.message.contains("sue") == false)
            #expect(taken?.message.contains("s1") == false)
            #expect(try await gateway.renew("s").until == estate.time.now.adding(hours: 12))
        }
    }

    @Test("A session is found by its user; several are told apart by pool or host")
    func selection() async throws {
        try await SeatEstate.with { _, gateway async throws in
            func claim(_ host: String) async throws {
                _ = try await gateway.perform(ClaimSeat(installation: "n1", user: "ann", host: host, session: host))
            }
            func release(_ host: String? = nil) async throws -> SeatRelease {
                try await gateway.perform(
                    ReleaseSeat(SessionSelection(installation: "n1", user: "ann", host: host)))
            }
            try await claim("pc1")
            try await claim("pc2")
            #expect(await callError { _ = try await release() }?.code == .conflict)
            #expect(try await release("pc2").session?.session == "pc2")
            #expect(try await release().session?.host == "pc1")
            #expect(try await release() == SeatRelease(released: false, session: nil), "once more is no error")
            let renewal = try await gateway.perform(RenewSeat(SessionSelection(installation: "n1", user: "ann")))
            #expect(!renewal.granted && renewal.reason.contains("ann has no session open at n1"))
        }
    }

    @Test("An ID and what it is named with must fit, or nothing is done")
    func mismatch() async throws {
        try await SeatEstate.with { _, gateway async throws in
            _ = try await gateway.claim("ann", session: "a")
            for selection in [
                SessionSelection(id: "a", user: "bob"), SessionSelection(id: "a", pool: "web"),
                SessionSelection(id: "a", installation: "n2"), SessionSelection(id: "a", host: "pc"),
            ] {
                #expect(await callError { _ = try await gateway.perform(RenewSeat(selection)) }?.code == .conflict)
                #expect(await callError { _ = try await gateway.perform(ReleaseSeat(selection)) }?.code == .conflict)
            }
            for selection in [SessionSelection(), SessionSelection(installation: "n1"), SessionSelection(user: "ann")] {
                #expect(await callError { _ = try await gateway.perform(RenewSeat(selection)) }?.code == .invalid)
            }
            #expect(try await gateway.perform(ListSessions(installation: "n1")).count == 1)
        }
    }

    @Test("An administrator ends a session: it is free at once, and in the trail without the user's name")
    func ending() async throws {
        try await SeatEstate.with(SeatEstate.license(["users": 1])) { _, gateway async throws in
            let ann = try #require(try await gateway.claim("ann").session)
            let before = try await gateway.perform(ListAudit()).count
            #expect(try await gateway.perform(EndSession(session: ann, reason: " gone home ")).session?.user == "ann")
            #expect(try await gateway.claim("bob").granted)
            #expect(try await gateway.renew(ann).granted == false)
            let trail = try await gateway.perform(ListAudit())
            #expect(trail.count == before + 1 && trail.first?.act == "seats.end" && trail.first?.customer == "north")
            #expect(trail.first?.detail == "session \(ann) of users: gone home")
            #expect(await callError { _ = try await gateway.perform(EndSession(session: ann)) }?.code == .notFound)
            let long = await callError {
                _ = try await gateway.perform(EndSession(session: ann, reason: String(repeating: "x", count: 5000)))
            }
            #expect(long?.code == .invalid)
        }
    }

    @Test("Claims, renewals and releases leave nothing in the audit trail")
    func trail() async throws {
        try await SeatEstate.with { _, gateway async throws in
            let before = try await gateway.perform(ListAudit()).count
            _ = try await gateway.claim("ann", session: "a")
            _ = try await gateway.renew("a")
            _ = try await gateway.release("a")
            #expect(try await gateway.perform(ListAudit()).count == before)
        }
    }

    @Test("A session in a backup goes on when it is restored: it can be renewed, and is counted")
    func restored() async throws {
        try await SeatEstate.with(isRefreshed: false) { estate, outer async throws in
            let file = estate.fixture.folder + "/backup"
            try await estate.open { gateway async throws in
                try await estate.refresh(gateway)
                _ = try await gateway.claim("ann", session: "a")
                _ = try await gateway.claim("bob", session: "b")
                _ = try await gateway.perform(BackUpStore(file: file))
                estate.time.pass(hours: 1)
                _ = try await gateway.release("a")
                _ = try await gateway.renew("b")
                _ = try await gateway.claim("cid", session: "c")
            }
            let (configuration, registry) = (outer.configuration, outer.registry)
            outer.close()
            _ = try await Caretaker(configuration, registry: registry, surroundings: estate.time.surroundings)
                .perform(RestoreStore(file: file, force: true), by: .msp)
            try await estate.open { gateway async throws in
                #expect(try await gateway.perform(ListSessions(installation: "n1")).map(\.session) == ["a", "b"])
                #expect(try await gateway.renew("b").until == estate.time.now.adding(hours: 12))
                #expect(try await gateway.renew("c").granted == false)
                #expect(try await gateway.claim("cid", session: "c").inUse == 3)
            }
            #expect(try estate.seatDifferences() == [])
        }
    }

    @Test("A product's user is erased in all of the customer's installations, in the trail without the name")
    func erased() async throws {
        try await withTwo { estate, gateway async throws in
            try await estate.add("n2", of: "north", to: gateway)
            try await estate.refresh(gateway, "n2")
            let name = "Ann Unmistakable"
            for (installation, session) in [("n1", "a"), ("n2", "b"), ("s1", "c")] {
                #expect(try await gateway.claim(name, session: session, on: installation).granted)
            }
            _ = try await gateway.claim("bob", session: "d")
            #expect(try await gateway.perform(CountProductUsers()) == ["north": 2, "south": 1])
            let report = try await gateway.perform(EraseProductUser(customer: "north", user: name))
            #expect(report.installations == 2 && report.sessionsEnded == 2 && report.isOffDisk)
            #expect(try await gateway.perform(CountProductUsers()) == ["north": 1, "south": 1])
            #expect(try await gateway.perform(ListSessions(installation: "n1")).map(\.user) == ["bob"])
            #expect(try await gateway.claim("cid").inUse == 2)
            #expect(try estate.seatDifferences() == [])
            let trail = try await gateway.perform(ListAudit())
            #expect(trail.first?.act == "people.eraseUser" && trail.first?.customer == "north")
            #expect(trail.first?.detail == "a user's name, in 2 installations")
            _ = try await gateway.perform(EraseProductUser(customer: "south", user: name))
            for ending in ["", "-wal"] {
                let bytes = try Data(contentsOf: URL(filePath: estate.fixture.store + ending))
                #expect(bytes.firstRange(of: Data("Unmistakable".utf8)) == nil)
            }
            for (customer, user) in [("north", name), ("west", "bob")] {
                let error = await callError {
                    _ = try await gateway.perform(EraseProductUser(customer: customer, user: user))
                }
                #expect(error?.code == .notFound && error?.message.contains("Unmistakable") == false)
            }
        }
    }

    @Test("Erasing a named user takes the seat back, and counts right with several sessions open")
    func erasedNamed() async throws {
        try await SeatEstate.with(
            seats: "{ pools: { users: { kind: named } } }", SeatEstate.license(["users": 1])
        ) { estate, gateway async throws in
            for session in ["a", "b"] { #expect(try await gateway.claim("ann", session: session).granted) }
            let report = try await gateway.perform(EraseProductUser(customer: "north", user: "ann"))
            #expect(report.sessionsEnded == 2 && report.seatsTakenBack == 1)
            #expect(try await gateway.claim("bob").inUse == 1)
            #expect(try estate.seatDifferences() == [])
        }
    }

    @Test("The doctor finds a count that is not what the sessions say, and counting anew puts it right")
    func doctor() async throws {
        try await SeatEstate.with { estate, gateway async throws in
            _ = try await gateway.claim("ann", session: "a")
            func findings() async throws -> [DoctorReport.Finding] {
                try await gateway.caretaker.perform(Examine(), by: .msp).findings.filter { $0.check == .seats }
            }
            #expect(try await findings().map(\.found) == ["One session is open, and counted."])
            try estate.fixture.raw {
                try $0.execute(sql: "UPDATE seat_counters SET pools = 'users=3,0,0,3,0,0'")
            }
            #expect(try await gateway.claim("bob").granted == false)
            let found = try #require(try await findings().first)
            #expect(found.state == .problem && found.place == "n1" && found.advice == "gatehouse seats recount n1")
            #expect(found.found.contains("users: 3 counted as taken, and it is 1."))
            #expect(
                try await gateway.perform(RecountSeats(installation: "n1"))
                    == ["users: 3 counted as taken, and it is 1."])
            #expect(try await gateway.claim("bob").inUse == 2)
            #expect(try await findings().map(\.state) == [.ok])
            #expect(try await gateway.perform(ListAudit(limit: 1)).first?.act == "seats.recount")
        }
    }
}
