import AdapterKit
import Crypto
import Foundation
import GatewayAPI
import GatewayProfiles
import GatewayStore

/// Files and folders in a dated archive, with a list of their hashes beside it.
struct UpgradeArchive: Sendable {
    let folder: String
    let name: String
    /// What goes into it, absolute.
    let paths: [String]

    /// The archive, as `tar` and `gzip` write it.
    var file: String { "\(folder)/\(name).tar.gz" }
    /// The hashes, as `sha256sum` writes them; paths from the root.
    var hashes: String { "\(folder)/\(name).sha256" }

    /// How long an archive may take to be made or read back, in seconds.
    private static let limit = 3600
    private static let tar = "/usr/bin/tar"

    /// What a profile wants backed up of an installation, as it is spelled on the disk. Waits for the disk.
    ///
    /// - Throws: `DeliveryError`.
    static func paths(
        _ profile: Profile, of record: InstallationRecord, roots: [String]
    ) throws(DeliveryError) -> [String] {
        var paths: [String] = []
        for template in profile.upgrade.backup {
            for path in try DeliveryTemplate.expand(template, nil, site: record.site, identity: record.identity) {
                let destination = try Destination.resolve(path: path, roots: roots)
                paths.append(try (profile.ignoresCase ? destination.matchingNames() : destination).path)
            }
        }
        return paths
    }

    /// What keeps paths from being backed up into a folder's disk; empty where nothing does. Waits for the disk.
    static func problems(_ paths: [String], beside store: String) -> [String] {
        var problems: [String] = []
        var bytes = 0
        for path in paths {
            guard FileManager.default.fileExists(atPath: path) else {
                problems.append("\(path), which the profile wants backed up, is not there.")
                continue
            }
            bytes += size(path)
        }
        let folder = URL(fileURLWithPath: store).deletingLastPathComponent().path
        let attributes = try? FileManager.default.attributesOfFileSystem(forPath: folder)
        if let free = (attributes?[.systemFreeSize] as? NSNumber)?.intValue, free < bytes + Deliveries.spaceToSpare {
            problems.append("The backup may take \(bytes) bytes, and the disk of \(folder) has \(free) free.")
        }
        return problems
    }

    private static func size(_ path: String) -> Int {
        func bytes(_ path: String) -> Int {
            ((try? FileManager.default.attributesOfItem(atPath: path))?[.size] as? NSNumber)?.intValue ?? 0
        }
        var total = bytes(path)
        let inside = FileManager.default.enumerator(atPath: path)
        while let name = inside?.nextObject() as? String { total += bytes("\(path)/\(name)") }
        return total
    }

    /// Makes it and reads it back.
    ///
    /// - Returns: How many files are in it.
    /// - Throws: ``CallError``, with nothing left behind that looks whole.
    func make(in blocking: BlockingPool) async throws -> Int {
        let (folder, paths, hashes) = (folder, paths, hashes)
        let count = try await blocking.run {
            let files = FileManager.default
            try files.createDirectory(
                atPath: folder, withIntermediateDirectories: true, attributes: [.posixPermissions: 0o700])
            for path in paths where !files.fileExists(atPath: path) {
                throw CallError(.failed, "\(path), which the profile wants backed up, is not there.")
            }
            let list = try Self.list(paths)
            try Data(list.text.utf8).write(to: URL(fileURLWithPath: hashes), options: .atomic)
            return list.count
        }
        let part = file + ".part"
        let relative = paths.map { String($0.dropFirst()) }
        try await run([Self.tar, "--create", "--gzip", "--file", part, "--directory", "/", "--"] + relative, "made")
        // Reads every byte of it and compares it with what stands there.
        try await run([Self.tar, "--compare", "--gzip", "--file", part, "--directory", "/"], "read back")
        let file = file
        try await blocking.run {
            let descriptor = try OpenDescriptor(opening: part, in: nil, OpenDescriptor.readsPlainFile)
            try descriptor.flush()
            try? FileManager.default.removeItem(atPath: file)
            try FileManager.default.moveItem(atPath: part, toPath: file)
            try FileManager.default.setAttributes([.posixPermissions: 0o600], ofItemAtPath: file)
        }
        return count
    }

    private func run(_ words: [String], _ what: String) async throws {
        let result = try await CommandRun(words: words, limit: Self.limit).run()
        guard result.succeeded else {
            try? FileManager.default.removeItem(atPath: file + ".part")
            throw CallError(.failed, "The backup \(file) could not be \(what): \(result.told)")
        }
    }

    private static func list(_ paths: [String]) throws -> (text: String, count: Int) {
        var lines: [String] = []
        for path in paths {
            var isFolder: ObjCBool = false
            _ = FileManager.default.fileExists(atPath: path, isDirectory: &isFolder)
            guard isFolder.boolValue else {
                lines.append(try line(path))
                continue
            }
            let inside = FileManager.default.enumerator(atPath: path)
            while let name = inside?.nextObject() as? String {
                if inside?.fileAttributes?[.type] as? FileAttributeType == .typeRegular {
                    lines.append(try line("\(path)/\(name)"))
                }
            }
        }
        return (lines.sorted().map { $0 + "\n" }.joined(), lines.count)
    }

    private static func line(_ path: String) throws -> String {
        guard let file = FileHandle(forReadingAtPath: path) else {
            throw CallError(.failed, "\(path) can't be read, and so not be backed up.")
        }
        defer { try? file.close() }
        var hash = SHA256()
        while let bytes = try file.read(upToCount: 1 << 18), !bytes.isEmpty { hash.update(data: bytes) }
        return "\(Hex.encode(hash.finalize()))  \(path.dropFirst())"
    }
}
