import Foundation
import Testing

extension KeyEstate {
    /// Makes sure that no key stands anywhere but on the hosts, in the archives made of them and in the file that it
    /// was given in: not in the store, its log or its backup, nor in what any command prints.
    ///
    /// - Parameter outputs: What the commands of the test printed.
    func expectNoKeys(in outputs: [Finished], _ licenses: [License] = License.all) async throws {
        let secrets = licenses.flatMap(\.secrets).flatMap(Self.spellings)
        let backup = estate.folder + "/backup.db"
        try? FileManager.default.removeItem(atPath: backup)
        var printed = outputs.flatMap { [$0.out, $0.err] }
        for command in [
            ["upgrade", "show", Self.installation], ["upgrade", "show", Self.installation, "--json"],
            ["upgrade", "show", Self.installation, "--csv"], ["upgrade", "show", Self.installation, "--markdown"],
            ["installations", "show", Self.installation, "--json"], ["history", Self.installation, "--json"],
            ["operations", "list", "--json"], ["audit", "list", "--json"], ["todo", "--json"],
            ["explain", Self.installation, "--json"], ["backup", backup],
        ] {
            let ended = try await estate.run(command)
            #expect(ended.code == 0, "\(command): \(ended)")
            printed += [ended.out, ended.err]
        }
        for text in printed {
            for secret in secrets { #expect(!text.contains(secret), "a key is printed: \(text.prefix(400))") }
        }
        let stored = [estate.store, estate.store + "-wal", estate.store + ".key", backup]
        for path in stored {
            guard let bytes = FileManager.default.contents(atPath: path) else { continue }
            for secret in secrets {
                #expect(bytes.range(of: Data(secret.utf8)) == nil, "a key stands in \(path)")
            }
        }
        #expect(FileOnDisk(backup) != nil)
    }

    /// A text as it is, and the middle of it as base64 has it, wherever it stands in what is encoded.
    private static func spellings(_ text: String) -> [String] {
        guard text.utf8.count > 8 else { return [text] }
        let encoded = (0..<3).map { offset in
            let bytes = Data(text.utf8.dropFirst(offset))
            return bytes.prefix(bytes.count / 3 * 3).base64EncodedString()
        }
        return [text] + encoded
    }

    /// Makes sure that every archive is whole: what is not whole is not there.
    func expectWholeArchives() async throws {
        let folder = estate.store + "-upgrades"
        for name in FileOnDisk.names(in: folder).sorted() where name.hasSuffix(".tar.gz") {
            let place = "\(estate.folder)/unpacked/\(name)"
            try FileManager.default.createDirectory(atPath: place, withIntermediateDirectories: true)
            let list = "\(folder)/\(name.dropLast(7)).sha256"
            let script = "tar -xzf \"$1\" -C \"$2\" && cd \"$2\" && sha256sum --check --strict --quiet \"$3\""
            let ended = try await Child(
                "/bin/sh", ["-c", script, "sh", "\(folder)/\(name)", place, list],
                environment: ["PATH": "/usr/bin:/bin"], folder: estate.folder, limit: .seconds(60)
            ).finished()
            #expect(ended.code == 0, "\(name): \(ended)")
        }
    }
}
