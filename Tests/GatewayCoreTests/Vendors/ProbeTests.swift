import AdapterKit
import Foundation
import GatewayStore
import Testing

@testable import GatewayCore
@testable import GatewayProfiles

@Suite("No Internet, or the licensing server unavailable", .timeLimit(.minutes(2)))
struct ProbeTests {
    /// An address at which nothing listens.
    private static let closed = "http://127.0.0.1:1"

    /// A line of a gateway, and what answers as the probe.
    private struct Room {
        let store: Store
        let line: VendorLine
        let probe: TestVendor
        let time: TestTime

        func vendor(
            _ address: String, probe: String? = nil, allow: [String] = ["licensing.example.com"]
        ) -> Profile.Vendor {
            Profile.Vendor(
                address: address, keys: [:], timeout: 10_000,
                probe: .init(address: probe ?? self.probe.url, allow: allow))
        }

        /// The probe's host and port.
        var probeHost: String { VendorLine.host(of: probe.url) }

        func failure(_ vendor: Profile.Vendor) async -> AdapterError? {
            await #expect(throws: AdapterError.self) { try await line.send(ProbeTests.request, to: vendor) }
        }
    }

    fileprivate static let request = Request(method: "POST", path: "/ask", trust: .plain)

    private func with(
        probe script: @escaping TestVendor.Script = { _ in .reply(200, "") }, _ body: (Room) async throws -> Void
    ) async throws {
        try await GatewayFixture.with { fixture in
            let store = try Store(path: fixture.store)
            let line = VendorLine(store: store, surroundings: fixture.time.surroundings)
            defer {
                line.close()
                try? store.close()
            }
            try await TestVendor.with(script) { probe in
                try await body(Room(store: store, line: line, probe: probe, time: fixture.time))
            }
        }
    }

    @Test("A server that is down while the probe answers is unavailable: tried again, and told with its hosts")
    func serverDown() async throws {
        try await with { room in
            let error = await room.failure(room.vendor(Self.closed))
            #expect(error?.code == .unreachable)
            let message = error?.message ?? ""
            #expect(
                message.hasPrefix(
                    "The licensing server 127.0.0.1:1 is unavailable, although there is a connection to the Internet "
                        + "(\(room.probeHost) answers). 127.0.0.1 accepts no connection"), "\(message)")
            #expect(
                message.hasSuffix(
                    "If it lasts, see that a firewall lets port 443 through to licensing.example.com, and ask the "
                        + "vendor."), "\(message)")
            #expect(room.time.pauses.count == VendorLine.attempts - 1)
            #expect(room.probe.requests.map(\.method) == ["HEAD"])
        }
    }

    @Test("Where the probe fails too there is no Internet: one try is enough, and both hosts are told")
    func noInternet() async throws {
        try await with { room in
            let error = await room.failure(
                room.vendor(Self.closed, probe: "http://localhost:1", allow: ["a.example", "b.example"]))
            #expect(error?.code == .unreachable)
            let message = error?.message ?? ""
            #expect(
                message.hasPrefix(
                    "There is no connection to the Internet: neither localhost:1 nor the licensing server 127.0.0.1:1 "
                        + "can be reached. 127.0.0.1 accepts no connection"), "\(message)")
            #expect(
                message.hasSuffix(
                    "Check this machine's network; a firewall must let port 443 through to a.example, b.example and "
                        + "localhost:1."), "\(message)")
            #expect(room.time.pauses.isEmpty)
            let kept = try await room.store.vendorHosts().first { $0.host == "127.0.0.1:1" }
            #expect(kept?.lastFailure == message)
        }
    }

    @Test("A probe that fails keeps no reachable server from being asked")
    func probeDown() async throws {
        try await with { room in
            try await TestVendor.with({ _ in .reply(200, "fine") }) { vendor in
                let known = room.vendor(vendor.url, probe: Self.closed)
                let answer = try await room.line.send(Self.request, to: known)
                #expect(answer.body == Array("fine".utf8))
                #expect(vendor.requests.count == 1)
            }
        }
    }

    @Test("Any HTTP answer is a way to the Internet, and a hang-up is none", arguments: [200, 301, 405, 503, 0])
    func answers(_ status: Int) async throws {
        try await with(probe: { _ in status == 0 ? .hangUp : .reply(status, "") }) { room in
            let message = await room.failure(room.vendor(Self.closed))?.message ?? ""
            #expect(message.hasPrefix(status == 0 ? "There is no connection" : "The licensing server"), "\(message)")
        }
    }

    @Test("The probe is asked once a minute, by whichever process of the gateway")
    func onceAMinute() async throws {
        try await with { room in
            try await TestVendor.with({ _ in .reply(200, "") }) { vendor in
                let known = room.vendor(vendor.url)
                for _ in 1...3 { _ = try await room.line.send(Self.request, to: known) }
                #expect(room.probe.requests.count == 1)
                room.time.pass(milliseconds: 59_999)
                let other = VendorLine(store: room.store, surroundings: room.time.surroundings)
                defer { other.close() }
                _ = try await other.send(Self.request, to: known)
                _ = try await room.line.send(Self.request, to: known)
                #expect(room.probe.requests.count == 1)
                room.time.pass(milliseconds: 1)
                _ = try await room.line.send(Self.request, to: known)
                #expect(room.probe.requests.count == 2)
                #expect(vendor.requests.count == 6)
            }
        }
    }

    @Test("A failure of the probe is kept too, and outlives the process that found it")
    func keptFailure() async throws {
        try await with(probe: { _ in .hangUp }) { room in
            _ = await room.failure(room.vendor(Self.closed))
            let asked = room.probe.requests.count
            let other = VendorLine(store: room.store, surroundings: room.time.surroundings)
            defer { other.close() }
            let error = await #expect(throws: AdapterError.self) {
                try await other.send(Self.request, to: room.vendor(Self.closed))
            }
            #expect(error?.message.hasPrefix("There is no connection") == true)
            #expect(room.probe.requests.count == asked)
        }
    }

    @Test("Callers that come while the probe is asked wait for its one answer")
    func shared() async throws {
        try await with { room in
            try await TestVendor.with({ _ in .reply(200, "") }) { vendor in
                let known = room.vendor(vendor.url)
                try await withThrowingTaskGroup(of: Void.self) { group in
                    for _ in 1...20 { group.addTask { _ = try await room.line.send(Self.request, to: known) } }
                    try await group.waitForAll()
                }
                #expect(room.probe.requests.count == 1 && vendor.requests.count == 20)
            }
        }
    }

    @Test("A probe that can't be asked is told, and decides nothing")
    func unusable() async throws {
        try await with { room in
            let error = await room.failure(room.vendor(Self.closed, probe: "http://probe.example.com"))
            let message = error?.message ?? ""
            #expect(message.hasPrefix("127.0.0.1 accepts no connection"), "\(message)")
            #expect(message.contains("not known, since the profile's probe can't be asked: "), "\(message)")
            #expect(message.contains("plain http"), "\(message)")
        }
    }

    @Test("A server that answers that it is out of order is there, and told so")
    func outOfOrder() async throws {
        try await with { room in
            try await TestVendor.with({ _ in .reply(503, "") }) { vendor in
                let error = await #expect(throws: OutOfOrder.self) {
                    try await room.line.send(Self.request, to: room.vendor(vendor.url))
                }
                #expect(error?.error.message.contains("Internet") == false)
            }
        }
    }

    @Test("A proxy that fails is told as the proxy's failure, and shows no password")
    func proxy() async throws {
        try await with { room in
            var vendor = room.vendor("https://licensing.example.com")
            vendor.proxy = Profile.Vendor.Proxy("http://mole:s%40cret@127.0.0.1:1")
            let message = await room.failure(vendor)?.message ?? ""
            #expect(message.hasPrefix("The proxy http://127.0.0.1:1 on the way to licensing.example.com"), "\(message)")
            #expect(!message.contains("s@cret") && !message.contains("s%40cret") && !message.contains("mole"))
            #expect(room.probe.requests.isEmpty, "the probe goes through the proxy too")
        }
    }

    @Test("A vendor without a probe is told as before")
    func without() async throws {
        try await with { room in
            let error = await room.failure(Profile.Vendor(address: Self.closed, keys: [:], timeout: 10_000))
            #expect(error?.message.contains("Internet") == false)
            #expect(room.probe.requests.isEmpty)
        }
    }
}
