import AdapterKit
import Dispatch
import Foundation
import GatewayAPI
import Synchronization
import Testing

@testable import GatewayCore

@Suite("The refresh that a login starts")
struct LoginRefreshTests {
    /// How long a login waits, in milliseconds: no other pause is as long.
    private static let wait = 7000

    /// An installation whose refresh is due, and whose vendor grants five seats by now.
    ///
    /// - Parameter timer: Whether the time that a login waits is over at once; else it never is.
    private func withDue(
        timer: Bool, isRefreshed: Bool = true, _ body: (SeatEstate, Gateway) async throws -> Void
    ) async throws {
        try await SeatEstate.with(
            seats: "{ loginWait: 7s, endsAfter: 30d }", SeatEstate.license(["users": 1]), refresh: "14d",
            isRefreshed: isRefreshed
        ) { estate, gateway async throws in
            if isRefreshed {
                #expect(try await gateway.claim("early", session: "early").refresh == nil, "none is due")
            }
            estate.time.pass(hours: 24 * 14)
            estate.grant(try SeatEstate.license(["users": 5]))
            if !timer { estate.time.hold(pausesOf: Self.wait) }
            try await body(estate, gateway)
        }
    }

    /// Holds the vendor's answer back until it is let go; every further one comes at once.
    private final class Gate: Sendable {
        private let semaphore = DispatchSemaphore(value: 0)
        private let asked = Mutex(0)

        var count: Int { asked.withLock { $0 } }

        func hold() -> TestVendor.Answer? {
            let isFirst = asked.withLock {
                $0 += 1
                return $0 == 1
            }
            if isFirst { _ = semaphore.wait(timeout: .now() + 60) }
            return nil
        }

        func open() { semaphore.signal() }
    }

    @Test("The first login of a window starts it and takes its answer into account; the next does not start another")
    func first() async throws {
        try await withDue(timer: false) { estate, gateway async throws in
            let asked = estate.vendor.requests.count
            let login = try await gateway.claim("ann")
            #expect(login.refresh?.ended == true && login.refresh?.outcome == .updated)
            #expect(login.granted && login.limit == 5 && login.inUse == 2)
            let next = try await gateway.claim("bob")
            #expect(next.granted && next.refresh == nil && estate.vendor.requests.count == asked + 1)
            #expect(gateway.background.count == 0)
        }
    }

    @Test("Who was never licensed is, with the first login")
    func unlicensed() async throws {
        try await withDue(timer: false, isRefreshed: false) { _, gateway async throws in
            let login = try await gateway.claim("ann")
            #expect(login.granted && login.limit == 5 && login.refresh?.outcome == .updated)
        }
    }

    @Test("A login waits no longer than the profile says: what is held counts, and the refresh goes on to its end")
    func slow() async throws {
        try await withDue(timer: true) { estate, gateway async throws in
            let gate = Gate()
            estate.answer { gate.hold() }
            let login = try await gateway.claim("ann")
            #expect(login.refresh?.ended == false && login.refresh?.outcome == nil)
            #expect(!login.granted && login.limit == 1, "the license that is held has one seat, which is taken")
            #expect(estate.time.pauses.contains(Self.wait) && gateway.background.count == 1)
            gate.open()
            await gateway.background.wait()
            #expect(gateway.background.count == 0, "what has ended is forgotten")
            #expect(try await gateway.claim("ann").limit == 5)
            #expect(try await gateway.perform(ListOperations()).first?.status == "done")
        }
    }

    @Test("A second login at the same time joins the same refresh")
    func joined() async throws {
        try await withDue(timer: false) { estate, gateway async throws in
            let waiting = Seen<Int>()
            estate.time.whenPausing { [time = estate.time] in
                if time.pauses.last != Self.wait { waiting.add(1) }
            }
            estate.answer {
                // It is held back until the other login waits for it.
                let end = Date(timeIntervalSinceNow: 60)
                while waiting.count == 0, Date() < end { sched_yield() }
                return nil
            }
            let asked = estate.vendor.requests.count
            async let one = gateway.claim("ann")
            async let other = gateway.claim("bob")
            let logins = try await [one, other]
            #expect(logins.allSatisfy { $0.granted && $0.limit == 5 && $0.refresh?.outcome == .updated })
            #expect(estate.vendor.requests.count == asked + 1)
            #expect(try await gateway.perform(ListOperations()).count == 2)
        }
    }

    @Test("A vendor that is down keeps nobody out whose license is held, and is not asked by every login")
    func down() async throws {
        try await withDue(timer: false) { estate, gateway async throws in
            _ = try await gateway.release("early")
            estate.answer { .hangUp }
            let login = try await gateway.claim("ann", session: "a")
            #expect(login.granted && login.limit == 1 && login.refresh?.ended == true)
            #expect(login.refresh?.outcome?.isFailure == true && login.refresh?.message.isEmpty == false)
            let asked = estate.vendor.requests.count
            for user in ["bob", "cid"] { #expect(try await gateway.claim(user).refresh == nil) }
            #expect(estate.vendor.requests.count == asked)
            estate.answer(nil)
            estate.time.pass(hours: 26)
            #expect(try await gateway.claim("bob").refresh?.outcome == .updated)
        }
    }

    @Test("Neither a renewal nor a session that claims again starts one")
    func again() async throws {
        try await withDue(timer: false) { estate, gateway async throws in
            let asked = estate.vendor.requests.count
            #expect(try await gateway.renew("early").granted)
            let again = try await gateway.claim("early", session: "early")
            #expect(again.granted && again.refresh == nil && estate.vendor.requests.count == asked)
        }
    }

    @Test("A login that is cancelled while it waits takes no seat, and its refresh ends with it")
    func cancelled() async throws {
        try await withDue(timer: false) { estate, gateway async throws in
            let gate = Gate()
            estate.answer { gate.hold() }
            let login = Task { try await gateway.claim("ann") }
            while gate.count == 0 { await Task.yield() }
            login.cancel()
            let result = await login.result
            gate.open()
            #expect(await callError { _ = try result.get() }?.code == .cancelled)
            await gateway.background.wait()
            #expect(gateway.background.count == 0)
            #expect(try await gateway.perform(ListSessions(installation: "n1")).map(\.user) == ["early"])
            #expect(try await gateway.claim("bob").refresh?.outcome == .updated, "it is still due")
        }
    }

    @Test("Claims whose callers go away are whole: granted and counted, or not made")
    func manyCancelled() async throws {
        try await SeatEstate.with(SeatEstate.license(["users": 30])) { estate, gateway async throws in
            let claims = (1...60).map { number in
                let task = Task { try await gateway.claim("user\(number)", session: "s\(number)") }
                if number.isMultiple(of: 2) { task.cancel() }
                return task
            }
            var granted: Set<String> = []
            for claim in claims {
                if let session = try? await claim.value.session { granted.insert(session) }
            }
            let open = Set(try await gateway.perform(ListSessions(installation: "n1")).map(\.session))
            #expect(granted.isSubset(of: open) && open.count == 30)
            #expect(try estate.seatDifferences() == [])
        }
    }
}
