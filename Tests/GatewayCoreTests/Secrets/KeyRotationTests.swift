import AdapterKit
import Crypto
import Foundation
import GRDB
import GatewayAPI
import GatewayStore
import Testing

@testable import GatewayCore

@Suite("Rotating and losing the key")
struct KeyRotationTests {
    private static let dead = "6f1d2c3b-0000-4000-8000-000000000000"

    /// Asks once, and can ask what became of it.
    private static let adapter = AnyAdapter(
        InspectingAdapter(
            base: ScriptedAdapter(
                begin: { facts in
                    Transition(ScriptState(step: "asked"), .send(.test(facts, path: "/activate", once: true)))
                },
                resume: { (state, event, facts) throws(AdapterError) in
                    try ScriptedAdapter.answered(state, event, facts)
                }),
            inspection: { facts in
                Transition(ScriptState(step: "inspecting"), .send(.test(facts, path: "/what-became-of")))
            }))

    /// A gateway with an operation that a killed process left with a sealed answer, `r7`; asked what became of it, the
    /// vendor says `r8`.
    private func withSealed(
        seal: @escaping @Sendable (Gateway, [UInt8], String) throws -> Data = { try $0.sealer.seal($1, for: $2) },
        _ body: (TestGateway, Gateway, _ operation: String) async throws -> Void
    ) async throws {
        try await TestGateway.with(Self.adapter) { request in
            request.path == "/what-became-of" ? .reply(200, "r8") : .reply(500, "repeated")
        } _: { test in
            try await test.open(Self.adapter) { gateway in
                let left = try await gateway.leaveOpen("n1", by: Self.dead, at: test.time.now) { facts in
                    try Self.adapter.begin(.refresh, facts: facts)
                }
                let answer = Array(try JSONEncoder().encode(RawAnswer(status: 200, body: Array("r7".utf8))))
                try await gateway.store.keepAnswer(
                    seal(gateway, answer, "answer \(left.operation)"), of: left.operation,
                    note: StepNote(at: test.time.now, kind: "answer", detail: "kept, sealed"))
                try await body(test, gateway, left.operation)
            }
        }
    }

    private func text(_ gateway: Gateway) throws -> String {
        String(decoding: try Data(contentsOf: URL(filePath: gateway.configuration.keyFile)), as: UTF8.self)
    }

    @Test("What is sealed opens with the new key alone, and the operation goes on with it")
    func rotated() async throws {
        try await withSealed { _, gateway, _ in
            let old = try gateway.sealer.file.keys()
            let rotation = try await gateway.perform(RotateKeyFile())
            #expect(rotation.resealed == 1 && rotation.givenUp == 0)
            let keys = try gateway.sealer.file.keys()
            #expect(keys.count == 1 && keys[0].id != old[0].id && keys[0].shown == rotation.key)
            let sealed = try #require(try await gateway.store.sealedAnswers().first)
            #expect(sealed.opened(with: old) == nil && sealed.opened(with: keys) != nil)
            let attributes = try FileManager.default.attributesOfItem(atPath: gateway.configuration.keyFile)
            #expect(attributes[.posixPermissions] as? Int == 0o600)
            _ = try await gateway.perform(Refresh(selection: .due, trigger: .schedule))
            #expect(try await gateway.stored("n1").revision == "r7")
            #expect(try await gateway.perform(VerifyAudit()).problem == nil)
        }
    }

    @Test("Killed between the two keys, everything opens with either, and the next rotation ends it")
    func killed() async throws {
        try await withSealed { _, gateway, _ in
            let file = gateway.sealer.file
            let old = try file.keys()
            let new = KeyFile.Key.make()
            try file.write([new] + old, replacing: true)
            let view = try await gateway.perform(ShowKeyFile())
            #expect(view.keys == [new.shown, old[0].shown] && view.sealed == 1 && view.unopened == 0)
            let other = try gateway.sealer.seal([1], for: "x")
            #expect(Sealer.open(other, for: "x", with: [new]) == [1], "what is sealed now is sealed with the new one")
            let rotation = try await gateway.perform(RotateKeyFile())
            #expect(rotation.resealed == 1 && rotation.key == new.shown)
            #expect(try file.keys().map(\.shown) == [new.shown])
            _ = try await gateway.perform(Refresh(selection: .due, trigger: .schedule))
        }
    }

    @Test("What was sealed before keys had IDs opens, and is sealed anew")
    func older() async throws {
        try await withSealed(seal: { gateway, bytes, purpose in
            let key = try #require(try gateway.sealer.file.keysOrNew().first)
            let box = try AES.GCM.seal(bytes, using: key.secret, authenticating: Data(purpose.utf8))
            return try #require(box.combined)
        }) { (_, gateway, _) async throws in
            #expect(try await gateway.perform(RotateKeyFile()).resealed == 1)
            _ = try await gateway.perform(Refresh(selection: .due, trigger: .schedule))
            #expect(try await gateway.stored("n1").revision == "r7")
        }
    }

    @Test("Without the key everything but what is sealed goes on, and it is said what to do")
    func lost() async throws {
        try await withSealed { test, gateway, operation in
            try FileManager.default.removeItem(atPath: gateway.configuration.keyFile)
            try await test.add("n2", to: gateway)
            #expect(try await gateway.perform(Status()).count == 2)
            let stuck = try await gateway.refresh("n1")
            #expect(stuck.outcome == .failed && stuck.message.contains("--lost"), "\(stuck)")
            #expect(stuck.message.contains(gateway.configuration.keyFile))
            #expect(!FileManager.default.fileExists(atPath: gateway.configuration.keyFile), "none is made for reading")
            let error = await callError { _ = try await gateway.perform(RotateKeyFile()) }
            #expect(error?.code == .conflict && error?.message.contains(operation) == true)
            #expect(test.vendor.requests.isEmpty)

            let rotation = try await gateway.perform(RotateKeyFile(lost: true))
            #expect(rotation.resealed == 0 && rotation.givenUp == 1)
            // The act may have happened: the vendor is asked, and nothing is repeated.
            _ = try await gateway.perform(Refresh(selection: .due, trigger: .schedule))
            let asked = test.vendor.requests.filter { $0.text.hasSuffix(" n1") }
            #expect(asked.map(\.path) == ["/what-became-of"])
            #expect(try await gateway.stored("n1").revision == "r8")
            let steps = try await gateway.perform(ShowOperation(id: operation)).steps.map(\.kind)
            #expect(steps.contains("lost"))
        }
    }

    @Test("With another key file in its place nothing is given up unasked, and the right one put back opens all")
    func another() async throws {
        try await withSealed { _, gateway, _ in
            let right = try text(gateway)
            try Data((String(repeating: "ab", count: 32) + "\n").utf8).write(
                to: URL(filePath: gateway.configuration.keyFile))
            #expect(try await gateway.perform(ShowKeyFile()).unopened == 1)
            #expect(await callError { _ = try await gateway.perform(RotateKeyFile()) }?.code == .conflict)
            #expect(try await gateway.refresh("n1").outcome == .failed)
            try Data(right.utf8).write(to: URL(filePath: gateway.configuration.keyFile))
            _ = try await gateway.perform(Refresh(selection: .due, trigger: .schedule))
            #expect(try await gateway.stored("n1").revision == "r7")
        }
    }

    @Test("A rotation waits while somebody seals: between sealing and keeping no key is given up")
    func waits() async throws {
        try await withSealed { _, gateway, _ in
            let lock = open(gateway.configuration.sealingLock, O_RDWR | O_CREAT | O_CLOEXEC, 0o600)
            defer { close(lock) }
            try await gateway.keepSealed([1], for: "x") { _ in
                #expect(flock(lock, LOCK_EX | LOCK_NB) != 0)
                #expect(flock(lock, LOCK_SH | LOCK_NB) == 0, "others may seal too")
                flock(lock, LOCK_UN)
            }
            // A program that another test is starting just now has what we have open until it runs: that is soon over.
            #expect((0..<1000).contains { _ in flock(lock, LOCK_EX | LOCK_NB) == 0 || poll(nil, 0, 1) != 0 })
        }
    }

    @Test("The key file may lie elsewhere, and a link to it stays a link")
    func elsewhere() async throws {
        try await GatewayFixture.with { fixture in
            let folder = fixture.folder + "/keys"
            try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
            let link = fixture.folder + "/link"
            let file = KeyFile(path: folder + "/key")
            _ = try file.keysOrNew()
            #expect(symlink(file.path, link) == 0)
            let gateway = try Gateway(
                GatewayConfiguration(
                    store: fixture.store, profiles: [], deliveryRoots: [], environment: [:], keyFile: link),
                registry: AdapterRegistry([]), surroundings: fixture.time.surroundings)
            defer { gateway.close() }
            let rotation = try await gateway.perform(RotateKeyFile())
            #expect(try file.keys().map(\.shown) == [rotation.key])
            #expect(try FileManager.default.destinationOfSymbolicLink(atPath: link) == file.path)
            #expect(!FileManager.default.fileExists(atPath: fixture.store + ".key"))
        }
    }
}
