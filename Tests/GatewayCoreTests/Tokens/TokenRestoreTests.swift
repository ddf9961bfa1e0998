import AdapterKit
import Foundation
import GatewayAPI
import GatewayStore
import Testing

@testable import GatewayCore

@Suite("A restored store whose tokens may have been used since")
struct TokenRestoreTests {
    private func restore(_ tokens: TokenFixture) async throws {
        let registry = try AdapterRegistry(shippedAdapters)
        let configuration = GatewayConfiguration(
            store: tokens.fixture.store, profiles: [], deliveryRoots: [], environment: [:])
        _ = try await Caretaker(configuration, registry: registry, surroundings: tokens.time.surroundings)
            .perform(RestoreStore(file: tokens.fixture.folder + "/backup", force: true), by: .msp)
    }

    /// Backs up a license, refreshes it, and restores the backup.
    private func restored(
        _ book: TokenFixture.Book = .init(), refreshedBefore: Bool = false,
        _ body: (TokenFixture, Gateway) async throws -> Void
    ) async throws {
        try await TokenFixture.with(book) { tokens in
            try await tokens.open { (gateway) async throws in
                try await tokens.add("hq", "store12", to: gateway)
                try await tokens.acquire("hq", as: "SRV-1", gateway)
                if refreshedBefore {
                    tokens.time.pass(hours: 84)
                    #expect(try await gateway.refresh("hq").outcome == .updated)
                }
                _ = try await gateway.perform(BackUpStore(file: tokens.fixture.folder + "/backup"))
                let token = try await tokens.token("refresh_token", of: "hq", gateway)
                let backup = try Data(contentsOf: URL(filePath: tokens.fixture.folder + "/backup"))
                #expect(backup.range(of: Data(token.utf8)) == nil, "no token stands in a backup")
                tokens.time.pass(hours: 84)
                #expect(try await gateway.refresh("hq").outcome == .updated)
            }
            tokens.time.pass(hours: 1)
            try await restore(tokens)
            try await tokens.open { try await body(tokens, $0) }
        }
    }

    @Test(
        "One whose tokens rotate is marked, not refreshed, and everybody who looks is told; it is good until its token ends"
    )
    func marked() async throws {
        try await restored { (tokens, gateway) async throws in
            let record = try await gateway.stored("hq")
            #expect(record.authorizeAgain?.contains("backup was restored") == true && record.refreshDue == nil)
            #expect(try await gateway.refresh("hq", .schedule).outcome == .notDue)
            let refused = try await gateway.refresh("hq")
            #expect(refused.outcome == .rejected && refused.message.contains("gatehouse authorize hq"), "\(refused)")
            #expect(!refused.message.contains("since `"), "whole sentences: \(refused.message)")
            let steps = try await gateway.perform(Explain(installation: "hq")).steps
            #expect(steps.first?.contains("gatehouse authorize hq") == true, "\(steps)")
            let todo = try await gateway.perform(ListTodo())
            #expect(todo.contains { $0.kind == .authorization && $0.installation == "hq" })
            let page = try await gateway.perform(ShowTokens(installation: "hq"))
            #expect(page.status == "Licensed" && page.authorizeAgain != nil)
            let report = try await gateway.caretaker.perform(Examine(), by: .msp)
            let finding = try #require(report.findings.first { $0.check == .tokens })
            #expect(finding.state == .warning && finding.place == "hq" && finding.advice == "gatehouse authorize hq")
            // What is held stays until its token ends, which is in the 83 hours that the backup had left.
            let end = try #require(try await gateway.stored("hq").issued).adding(hours: 168)
            tokens.time.set(end.adding(hours: 0, milliseconds: -1))
            #expect(try await gateway.standing("hq").access == .full)
            tokens.time.set(end)
            #expect(try await gateway.standing("hq").level == .stopped)
        }
    }

    @Test("Given back by the token of the backup, it is acquired again")
    func acquiredAgain() async throws {
        try await restored { (tokens, gateway) async throws in
            #expect(try await gateway.perform(Deauthorize(installation: "hq")).outcome == .removed)
            #expect(try await tokens.acquire("hq", as: "SRV-1", gateway).outcome == .updated)
            #expect(try await gateway.stored("hq").authorizeAgain == nil)
            tokens.time.pass(hours: 84)
            #expect(try await gateway.refresh("hq", .schedule).outcome == .updated)
        }
    }

    @Test("One whose refresh token stays the same is not marked, and refreshed on")
    func fixed() async throws {
        try await restored(.init(lines: ["refreshTokens: fixed"]), refreshedBefore: true) { (_, gateway) async throws in
            #expect(try await gateway.stored("hq").authorizeAgain == nil)
            #expect(try await gateway.refresh("hq", .schedule).outcome == .updated)
            #expect(
                try await gateway.caretaker.perform(Examine(), by: .msp).findings.allSatisfy {
                    $0.check != .tokens || $0.state == .ok
                })
        }
    }

    @Test("A code that was shown is void, and another can be had")
    func codes() async throws {
        try await TokenFixture.with { (tokens) async throws in
            try await tokens.open { (gateway) async throws in
                try await tokens.add("hq", to: gateway)
                let begun = try await gateway.perform(BeginAuthorization(installation: "hq"))
                _ = try await gateway.perform(BackUpStore(file: tokens.fixture.folder + "/backup"))
                try await tokens.type(try #require(begun.notice).code, for: "SRV-1")
            }
            try await restore(tokens)
            try await tokens.open { (gateway) async throws in
                #expect(try await gateway.store.withheldNames(of: "hq").isEmpty)
                #expect(try await gateway.perform(ListSteps()).isEmpty)
                let error = await callError { _ = try await gateway.perform(CompleteAuthorization(installation: "hq")) }
                #expect(error?.code == .conflict && error?.message.contains("gatehouse authorize hq") == true)
                #expect(try await tokens.acquire("hq", as: "SRV-12", gateway).outcome == .updated)
            }
        }
    }

    @Test("Checks of tokens that were remembered before are made again")
    func remembered() async throws {
        try await TokenFixture.with { (tokens) async throws in
            let token = try await tokens.open { (gateway) async throws in
                try await tokens.add("hq", to: gateway)
                _ = try await gateway.perform(BackUpStore(file: tokens.fixture.folder + "/backup"))
                try await tokens.acquire("hq", as: "SRV-1", gateway)
                return try await tokens.token(of: "hq", gateway)
            }
            // It does nothing that a restore would have to wait for.
            try await tokens.open { (gateway) async throws in
                #expect(try await gateway.perform(VerifyToken(installation: "hq", token: token)).isTaken)
                let before = try await gateway.store.tokenEpoch()
                try await restore(tokens)
                #expect(try await gateway.store.tokenEpoch() > before)
                #expect(
                    try await gateway.perform(VerifyToken(installation: "hq", token: token)).refusal?.check == .format)
            }
        }
    }
}

extension Store {
    /// The count that is raised with everything that a check of tokens depends on.
    fileprivate func tokenEpoch() async throws -> Int64 { try TokenEpoch(self).current() }
}
