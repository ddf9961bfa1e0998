import AdapterKit
import Foundation
import GRDB
import GatewayAPI
import GatewayStore
import Testing

@Suite("A store from before there were tokens")
struct MigrationVersion7Tests {
    @Test("It is brought up to date with all that it holds, and knows of no token")
    func upToDate() async throws {
        try await StoreFixture.with { (fixture) async throws in
            try fixture.makeVersion6()
            try await fixture.withStore { (store) async throws in
                let record = try #require(try await store.installation("maple-sage300", in: .portfolio))
                #expect(record.held && record.authorizeAgain == nil && record.customer == "maple")
                #expect(try await store.entitlement(of: "maple-sage300", in: .portfolio)?.seats.count == 2)
                #expect(try await store.withheldNames(of: "maple-sage300").isEmpty)
                #expect(try await store.licensesToAcquire(in: .portfolio, customer: nil).isEmpty)
                #expect(try await store.tokenGround(of: "maple-sage300", in: .portfolio)?.terms == nil)
                #expect(try TokenEpoch(store).current() == 0)
            }
            #expect(try fixture.number("PRAGMA user_version") == StoreExamination.currentVersion)
            #expect(try await fixture.chain().problem == nil)
            let kept = try fixture.names().filter { $0.hasPrefix("gatehouse.db-before-version-") }
            #expect(kept.count == 1, "\(kept)")
        }
    }

    @Test("What was under way is read as it was journaled then")
    func journal() async throws {
        try await StoreFixture.with { (fixture) async throws in
            try fixture.makeVersion6()
            try await fixture.withStore { (store) async throws in
                let open = try #require(try await store.openOperation(on: "maple-sage300"))
                let step = try JSONDecoder().decode(Step.self, from: try #require(open.step))
                guard case .send(let request) = step else { throw StoreError(.corrupt, "\(step)") }
                #expect(request.path == "/v1/entitlement" && !request.body.isEmpty)
                #expect(request.endpoint == nil && request.form == nil && request.withholds.isEmpty)
                #expect(!request.isSecret && !request.mayGoUnanswered)
            }
        }
    }

    @Test("Before it is brought up to date the doctor looks at it all the same, and changes nothing")
    func examined() async throws {
        try await StoreFixture.with { (fixture) async throws in
            try fixture.makeVersion6()
            let examination = try StoreExamination(fixture.path)
            defer { examination.close() }
            #expect(try examination.version() == 6)
            #expect(try examination.sealedAnswers().isEmpty && examination.licensesToAcquire().isEmpty)
            #expect(try examination.openOperations().map(\.installation) == ["maple-sage300"])
        }
    }
}
