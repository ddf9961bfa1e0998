import Foundation
import GatewayAPI
import Testing

@testable import GatewayCore

@Suite("The backup of an upgrade")
struct UpgradeArchiveTests {
    private func with(_ body: (_ folder: String, UpgradeArchive) async throws -> Void) async throws {
        let folder = FileManager.default.temporaryDirectory.resolvingSymlinksInPath().path + "/archive-\(UUID())"
        defer { try? FileManager.default.removeItem(atPath: folder) }
        for (name, text) in [
            ("data/Keys/ACTIVATE.PVX", "keys"), ("data/Keys/sub/with space", ""), ("data/Keys/odd\\na\nme", "odd"),
            ("data/-dash", "dash"), ("data/Keys/über", "u"),
        ] {
            let path = URL(filePath: "\(folder)/\(name)")
            try FileManager.default.createDirectory(
                at: path.deletingLastPathComponent(), withIntermediateDirectories: true)
            try Data(text.utf8).write(to: path)
        }
        try FileManager.default.createSymbolicLink(
            atPath: folder + "/data/Keys/link", withDestinationPath: "/etc/hostname")
        try await body(
            folder,
            UpgradeArchive(
                folder: folder + "/upgrades", name: "g1-1", paths: [folder + "/data/Keys", folder + "/data/-dash"]))
    }

    private func make(_ archive: UpgradeArchive) async throws -> Int {
        try await archive.make(in: BlockingPool())
    }

    private func shell(_ script: String, _ arguments: String...) async throws -> CommandRun.Result {
        try await CommandRun(words: ["/bin/sh", "-c", script, "sh"] + arguments, limit: 60).run()
    }

    @Test("It unpacks to what was there, links as links, and sha256sum agrees with its list, whatever the names")
    func whole() async throws {
        try await with { folder, archive in
            #expect(try await make(archive) == 5)
            let out = folder + "/out"
            let checked = try await shell(
                "mkdir \"$1\" && cd \"$1\" && tar -xzf \"$2\" && sha256sum --check --strict \"$3\"", out, archive.file,
                archive.hashes)
            #expect(checked.succeeded, "\(checked.told)")
            let link = out + folder + "/data/Keys/link"
            #expect(try FileManager.default.destinationOfSymbolicLink(atPath: link) == "/etc/hostname")
            for file in [archive.file, archive.hashes] {
                let mode = try FileManager.default.attributesOfItem(atPath: file)[.posixPermissions] as? Int
                #expect(mode == 0o600, "it holds keys: \(file)")
            }
            #expect(try FileManager.default.contentsOfDirectory(atPath: archive.folder).count == 2)
        }
    }

    @Test("What killed backups of the same installation left is removed; archives, lists and what is others' stays")
    func stale() async throws {
        try await with { folder, archive in
            let (mine, old, whole) = (UUID(), UUID(), UUID())
            let stale = ["g1-\(old).tar.gz.part", "g1-\(old).sha256"]
            let others = [
                "g1-\(whole).tar.gz", "g1-\(whole).sha256", "g1-x-\(old).tar.gz.part", "g2-\(old).tar.gz.part",
                "note.part",
            ]
            try FileManager.default.createDirectory(atPath: archive.folder, withIntermediateDirectories: true)
            for name in stale + others { try Data("x".utf8).write(to: URL(filePath: "\(archive.folder)/\(name)")) }
            let own = UpgradeArchive(folder: archive.folder, name: "g1-\(mine)", paths: archive.paths)
            _ = try await make(own)
            let there = try FileManager.default.contentsOfDirectory(atPath: archive.folder)
            #expect(Set(there) == Set(others + ["g1-\(mine).tar.gz", "g1-\(mine).sha256"]), "\(there)")
        }
    }

    @Test("It is made anew over one that was cut short")
    func again() async throws {
        try await with { _, archive in
            try FileManager.default.createDirectory(atPath: archive.folder, withIntermediateDirectories: true)
            try Data("half".utf8).write(to: URL(filePath: archive.file + ".part"))
            #expect(try await make(archive) == 5)
            #expect(try await make(archive) == 5)
        }
    }

    @Test("A path that is not there is named, and no archive is left")
    func absent() async throws {
        try await with { folder, archive in
            try FileManager.default.removeItem(atPath: folder + "/data/-dash")
            #expect(UpgradeArchive.problems(archive.paths, beside: folder + "/g.db").count == 1)
            let error = await callError { _ = try await make(archive) }
            #expect(error?.message.contains("/data/-dash") == true)
            #expect(!FileManager.default.fileExists(atPath: archive.file))
        }
    }

    @Test("What is written to meanwhile is not taken for backed up")
    func changing() async throws {
        try await with { folder, archive in
            let writer = Task.detached {
                var number = 0
                while !Task.isCancelled {
                    number += 1
                    try? Data("\(number)".utf8).write(to: URL(filePath: folder + "/data/Keys/ACTIVATE.PVX"))
                    await Task.yield()
                }
            }
            let error = await callError { _ = try await make(archive) }
            writer.cancel()
            #expect(error?.code == .failed, "\(error?.message ?? "taken")")
            #expect(!FileManager.default.fileExists(atPath: archive.file))
        }
    }
}
