import AdapterKit
import Crypto
import Foundation
import GatewayAPI
import GatewayStore
import Testing

@testable import GatewayCore

@Suite("Files that are kept with a step")
struct AttachmentTests {
    private static let picture = AttachedFile("screenshot.png", "picture")

    private func done(_ gateway: Gateway, _ operation: String, _ files: [AttachedFile]) async throws -> RefreshResult {
        try await gateway.perform(
            CompleteStep(operation: operation, step: 1, files: files, values: ByHandValues.first, note: "By mail."))
    }

    private static func files(_ count: Int, of bytes: Int) -> [AttachedFile] {
        (1...count).map { AttachedFile(name: "\($0).png", contents: [UInt8](repeating: 1, count: bytes)) }
    }

    /// Files that are refused: made when they are needed, since a test's arguments are written out.
    struct Bad: Sendable, CustomTestStringConvertible {
        var testDescription: String
        var words: String
        var files: @Sendable () -> [AttachedFile]

        init(_ name: String, _ words: String, _ files: @escaping @Sendable () -> [AttachedFile]) {
            (testDescription, self.words, self.files) = (name, words, files)
        }

        init(named name: String, _ words: String) {
            self.init("named \(name.debugDescription)", words) { [AttachedFile(name, "x")] }
        }
    }

    static let bad = [
        Bad("too large", "1.png has 10485761 bytes") { files(1, of: AttachedFile.mostBytes + 1) },
        Bad("too many", "keeps at most 50 files") { files(51, of: 1) },
        Bad("too much", "it would be 6 of 62914560") { files(6, of: AttachedFile.mostBytes) },
        Bad("empty", "empty.png is empty") { [AttachedFile("empty.png", "")] },
        Bad("twice", "Two of the files are named screenshot.png") { [picture, picture] },
        Bad(named: "../up.png", "without slashes"), Bad(named: "a\\b", "without slashes"),
        Bad(named: "", "1 to 128 bytes"), Bad(named: ".hidden", "not beginning with a dot"),
        Bad(named: "a\nb", "control characters"), Bad(named: String(repeating: "ä", count: 65), "1 to 128 bytes"),
    ]

    @Test("What is too much, nameless or doubtful is refused, and nothing changes", arguments: bad)
    func refused(_ bad: Bad) async throws {
        try await ByHandFixture.withGateway { test, gateway in
            let operation = try await gateway.ask("office")
            let before = try test.fixture.dump()
            let error = await callError { _ = try await done(gateway, operation, bad.files()) }
            #expect(
                error?.code == .invalid && error?.message.contains(bad.words) == true, "\(error?.message ?? "taken")")
            #expect(try test.fixture.dump() == before)
        }
    }

    @Test("Files of just the most bytes are kept, and listed with their size, hash, time and who brought them")
    func kept() async throws {
        try await ByHandFixture.withGateway { test, gateway in
            let operation = try await gateway.ask("office")
            let large = AttachedFile(name: "mail.eml", contents: [UInt8](repeating: 7, count: AttachedFile.mostBytes))
            test.time.pass(hours: 2)
            _ = try await done(gateway, operation, [large, Self.picture])
            let kept = try await gateway.perform(ShowStep(operation: operation)).attachments
            #expect(kept.map(\.name) == ["mail.eml", "screenshot.png"] && kept.map(\.step) == [1, 1])
            #expect(kept.map(\.size) == [AttachedFile.mostBytes, 7] && kept.allSatisfy { $0.at == test.time.now })
            #expect(kept.last?.sha256 == Hex.encode(Array(SHA256.hash(data: Array("picture".utf8)))))
            #expect(kept.last?.caller == "local:1000")
            let shown = try await gateway.perform(ShowAttachment(operation: operation, step: 1, file: "mail.eml"))
            #expect(shown == large)
            let notes = try await gateway.perform(ShowOperation(id: operation)).steps.map(\.detail).joined()
            #expect(notes.contains("screenshot.png") && notes.contains("By mail."))
        }
    }

    @Test("A file of the same name is replaced where nothing came of the first")
    func replaced() async throws {
        try await ByHandFixture.withGateway { test, gateway in
            let operation = try await gateway.ask("office")
            let (record, _) = try #require(try await gateway.store.operation(operation, in: .portfolio))
            let installation = try await gateway.stored("office")
            let first = AttachedFile("screenshot.png", "another picture")
            let taken = try await gateway.store.takeUp(
                DoneStep(
                    operation: operation, installation: "office", nonce: #require(record.nonce),
                    owner: "6f1d2c3b-0000-4000-8000-000000000000",
                    basedOn: installation.revision, edits: installation.edits,
                    attachments: [first.attachment(step: 1, at: test.time.now, by: "local:1000")],
                    notes: [StepNote(StepNote.done, by: "local:1000", at: test.time.now, detail: "done")],
                    audit: AuditEntry(
                        at: test.time.now, actor: "local:1000", actorName: "Pat", act: CompleteStep.name,
                        customer: "office", subject: "office", detail: "")))
            guard case .taken = taken else { throw TestFailure("\(taken)") }
            #expect(try await done(gateway, operation, [Self.picture]).outcome == .updated)
            let kept = try await gateway.perform(ShowStep(operation: operation)).attachments
            #expect(kept.map(\.size) == [7])
            let shown = try await gateway.perform(
                ShowAttachment(operation: operation, step: 1, file: "screenshot.png"))
            #expect(shown == Self.picture)
        }
    }

    @Test("They are in a backup, and are there after it was restored")
    func backup() async throws {
        try await ByHandFixture.with { test in
            let backup = test.fixture.folder + "/backup"
            let (operation, registry) = try await test.open { gateway in
                try await test.addBoth(to: gateway)
                let operation = try await gateway.ask("office")
                _ = try await done(gateway, operation, [Self.picture])
                _ = try await gateway.perform(BackUpStore(file: backup))
                return (operation, gateway.registry)
            }
            for end in ["", "-wal", "-shm"] { try? FileManager.default.removeItem(atPath: test.fixture.store + end) }
            _ = try await Caretaker(
                GatewayConfiguration(store: test.fixture.store, profiles: [], deliveryRoots: [], environment: [:]),
                registry: registry, surroundings: test.time.surroundings
            ).perform(RestoreStore(file: backup), by: .msp)
            let shown = try await test.open { gateway in
                try await gateway.perform(ShowAttachment(operation: operation, step: 1, file: "screenshot.png"))
            }
            #expect(shown == Self.picture)
        }
    }

    @Test("Who may see another customer sees none of them; what is not there is told")
    func scope() async throws {
        try await ByHandFixture.withGateway { _, gateway in
            let operation = try await gateway.ask("office")
            _ = try await done(gateway, operation, [Self.picture])
            let call = ShowAttachment(operation: operation, step: 1, file: "screenshot.png")
            #expect(
                await callError { _ = try await gateway.perform(call, by: .limited(to: "plant")) }?.code == .notFound)
            #expect(try await gateway.perform(call, by: .limited(to: "office")) == Self.picture)
            for other in [
                ShowAttachment(operation: operation, step: 2, file: "screenshot.png"),
                ShowAttachment(operation: operation, step: 1, file: "screenshot"),
                ShowAttachment(operation: "none", step: 1, file: "screenshot.png"),
            ] {
                #expect(await callError { _ = try await gateway.perform(other) }?.code == .notFound)
            }
        }
    }
}
