import AdapterKit
import AdapterTestKit
import Crypto
import Foundation
import GatewayAPI
import GatewayStore
import Testing

@testable import GatewayCore

@Suite("A product that the core knows nothing of")
struct ThirdProductTests {
    private static let key = Curve25519.Signing.PrivateKey()

    /// Runs each part in a gateway of its own, as if the machine had been restarted between them.
    private func open<Result>(_ fixture: GatewayFixture, _ body: (Gateway) async throws -> Result) async throws
        -> Result
    {
        try await fixture.withGateway([AnyAdapter(SlipAdapter())], body)
    }

    private func withInstallation(_ body: (GatewayFixture) async throws -> Void) async throws {
        try await GatewayFixture.with { fixture in
            try fixture.write(profile: "slips", SlipAdapter.profile(trusting: Self.key))
            try await open(fixture) { gateway in
                _ = try await gateway.perform(AddCustomer(id: "north", displayName: "North", timeZone: "Europe/London"))
                _ = try await gateway.perform(
                    AddInstallation(
                        id: "plotter", customer: "north", profile: "slips", identity: ["dongle": "D-1"], site: [:]))
            }
            try await body(fixture)
        }
    }

    @Test("It is activated offline in two steps, with a restart between any two")
    func twoSteps() async throws {
        try await withInstallation { fixture in
            let request = try await open(fixture) { try await $0.request("plotter") }
            #expect(request.file == nil && request.text == "Open Help and read the code off the dialog.")
            fixture.time.pass(hours: 24)
            let result = try await open(fixture) { gateway in
                try await gateway.perform(CompleteStep(operation: request.operation, step: 1, values: ["code": "0042"]))
            }
            #expect(result.outcome == .waiting && result.message.contains("Mail the slip"))
            fixture.time.pass(hours: 24)
            let slip = try await open(fixture) { gateway in
                let step = try await gateway.perform(ListSteps()).first
                #expect(step?.step == 2 && step?.title == "Mail the slip")
                let again = try await gateway.request("plotter")
                #expect(again.operation == request.operation && again.file?.name == "plotter-slip.txt")
                _ = try await gateway.perform(MarkOfflineSent(installations: ["plotter"]))
                return try #require(again.file)
            }
            fixture.time.pass(hours: 24)
            let reply = try SlipAdapter.signed(slip, with: Self.key, at: fixture.time.now)
            let wrong = try SlipAdapter.signed(slip, with: Self.key, code: "9999", at: fixture.time.now)
            try await open(fixture) { gateway in
                let before = try fixture.dump()
                let error = await callError { _ = try await gateway.take(wrong) }
                #expect(error?.message.contains("of another code") == true)
                #expect(try fixture.dump() == before)
                #expect(try await gateway.take(reply).outcome == .updated)
            }
            try await open(fixture) { gateway in
                #expect(
                    await callError { _ = try await gateway.take(reply) }?.message.contains("imported already") == true)
                #expect(try await gateway.standing("plotter").level == .licensed)
                #expect(try await gateway.stored("plotter").offlineActivated == fixture.time.now)
                fixture.time.pass(hours: 24 * 10)
                #expect(try await gateway.standing("plotter").level == .notice)
                let due = try await gateway.perform(RequestOffline(selection: .due))
                #expect(due.requests.map(\.installation) == ["plotter"])
                let kinds = try await gateway.perform(ShowOperation(id: request.operation)).steps.map(\.kind)
                #expect(kinds == ["ask", "done", "ask", "sent", "done", "finish"], "\(kinds)")
            }
        }
    }

    @Test("The first step's number is not the second's, and its values are checked as it says")
    func numbers() async throws {
        try await withInstallation { fixture in
            try await open(fixture) { gateway in
                let operation = try await gateway.request("plotter").operation
                let error = await callError {
                    _ = try await gateway.perform(CompleteStep(operation: operation, step: 1, values: ["code": "42"]))
                }
                #expect(error?.message.contains("four digits") == true)
                let call = CompleteStep(operation: operation, step: 1, values: ["code": "0042"])
                _ = try await gateway.perform(call)
                let again = await callError { _ = try await gateway.perform(call) }
                #expect(again?.message.contains("waits for its step 2, not for 1") == true)
                let notes = try await gateway.perform(ShowOperation(id: operation)).steps.map(\.detail).joined()
                #expect(
                    notes.contains("code=********") && !notes.contains("0042"), "what is secret is not written down")
                let attachments = try await gateway.perform(ShowStep(operation: operation)).attachments
                #expect(attachments.isEmpty)
            }
        }
    }

    @Test("The adapter holds to the contract")
    func conformance() throws {
        let facts = Facts(
            operation: "019abc5e-7c00-7a3e-9d11-4f2a6b8c0d1e", now: Instant(milliseconds: 1_795_341_599_000),
            nonce: "7c1a90d4e6b25f3881027b9c4d5e6f70", identity: ["dongle": "D-1"])
        func scenario(_ name: String, _ expected: VendorScenario.Expectation, _ slip: String) -> VendorScenario {
            VendorScenario(name, act: .request, expected: expected) { _, _, count in
                count == 0 ? PersonReply(values: ["code": "0042"]) : PersonReply(documents: ["grant": Array(slip.utf8)])
            }
        }
        let good = "dongle: D-1\ncode: 0042\nissued: 2026-11-22T10:00:00Z\nends: 2027-12-31\n"
        try AdapterConformance(
            SlipAdapter(), facts: facts,
            scenarios: [
                scenario("a grant", .updated, good),
                scenario("another code", .error(.conflict), good.replacing("0042", with: "1")),
                scenario("no date", .error(.malformed), good.replacing("ends: 2027-12-31\n", with: "")),
            ]
        ).check()
    }
}
