import AdapterKit
import Foundation
import GRDB
import GatewayAPI
import GatewayStore
import Testing

@testable import GatewayCore

/// A process that ends between taking an answer up and ending its operation leaves it running under its owner's name.
@Suite("Imports whose process ended")
struct OfflineRecoveryTests {
    private static let dead = "6f1d2c3b-0000-4000-8000-000000000000"

    /// Leaves an import as a process does that was killed in it.
    private func takeUp(
        _ request: OfflineRequest, _ file: AttachedFile, by owner: String, _ gateway: Gateway
    ) async throws {
        let (record, _) = try #require(try await gateway.store.operation(request.operation, in: .portfolio))
        let installation = try await gateway.stored(request.installation)
        let taken = try await gateway.store.takeUp(
            DoneStep(
                operation: record.id, installation: installation.id, nonce: #require(record.nonce), owner: owner,
                basedOn: installation.revision, edits: installation.edits,
                attachments: [file.attachment(step: 1, at: record.started, by: "local:1000")],
                notes: [StepNote(StepNote.done, by: "local:1000", at: record.started, detail: file.name)],
                audit: AuditEntry(
                    at: record.started, actor: "local:1000", actorName: "Pat", act: ImportOffline.name,
                    customer: record.customer, subject: record.installation, detail: "operation \(record.id)")))
        guard case .taken = taken else { throw TestFailure("it was not taken up: \(taken)") }
    }

    private func withTaken(
        _ body: (OfflineFixture, Gateway, OfflineRequest, AttachedFile) async throws -> Void
    ) async throws {
        try await OfflineFixture.withGateway { test, gateway in
            let request = try await gateway.request()
            let file = try test.answer(request)
            try await takeUp(request, file, by: Self.dead, gateway)
            try await body(test, gateway, request, file)
        }
    }

    @Test("The same file is imported again, without anything else being done first")
    func again() async throws {
        try await withTaken { test, gateway, request, file in
            let result = try await gateway.take(file)
            #expect(result.outcome == .updated && result.operation == request.operation)
            let detail = try await gateway.perform(ShowStep(operation: request.operation))
            #expect(detail.attachments.map(\.name) == ["maple.ent"] && detail.operation.status == "done")
            let kinds = detail.operation.steps.map(\.kind)
            #expect(kinds == ["ask", "done", "ask again", "done", "finish"], "\(kinds)")
        }
    }

    @Test("So it is after a refresh, which puts the step back under its own number")
    func refreshed() async throws {
        try await withTaken { test, gateway, request, file async throws in
            #expect(try await gateway.refresh("maple").outcome == .updated)
            #expect(try await gateway.perform(ShowOperation(id: request.operation)).status == "asking")
            #expect(try await gateway.perform(ListSteps()).map(\.step) == [1])
            #expect(
                try await gateway.perform(CompleteStep(operation: request.operation, step: 1, files: [file])).outcome
                    == .updated)
        }
    }

    @Test("The request can be asked for again, and given up")
    func cancelled() async throws {
        try await withTaken { test, gateway, request, file async throws in
            #expect(try await gateway.request().operation == request.operation)
            try await takeUp(request, file, by: Self.dead, gateway)
            let view = try await gateway.perform(CancelStep(operation: request.operation))
            #expect(view.status == "failed" && view.outcome == "givenUp")
            #expect(await callError { _ = try await gateway.take(file) }?.message.contains("was given up") == true)
        }
    }

    @Test("While the process lives it is waited for, and what came of it is told")
    func alive() async throws {
        try await OfflineFixture.withGateway { test, gateway in
            let request = try await gateway.request()
            let file = try test.answer(request)
            let other = try OtherProcess(folder: test.fixture.store + "-owners")
            try await takeUp(request, file, by: other.id, gateway)
            #expect(
                await callError { _ = try await gateway.perform(CancelStep(operation: request.operation)) } != nil)
            test.time.whenPausing { if test.time.pauses.count == 4 { other.end() } }
            #expect(try await gateway.take(file).outcome == .updated)
            #expect(test.time.pauses.count >= 4)
        }
    }
}
