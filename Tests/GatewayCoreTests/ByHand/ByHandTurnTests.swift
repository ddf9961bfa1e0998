import AdapterKit
import Foundation
import GatewayAPI
import GatewayStore
import Testing

@testable import GatewayCore

/// A profile is a file: somebody may give it a vendor's server while a person is asked, or take it away.
@Suite("Profiles that turn from by-hand to a server and back")
struct ByHandTurnTests {
    private func write(_ test: OfflineFixture, byHand: Bool) throws {
        try test.fixture.write(
            profile: "mine", "extends: \(OfflineFixture.onPremise)\nname: mine\n" + (byHand ? "vendor: by-hand\n" : ""))
    }

    private func open<Result>(_ test: OfflineFixture, _ body: (Gateway) async throws -> Result) async throws -> Result {
        try await test.open(profiles: [GatewayFixture.repository + "/profiles", test.fixture.profiles], body)
    }

    @Test("A file that a person was to vouch for is not taken by who takes files for verified")
    func unsigned() async throws {
        try await OfflineFixture.with { test in
            try write(test, byHand: true)
            let (request, operation) = try await open(test) { gateway in
                try await test.add(to: gateway, profile: "mine")
                return (try await gateway.request(), try await gateway.ask("maple"))
            }
            try write(test, byHand: false)
            try await open(test) { gateway in
                let answer = try test.answer(await gateway.request())
                let unsigned = AttachedFile(
                    name: "maple.ent", contents: Array(try SignedDocument(answer.contents).payload))
                let before = try test.dump()
                for operation in [request.operation, operation] {
                    let error = await callError {
                        _ = try await gateway.perform(
                            CompleteStep(operation: operation, step: 1, files: [unsigned], values: [:]))
                    }
                    #expect(error?.code == .conflict, "\(error?.message ?? "it was taken")")
                }
                #expect(try test.dump() == before)
                #expect(try await gateway.stored("maple").held == false)
                #expect(try await gateway.take(answer).outcome == .updated)
            }
        }
    }

    @Test("The open step says what to do, the server is asked as ever, and a new request has a file")
    func server() async throws {
        try await OfflineFixture.with { test in
            try write(test, byHand: true)
            let (request, operation) = try await open(test) { gateway in
                try await test.add(to: gateway, profile: "mine")
                return (try await gateway.request(), try await gateway.ask("maple"))
            }
            try write(test, byHand: false)
            try await open(test) { gateway in
                #expect(try await gateway.refresh("maple").outcome == .updated)
                let error = await callError {
                    _ = try await gateway.perform(
                        CompleteStep(operation: operation, step: 1, values: ByHandValues.first))
                }
                #expect(
                    error?.message.contains("`gatehouse steps cancel \(operation)`") == true, "\(error?.message ?? "")")
                let made = try await gateway.request()
                #expect(made.isNew && made.file != nil && made.operation != request.operation)
                let view = try await gateway.perform(CancelStep(operation: operation))
                #expect(view.status == "failed")
                #expect(try await gateway.perform(ListSteps()).map(\.operation) == [made.operation])
            }
        }
    }

    @Test("Turned to by-hand, a signed answer is taken no more and a person is asked")
    func byHand() async throws {
        try await OfflineFixture.with { test in
            try write(test, byHand: false)
            let file = try await open(test) { gateway in
                try await test.add(to: gateway, profile: "mine")
                return try test.answer(await gateway.request())
            }
            try write(test, byHand: true)
            try await open(test) { gateway in
                #expect(
                    await callError { _ = try await gateway.take(file) }?.message.contains("is by hand now") == true)
                let made = try await gateway.request()
                #expect(made.isNew && made.file == nil)
                #expect(try await gateway.record("maple", ByHandValues.first).outcome == .updated)
            }
        }
    }
}
