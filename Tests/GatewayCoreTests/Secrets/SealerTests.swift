import Dispatch
import Foundation
import Synchronization
import Testing

@testable import GatewayCore

@Suite("Sealing secrets")
struct SealerTests {
    private func withSealer(_ body: (Sealer) throws -> Void) throws {
        let folder = NSTemporaryDirectory() + "gatehouse-sealer-" + UUID().uuidString
        try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(atPath: folder) }
        try body(Sealer(path: folder + "/gatehouse.db.key"))
    }

    private let secret = Array("refresh token 4711".utf8)

    @Test("What was sealed opens again, in another process too, and shows nothing of what is in it")
    func roundTrip() throws {
        try withSealer { sealer in
            let sealed = try sealer.seal(secret, for: "answer 1")
            #expect(try sealer.open(sealed, for: "answer 1") == secret)
            #expect(try Sealer(path: sealer.file.path).open(sealed, for: "answer 1") == secret)
            #expect(sealed.firstRange(of: Data("4711".utf8)) == nil)
            #expect(try sealer.seal(secret, for: "answer 1") != sealed)
            #expect(try sealer.open(sealer.seal([], for: ""), for: "") == [])
        }
    }

    @Test("The key file is made when it is first needed, of mode 0600, and nothing is left beside it")
    func keyFile() throws {
        try withSealer { sealer in
            #expect(!FileManager.default.fileExists(atPath: sealer.file.path))
            _ = try sealer.seal(secret, for: "a")
            let attributes = try FileManager.default.attributesOfItem(atPath: sealer.file.path)
            #expect(attributes[.posixPermissions] as? Int == 0o600)
            let folder = URL(filePath: sealer.file.path).deletingLastPathComponent().path
            #expect(try FileManager.default.contentsOfDirectory(atPath: folder) == ["gatehouse.db.key"])
            let before = try Data(contentsOf: URL(filePath: sealer.file.path))
            _ = try sealer.seal(secret, for: "b")
            #expect(try Data(contentsOf: URL(filePath: sealer.file.path)) == before)
        }
    }

    @Test("Many that need the key file at once make one: what each sealed opens with it")
    func race() throws {
        for _ in 1...10 {
            try withSealer { sealer throws in
                let sealed = Mutex<[Data]>([])
                DispatchQueue.concurrentPerform(iterations: 16) { _ in
                    guard let data = try? Sealer(path: sealer.file.path).seal(secret, for: "a") else { return }
                    sealed.withLock { $0.append(data) }
                }
                let all = sealed.withLock { $0 }
                #expect(all.count == 16)
                for data in all { #expect(try sealer.open(data, for: "a") == secret) }
                let folder = URL(filePath: sealer.file.path).deletingLastPathComponent().path
                #expect(try FileManager.default.contentsOfDirectory(atPath: folder) == ["gatehouse.db.key"])
            }
        }
    }

    @Test("With another key, for another purpose or changed it does not open, and the key file is named")
    func refused() throws {
        try withSealer { sealer in
            let sealed = try sealer.seal(secret, for: "answer 1")
            var changed = sealed
            changed[changed.startIndex + 12] ^= 1
            for (data, purpose) in [
                (sealed, "answer 2"), (changed, "answer 1"), (sealed.dropLast(), "answer 1"), (Data(), "answer 1"),
            ] {
                let error = #expect(throws: SealError.self) { try sealer.open(data, for: purpose) }
                #expect(error?.message.contains(sealer.file.path) == true)
            }
            try FileManager.default.removeItem(atPath: sealer.file.path)
            let error = #expect(throws: SealError.self) { try sealer.open(sealed, for: "answer 1") }
            #expect(error?.message.contains(sealer.file.path) == true)
        }
    }

    @Test(
        "A key file that holds no key is told, and left as it is",
        arguments: ["", "\n", "nonsense", "00ff", String(repeating: "0", count: 66), String(repeating: "g", count: 64)])
    func noKey(_ text: String) throws {
        try withSealer { sealer in
            try Data(text.utf8).write(to: URL(filePath: sealer.file.path))
            let error = #expect(throws: SealError.self) { try sealer.seal(secret, for: "a") }
            #expect(error?.message.contains(sealer.file.path) == true)
            #expect(try Data(contentsOf: URL(filePath: sealer.file.path)) == Data(text.utf8))
        }
    }

    @Test(
        "A key file that can't be read is told, and never waited for",
        arguments: ["bytes that are no text", "a folder"])
    func unreadable(_ what: String) throws {
        try withSealer { sealer in
            if what == "a folder" {
                try FileManager.default.createDirectory(atPath: sealer.file.path, withIntermediateDirectories: true)
            } else {
                try Data([0xFF, 0xC0, 0x80, 0xFE]).write(to: URL(filePath: sealer.file.path))
            }
            let outcome = Mutex<String?>(nil)
            let done = DispatchSemaphore(value: 0)
            Thread.detachNewThread {
                let text: String
                do {
                    _ = try sealer.seal(secret, for: "a")
                    text = "sealed"
                } catch {
                    text = "\(error)"
                }
                outcome.withLock { $0 = text }
                done.signal()
            }
            if done.wait(timeout: .now() + 3) == .timedOut {
                Issue.record("it tries for ever")
                // A key lets it come to its end.
                try? FileManager.default.removeItem(atPath: sealer.file.path)
                done.wait()
            } else {
                #expect(outcome.withLock { $0 }?.contains(sealer.file.path) == true)
            }
        }
    }

    @Test("A folder that is not there is told")
    func noFolder() throws {
        try withSealer { sealer in
            let error = #expect(throws: SealError.self) {
                try Sealer(path: sealer.file.path + "/missing/key").seal(secret, for: "a")
            }
            #expect(error?.message.contains("/missing/key") == true)
        }
    }
}
