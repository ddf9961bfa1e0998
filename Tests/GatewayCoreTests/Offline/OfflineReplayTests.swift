import AdapterKit
import Foundation
import GatewayAPI
import Testing

@testable import GatewayCore

@Suite("Entitlement files at the wrong time, place or hands")
struct OfflineReplayTests {
    private func withTwo(_ body: (OfflineFixture, Gateway) async throws -> Void) async throws {
        try await OfflineFixture.with([.maple, .cedar]) { test in
            try await test.open { gateway in
                for license in [OfflineFixture.License.maple, .cedar] { try await test.add(license, to: gateway) }
                try await body(test, gateway)
            }
        }
    }

    /// The error of an import, after which the store must be what it was before.
    private func refusal(
        _ test: OfflineFixture, _ gateway: Gateway, _ file: AttachedFile, for installation: String? = nil,
        by caller: Caller = .msp
    ) async throws -> String {
        let before = try test.dump()
        let error = await callError {
            _ = try await gateway.perform(ImportOffline(installation: installation, file: file), by: caller)
        }
        #expect(try test.dump() == before)
        return error?.message ?? "it was taken"
    }

    @Test("A file is taken once, and again only says when it was")
    func replay() async throws {
        try await withTwo { test, gateway in
            let request = try await gateway.request()
            let file = try test.answer(request)
            _ = try await gateway.take(file)
            let taken = test.time.now
            test.time.pass(hours: 24 * 20)
            let again = try await refusal(test, gateway, file)
            #expect(again.contains("was imported already, by operation \(request.operation), \(taken)"), "\(again)")
            // Nor does a request that is open now make an old answer good.
            _ = try await gateway.request()
            #expect(try await refusal(test, gateway, file).contains("was imported already"))
        }
    }

    @Test("A request that was given up takes no answer, and says who gave it up and why")
    func givenUp() async throws {
        try await withTwo { test, gateway in
            let request = try await gateway.request()
            let file = try test.answer(request)
            _ = try await gateway.perform(CancelStep(operation: request.operation, note: "They moved online."))
            let told = try await refusal(test, gateway, file)
            #expect(told.contains("was given up by local:1000. They moved online."), "\(told)")
            #expect(told.contains("`gatehouse offline request maple` makes a new one."))
            #expect(try await gateway.offline().state == .due)
        }
    }

    @Test("The answer to another installation's request is not taken under this one's ID")
    func otherInstallation() async throws {
        try await withTwo { test, gateway in
            _ = try await gateway.request("maple")
            let file = try test.answer(await gateway.request("cedar"))
            let told = try await refusal(test, gateway, file, for: "maple")
            #expect(told.contains("answers the request of cedar, not one of maple"), "\(told)")
            #expect(try await refusal(test, gateway, file, for: "oak").contains("no installation \"oak\""))
            #expect(try await gateway.take(file, for: "cedar").outcome == .updated)
        }
    }

    @Test("A caller who may see another customer learns of no request, and can neither import, send nor show it")
    func scope() async throws {
        try await withTwo { test, gateway in
            let request = try await gateway.request("maple")
            let file = try test.answer(request)
            let caller = Caller.limited(to: "cedar")
            let told = try await refusal(test, gateway, file, by: caller)
            #expect(told.contains("answers no request that was made here") && !told.contains("maple\""), "\(told)")
            let named = try await refusal(test, gateway, file, for: "maple", by: caller)
            #expect(named.contains("no installation \"maple\""), "\(named)")
            for call in [
                { () async throws in _ = try await gateway.perform(ShowStep(operation: request.operation), by: caller)
                },
                { _ = try await gateway.perform(CancelStep(operation: request.operation), by: caller) },
                { _ = try await gateway.perform(CompleteStep(operation: request.operation, step: 1), by: caller) },
                { _ = try await gateway.perform(MarkOfflineSent(installations: ["maple"]), by: caller) },
                { _ = try await gateway.perform(RequestOffline(selection: .installations(["maple"])), by: caller) },
            ] {
                #expect(await callError { try await call() }?.code == .notFound)
            }
            #expect(try await gateway.perform(ListOffline(all: true), by: caller).map(\.installation) == ["cedar"])
            #expect(try await gateway.perform(ListSteps(), by: caller).isEmpty)
            #expect(try await gateway.perform(RequestOffline(selection: .due), by: caller).requests.count == 1)
            #expect(try await gateway.perform(ListSteps(), by: .limited(to: "maple")).map(\.installation) == ["maple"])
            #expect(
                try await gateway.perform(ImportOffline(installation: nil, file: file), by: .limited(to: "maple"))
                    .outcome == .updated)
        }
    }

    @Test("An answer that is older than what is held by now is refused; the next one is taken")
    func older() async throws {
        try await withTwo { test, gateway in
            let request = try await gateway.request()
            let file = try test.answer(request)
            test.time.pass(hours: 1)
            #expect(try await gateway.refresh("maple").outcome == .updated)
            let told = try await refusal(test, gateway, file)
            #expect(
                told.contains("of 2026-11-22T10:00:00Z is older than what is held, of 2026-11-22T11:00:00Z"), "\(told)")
            #expect(try await gateway.take(test.answer(request)).outcome == .updated)
        }
    }

    @Test("A profile that trusts no key or another takes nothing, and says so")
    func untrusted() async throws {
        try await OfflineFixture.with { test in
            let file = try await test.open { gateway in
                try await test.add(to: gateway)
                return try test.answer(await gateway.request())
            }
            let other = Array("A6EHv/POEL4dcN0Y50vAmWfk1jCbpQ1fHdyGZBJVMbg=".utf8)
            try await test.open(key: String(decoding: other, as: UTF8.self)) { gateway in
                let told = try await refusal(test, gateway, file)
                #expect(told.contains("has a wrong signature"), "\(told)")
            }
            let result = try await test.open { gateway in try await gateway.take(file) }
            #expect(result.outcome == .updated)
        }
    }
}
