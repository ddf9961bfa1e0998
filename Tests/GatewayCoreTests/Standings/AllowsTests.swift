import AdapterKit
import Foundation
import GatewayAPI
import Testing

@testable import GatewayCore

@Suite("What a user may do")
struct AllowsTests {
    /// A subscription until the end of January with a module of its own end, `AP`, in December.
    private static let entry = SubscriptionFixture.Entry(
        id: "maple", expires: "2027-01-31",
        lines: [
            "modules:", "  - { code: GL, name: General Ledger }",
            "  - { code: AP, name: Accounts Payable, expires: 2026-12-31 }",
            "  - { code: PJ, name: Projects, expires: 2029-12-31 }",
        ])

    private func withRefreshed(_ body: (Gateway) async throws -> Void) async throws {
        try await SubscriptionFixture.with([Self.entry]) { test in
            try await test.open { gateway in
                try await test.add(Self.entry, to: gateway)
                #expect(try await gateway.refresh("maple").outcome == .updated)
                try await body(gateway)
            }
        }
    }

    private func answers(
        _ gateway: Gateway, module: String?, at day: String
    ) async throws -> (allowed: [Action], level: Level) {
        var allowed: [Action] = []
        var level = Level.licensed
        for action in Action.allCases {
            let answer = try await gateway.perform(
                Allows(installation: "maple", action: action, module: module, at: .day(#require(LocalDay(day)))))
            if answer.allowed { allowed.append(action) }
            level = answer.level
            #expect(!answer.reason.isEmpty && answer.access == answer.level.access)
        }
        return (allowed, level)
    }

    @Test(
        "The level decides, of the whole or of a module",
        arguments: [
            (nil, "2026-11-22", 4, Level.licensed), ("GL", "2026-11-22", 4, .licensed),
            ("AP", "2026-11-22", 4, .licensed),
            // The module has come to its end: the whole only has a message, and the other modules stand as without it.
            (nil, "2027-01-01", 4, .grace), ("GL", "2027-01-01", 4, .licensed), ("AP", "2027-01-01", 2, .restricted),
            ("PJ", "2027-01-01", 4, .licensed),
            // The subscription has: everything works for 45 days.
            (nil, "2027-02-01", 4, .grace), ("GL", "2027-02-01", 4, .grace), ("AP", "2027-02-01", 2, .restricted),
            (nil, "2027-03-17", 4, .grace),
            // And then read-only, a module that is paid for longer included.
            (nil, "2027-03-18", 2, .restricted), ("GL", "2027-03-18", 2, .restricted),
            ("PJ", "2027-03-18", 2, .restricted),
            // A module that is not granted.
            ("XX", "2026-11-22", 0, .unlicensed), ("gl", "2026-11-22", 0, .unlicensed),
            ("", "2026-11-22", 0, .unlicensed),
        ] as [(String?, String, Int, Level)])
    func levels(_ row: (module: String?, day: String, allowed: Int, level: Level)) async throws {
        try await withRefreshed { gateway in
            let answers = try await answers(gateway, module: row.module, at: row.day)
            let expected: [Action] =
                switch row.allowed {
                case 4: [.view, .report, .enter, .post]
                case 2: [.view, .report]
                default: []
                }
            #expect(answers.allowed == expected && answers.level == row.level, "\(answers)")
        }
    }

    @Test("A refusal says why: the label, what is allowed, and the message")
    func reasons() async throws {
        try await withRefreshed { gateway in
            let refused = try await gateway.perform(
                Allows(installation: "maple", action: .post, at: .day(#require(LocalDay("2027-03-18")))))
            #expect(refused.reason.contains("Read-only") && refused.reason.contains("only view and report"))
            #expect(refused.reason.contains("expired 46 days ago"))
            let module = try await gateway.perform(
                Allows(
                    installation: "maple", action: .enter, module: "AP", at: .day(#require(LocalDay("2027-01-01")))))
            #expect(
                module.reason.contains("Module expired") && module.reason.contains("Accounts Payable"),
                "\(module.reason)")
            let unknown = try await gateway.perform(Allows(installation: "maple", action: .view, module: "XX"))
            #expect(unknown.reason.contains("XX"))
            let fine = try await gateway.perform(Allows(installation: "maple", action: .post))
            #expect(fine.allowed && fine.reason == "Sage 300 is licensed.")
        }
    }

    @Test("Without an entitlement nothing is allowed, and an installation that does not exist is told")
    func nothing() async throws {
        try await SubscriptionFixture.with([Self.entry]) { test in
            try await test.open { gateway in
                try await test.add(Self.entry, to: gateway)
                for module in [nil, "GL"] {
                    let answer = try await gateway.perform(
                        Allows(installation: "maple", action: .view, module: module))
                    #expect(!answer.allowed && answer.level == .unlicensed && answer.access == .none)
                }
                let error = await callError {
                    _ = try await gateway.perform(Allows(installation: "nobody", action: .view))
                }
                #expect(error?.code == .notFound)
            }
        }
    }
}
