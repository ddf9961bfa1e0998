import AdapterKit
import Foundation
import GatewayAPI
import GatewayStore
import Testing

@testable import GatewayCore

@Suite("What a person recorded is marked as unverified")
struct UnverifiedTests {
    @Test("It is wherever it shows")
    func marked() async throws {
        try await ByHandFixture.withGateway { test, gateway in
            var values = ByHandValues.first
            values["validTo"] = "2026-12-10"
            try await gateway.record("office", values)
            let standing = try await gateway.standing("office")
            #expect(standing.isUnverified)
            #expect(
                try #require(String(data: JSONEncoder().encode(standing), encoding: .utf8)).contains(
                    #""unverified":true"#))
            let shown = try await gateway.perform(ShowInstallation(id: "office"))
            #expect(shown.entitlement?.isUnverified == true)
            #expect(try await gateway.perform(Explain(installation: "office")).standing.isUnverified)
            #expect(try await gateway.perform(ShowTimeline(installation: "office")).isUnverified)
            #expect(try await gateway.perform(ShowUsage(installation: "office")).isUnverified)
            let renewals = try await gateway.perform(ListRenewals(days: 30)).renewals
            #expect(renewals.map(\.installation) == ["office"] && renewals.allSatisfy(\.isUnverified))
            let history = try await gateway.perform(ShowHistory(installation: "office")).events
            #expect(history.contains { $0.kind == .entitlement && $0.detail.contains("unverified") })
            #expect(
                history.contains { $0.kind == .step && $0.what == "done" && $0.detail.contains("validTo=2026-12-10") })
            _ = try await gateway.perform(
                RecordUsage([UsageObservation(installation: "office", pool: "users", inUse: 2)]))
            let findings = try await gateway.perform(ReportLicenses()).findings
            #expect(findings.allSatisfy { $0.product.hasSuffix("(unverified)") })
        }
    }

    @Test("Once the vendor's server answers it is verified, and a person's record makes it unverified again")
    func verified() async throws {
        try await OfflineFixture.with { test in
            try await test.open { gateway in
                try await test.add(to: gateway, profile: "sage200-by-hand")
                try await gateway.record("maple", ByHandValues.first)
                #expect(try await gateway.standing("maple").isUnverified)
                _ = try await gateway.perform(SetInstallation(id: "maple", profile: "sage200-online"))
                #expect(try await gateway.standing("maple").isUnverified, "it is what is held until then")
                test.time.pass(hours: 1)
                #expect(try await gateway.refresh("maple").outcome == .updated)
                #expect(try await !gateway.standing("maple").isUnverified)
                let events = try await gateway.perform(ShowHistory(installation: "maple")).events
                #expect(events.contains { $0.kind == .entitlement && $0.detail.contains("now verified") })

                _ = try await gateway.perform(SetInstallation(id: "maple", profile: "sage200-by-hand"))
                #expect(try await !gateway.standing("maple").isUnverified, "the vendor said it")
                test.time.pass(hours: 1)
                try await gateway.record("maple", ["seats.users": "13"])
                #expect(try await gateway.standing("maple").isUnverified)
                let known = try await gateway.perform(ShowInstallation(id: "maple")).entitlement
                #expect(known?.details.isEmpty == true, "what the vendor said of itself is not the person's word")
            }
        }
    }

    @Test("After a change of the installation what is held is the person's word, though they say that nothing changed")
    func changed() async throws {
        try await OfflineFixture.with { test in
            try await test.open { gateway in
                try await test.add(to: gateway, profile: "sage200-online")
                _ = try await gateway.refresh("maple")
                _ = try await gateway.perform(
                    SetInstallation(
                        id: "maple", profile: "sage200-by-hand", identity: ["serialNumber": "2000-7F31-0042-T"]))
                test.time.pass(hours: 1)
                #expect(try await gateway.record("maple", [:]).outcome == .updated)
                #expect(try await gateway.standing("maple").isUnverified)
                let known = try await gateway.perform(ShowInstallation(id: "maple")).entitlement
                #expect(known?.seats.first?.count == 12)
                #expect(try await gateway.record("maple", [:]).outcome == .unchanged)
                #expect(try await gateway.standing("maple").isUnverified)
            }
        }
    }
}
