import GatewayStore
import AdapterKit
import Foundation
import GatewayAPI
import Testing

@testable import GatewayCore

/// A product that stops 35 days after the vendor last spoke: only a verified answer is contact.
@Suite("What counts as contact with the vendor")
struct ContactTests {
    private static let profile = """
        name: contact
        product: Sage 200
        protocol: subscription
        vendor:
          address: ${GATEHOUSE_VENDOR_URL}
          path: /sage300
          keys: { sandbox: "${GATEHOUSE_VENDOR_KEY}" }
        refresh: { every: 14d }
        deliver: { entitlements: "{site.sharedData}/entitlements.xml" }
        countdowns:
          vendorContact:
            from: lastContact
            stages:
              - { at: 28d, level: warning, message: "{daysToLoss}, {days}" }
              - { at: 35d, level: stopped, label: Expired }
        """

    private static let entry = SubscriptionFixture.Entry(id: "maple", expires: "2026-06-30", zone: "Europe/London")

    private func withRefreshed(_ body: (SubscriptionFixture, Gateway) async throws -> Void) async throws {
        try await SubscriptionFixture.with([Self.entry], at: "2026-01-01T10:00:00Z") { test in
            try test.fixture.write(profile: "contact", Self.profile)
            try await test.open(profiles: [test.fixture.profiles]) { gateway in
                try await test.add(Self.entry, to: gateway, profile: "contact")
                #expect(try await gateway.refresh("maple").outcome == .updated)
                #expect(try await gateway.stored("maple").lastContact == test.time.now)
                try test.time.set("2026-01-28T10:00:00Z")
                try await body(test, gateway)
                try test.time.set("2026-01-29T10:00:00Z")
            }
        }
    }

    private func level(_ gateway: Gateway, _ at: String) async throws -> Level {
        try await gateway.standing("maple", at: .instant(#require(Instant(at)))).level
    }

    @Test(
        "A try that fails is none: the countdown goes on, and access ends when it says and no sooner",
        arguments: [
            ("down: true", RefreshResult.Outcome.unreachable), ("status: 503", .unreachable),
            ("badSignature: true", .untrusted), ("truncate: 200", .unreachable), ("status: 404", .failed),
        ])
    func failed(_ row: (fault: String, outcome: RefreshResult.Outcome)) async throws {
        try await withRefreshed { test, gateway in
            let document = test.fixture.read(test.file("maple"))
            try test.write([Self.entry], faults: row.fault)
            #expect(try await gateway.refresh("maple").outcome == row.outcome)
            let record = try await gateway.stored("maple")
            #expect(record.lastContact == Instant("2026-01-01T10:00:00Z") && record.held)
            #expect(try await level(gateway, "2026-01-29T09:59:59Z") == .licensed)
            #expect(try await level(gateway, "2026-01-29T10:00:00Z") == .warning)
            #expect(try await level(gateway, "2026-02-05T09:59:59Z") == .warning)
            #expect(try await level(gateway, "2026-02-05T10:00:00Z") == .stopped)
            let row = try await gateway.standing("maple", at: .instant(#require(Instant("2026-01-29T10:00:00Z"))))
            #expect(row.access == .full && row.messages.first == "7 days, 28 days")
            #expect(test.fixture.read(test.file("maple")) == document)
        }
    }

    @Test("An answer that nothing changed is contact")
    func unchanged() async throws {
        try await withRefreshed { test, gateway async throws in
            #expect(try await gateway.refresh("maple").outcome == .unchanged)
            #expect(try await gateway.stored("maple").lastContact == test.time.now)
            #expect(try await level(gateway, "2026-01-29T10:00:00Z") == .licensed)
            #expect(try await level(gateway, "2026-02-25T10:00:00Z") == .warning)
        }
    }

    @Test("A rejection is none, though it is signed")
    func rejected() async throws {
        try await withRefreshed { test, gateway in
            try test.write([SubscriptionFixture.Entry(id: "other", expires: "2026-06-30")])
            let result = try await gateway.refresh("maple")
            #expect(result.outcome == .rejected && result.field == "clientID")
            #expect(try await gateway.stored("maple").lastContact == Instant("2026-01-01T10:00:00Z"))
            #expect(try await level(gateway, "2026-01-29T10:00:00Z") == .warning)
        }
    }

    @Test("After access has ended, the next answer makes it full again at once")
    func again() async throws {
        try await withRefreshed { test, gateway in
            try test.time.set("2026-02-09T10:00:00Z")
            #expect(try await gateway.standing("maple").level == .stopped)
            #expect(try await gateway.refresh("maple", .login).outcome == .unchanged)
            #expect(try await gateway.standing("maple").level == .licensed)
        }
    }

    @Test("A clock that was set back before the last contact is told, and lowers nobody's access")
    func clock() async throws {
        try await withRefreshed { test, gateway in
            try test.time.set("2025-12-31T10:00:00Z")
            let row = try await gateway.standing("maple")
            #expect(row.level == .licensed && row.messages.contains { $0.contains("lies in the future") })
        }
    }
}
