import AdapterKit
import Foundation
import GatewayAPI
import GatewayStore
import Testing

@testable import GatewayCore

@Suite("Leaving a vendor's host alone")
struct BreakerTests {
    private static let host = "licensing.example.com"

    private func withBreakers(_ body: (Breakers, Store, TestTime) async throws -> Void) async throws {
        try await GatewayFixture.with { fixture in
            let store = try Store(path: fixture.store)
            defer { try? store.close() }
            let breakers = Breakers(store: store, surroundings: fixture.time.surroundings)
            try await body(breakers, store, fixture.time)
        }
    }

    private func isAdmitted(_ breakers: Breakers, _ host: String = host) async -> Bool {
        do {
            try await breakers.admit(host)
            return true
        } catch {
            #expect(error.code == .unreachable)
            return false
        }
    }

    private func rest(_ store: Store, at now: Instant) async throws -> Int64 {
        let until = try #require(try await store.vendorHosts().first?.openUntil)
        return until.milliseconds - now.milliseconds
    }

    private func fail(_ breakers: Breakers, times: Int = Breakers.threshold) async throws {
        for _ in 1...times {
            try await breakers.admit(Self.host)
            await breakers.failed(Self.host, "no answer")
        }
    }

    @Test("A host is asked until it failed five times in a row; then what it said and until when is told instead")
    func threshold() async throws {
        try await withBreakers { breakers, store, time in
            try await fail(breakers, times: Breakers.threshold - 1)
            try await breakers.admit(Self.host)
            await breakers.failed(Self.host, "connection refused")
            let error = await #expect(throws: AdapterError.self) { try await breakers.admit(Self.host) }
            #expect(error?.code == .unreachable)
            for word in [Self.host, "5 times", "connection refused"] {
                #expect(error?.message.contains(word) == true, "\(error as Any)")
            }
            let rest = try await rest(store, at: time.now)
            #expect((15_000...45_000).contains(rest))
            #expect(await isAdmitted(breakers, "another.example.com"))
        }
    }

    @Test("An answer between failures starts the count anew")
    func inARow() async throws {
        try await withBreakers { breakers, _, _ in
            for _ in 1...5 {
                try await fail(breakers, times: Breakers.threshold - 1)
                try await breakers.admit(Self.host)
                await breakers.succeeded(Self.host)
            }
            #expect(await isAdmitted(breakers))
        }
    }

    @Test("When its rest is over exactly one request tries; its success opens the way for all")
    func probe() async throws {
        try await withBreakers { breakers, store, time in
            try await fail(breakers)
            let rest = try await rest(store, at: time.now)
            time.pass(milliseconds: Int(rest) - 1)
            #expect(await isAdmitted(breakers) == false)
            time.pass(milliseconds: 1)
            let admitted = await withTaskGroup(of: Bool.self) { group in
                for _ in 1...20 { group.addTask { await isAdmitted(breakers) } }
                return await group.reduce(into: 0) { $0 += $1 ? 1 : 0 }
            }
            #expect(admitted == 1)
            await breakers.succeeded(Self.host)
            for _ in 1...3 { #expect(await isAdmitted(breakers)) }
            let record = try #require(try await store.vendorHosts().first)
            #expect(record.failures == 0 && record.openUntil == nil && record.lastContact == time.now)
        }
    }

    @Test("A probe that fails doubles the rest, up to a quarter of an hour")
    func doubling() async throws {
        try await withBreakers { breakers, store, time in
            try await fail(breakers)
            var expected = Breakers.shortestRest
            for _ in 1...8 {
                let rest = Int(try await rest(store, at: time.now))
                #expect(((expected / 2)...(expected * 3 / 2)).contains(rest), "\(rest) for \(expected)")
                time.pass(milliseconds: rest)
                #expect(await isAdmitted(breakers))
                await breakers.failed(Self.host, "no answer")
                #expect(await isAdmitted(breakers) == false)
                expected = min(expected * 2, Breakers.longestRest)
            }
        }
    }

    @Test("A probe that was given up leaves the try to the next request")
    func abandoned() async throws {
        try await withBreakers { breakers, store, time in
            try await fail(breakers)
            time.pass(milliseconds: Int(try await rest(store, at: time.now)))
            #expect(await isAdmitted(breakers))
            #expect(await isAdmitted(breakers) == false)
            breakers.abandoned(Self.host)
            #expect(await isAdmitted(breakers))
        }
    }

    @Test("Requests that were under way when the rest began do not make it longer")
    func late() async throws {
        try await withBreakers { breakers, store, time in
            for _ in 1...20 { try await breakers.admit(Self.host) }
            for _ in 1...20 { await breakers.failed(Self.host, "no answer") }
            #expect(try await store.vendorHosts().first?.failures == Breakers.threshold)
            let rest = try await rest(store, at: time.now)
            #expect((15_000...45_000).contains(rest))
        }
    }

    @Test("What was learned is known to the next process")
    func persisted() async throws {
        try await withBreakers { breakers, store, time in
            try await fail(breakers)
            let next = Breakers(store: store, surroundings: time.surroundings)
            #expect(await isAdmitted(next) == false)
            time.pass(minutes: 1)
            #expect(await isAdmitted(next))
        }
    }

    @Test("A rest that a clock began which has been set back since holds nobody off")
    func clockSetBack() async throws {
        try await withBreakers { breakers, store, time in
            try await fail(breakers)
            time.pass(hours: -24)
            #expect(await isAdmitted(Breakers(store: store, surroundings: time.surroundings)))
        }
    }

    @Test(
        "An outage is cheap: once the host is left alone nothing reaches it, in this process or the next, and all are told"
    )
    func outage() async throws {
        try await TestGateway.with(ScriptedAdapter.asking()) { _ in
            .hangUp
        } _: { test in
            try await test.open(ScriptedAdapter.asking()) { gateway in
                for number in 2...6 { try await test.add("n\(number)", to: gateway) }
                for number in 1...6 {
                    #expect(try await gateway.refresh("n\(number)").outcome == .unreachable)
                }
                #expect(test.vendor.requests.count == Breakers.threshold)
                let host = try #require(try await gateway.perform(ListAdapters()).first?.hosts.first)
                #expect(host.breaker == "open" && host.failures == Breakers.threshold)
                #expect(test.vendor.url.hasSuffix(host.host))
                #expect(try await gateway.refresh("n1").message.contains("left alone until"))
            }
            try await test.open(ScriptedAdapter.asking()) { gateway async throws in
                #expect(try await gateway.refresh("n1").outcome == .unreachable)
                #expect(test.vendor.requests.count == Breakers.threshold)
                test.time.pass(minutes: 1)
                #expect(try await gateway.perform(ListAdapters()).first?.hosts.first?.breaker == "half-open")
                #expect(try await gateway.refresh("n1").outcome == .unreachable)
                #expect(test.vendor.requests.count == Breakers.threshold + 1)
            }
        }
    }

    @Test("What could not even be sent is no failure of the host, and is told the same every time")
    func notSent() async throws {
        try await GatewayFixture.with { fixture in
            // Not https, and not this machine: refused before anything is sent.
            try fixture.write(profile: "test", ScriptedAdapter.profile(address: "http://192.0.2.1"))
            try await fixture.withGateway([ScriptedAdapter.asking()]) { gateway in
                _ = try await gateway.perform(AddCustomer(id: "north", displayName: "North", timeZone: "UTC"))
                _ = try await gateway.perform(
                    AddInstallation(
                        id: "n1", customer: "north", profile: "test", identity: ["account": "n1"], site: [:]))
                let first = try await gateway.refresh("n1")
                #expect(first.outcome == .rejected && first.message.contains("https"))
                for _ in 1...6 {
                    let again = try await gateway.refresh("n1")
                    #expect(again.outcome == first.outcome && again.message == first.message)
                }
                #expect(try await gateway.perform(ListAdapters()).first?.hosts.first?.breaker == "closed")
            }
        }
    }
}
