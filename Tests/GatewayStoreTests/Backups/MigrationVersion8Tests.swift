import AdapterKit
import Foundation
import GatewayAPI
import GatewayStore
import Testing

@Suite("A store from before issuers' keys were kept for all")
struct MigrationVersion8Tests {
    @Test("It is brought up to date with its licenses, whose own keys count until some are fetched")
    func upToDate() async throws {
        try await StoreFixture.with { (fixture) async throws in
            try fixture.makeVersion7()
            try await fixture.withStore { (store) async throws in
                let ground = try #require(try await store.tokenGround(of: "store12", in: .portfolio))
                let terms = try #require(ground.terms)
                #expect(ground.own["serverID"] == "SRV-12" && ground.timeZone == "America/Toronto")
                #expect(!terms.keySet.isEmpty)
                #expect(try await store.keys(of: terms.issuer, trust: "") == nil)
                #expect(try await store.withheldNames(of: "hq") == ["access_token", "refresh_token"])
                let source = try #require(try await store.tokenSource("refresh_token", of: "hq"))
                #expect(try await store.operation(source.operation, in: .portfolio)?.0.act == .authorize)
            }
            #expect(try fixture.number("PRAGMA user_version") == StoreExamination.currentVersion)
            #expect(try await fixture.chain().problem == nil)
        }
    }

    @Test("Before it is brought up to date the doctor looks at it all the same, and changes nothing")
    func examined() async throws {
        try await StoreFixture.with { (fixture) async throws in
            try fixture.makeVersion7()
            let examination = try StoreExamination(fixture.path)
            defer { examination.close() }
            #expect(try examination.version() == 7)
            #expect(try examination.licensesToAcquire().isEmpty && examination.openOperations().isEmpty)
        }
    }
}
