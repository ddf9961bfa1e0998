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

    /// What is to be warned of, since a backup would hold nothing; nil where it holds files. Waits for the disk.
    static func emptiness(_ paths: [String]) -> String? {
        guard !paths.isEmpty else {
            return "Nothing is backed up: the profile names no paths (`backup`, below `upgrade`)."
        }
        let files = FileManager.default
        func holdsFile(_ path: String) -> Bool {
            var isFolder: ObjCBool = false
            guard files.fileExists(atPath: path, isDirectory: &isFolder) else { return false }
            guard isFolder.boolValue else { return true }
            let inside = files.enumerator(atPath: path)
            while inside?.nextObject() is String {
                if inside?.fileAttributes?[.type] as? FileAttributeType == .typeRegular { return true }
            }
            return false
        }
        guard !paths.contains(where: holdsFile) else { return nil }
        return "The backup is empty: there are no files in \(paths.joined(separator: ", "))."
    }

    /// Removes what killed backups of the same installation left here: parts of archives, and lists without an archive.
    /// No other upgrade of it is under way while one is.
    private func removeStale() throws {
        let files = FileManager.default
        let own = name.dropLast(36)
        guard UUID(uuidString: String(name.suffix(36))) != nil, own.hasSuffix("-") else { return }
        let there = try files.contentsOfDirectory(atPath: folder)
        for entry in there where entry.hasPrefix(own) {
            let stem = entry.prefix { $0 != "." }
            guard UUID(uuidString: String(stem.dropFirst(own.count))) != nil, stem != name else { continue }
            let isPart = entry.hasSuffix(".tar.gz.part")
            guard isPart || entry.hasSuffix(".sha256") && !there.contains("\(stem).tar.gz") else { continue }
            try? files.removeItem(atPath: "\(folder)/\(entry)")
        }
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
        let list = try await blocking.run {
            let files = FileManager.default
            try files.createDirectory(
                atPath: folder, withIntermediateDirectories: true, attributes: [.posixPermissions: 0o700])
            try removeStale()
            for path in paths where !files.fileExists(atPath: path) {
                throw CallError(.failed, "\(path), which the profile wants backed up, is not there.")
            }
            let list = try Self.list(paths)
            try Data(list.text.utf8).write(to: URL(fileURLWithPath: hashes), options: .atomic)
            try files.setAttributes([.posixPermissions: 0o600], ofItemAtPath: hashes)
            return list
        }
        let part = file + ".part"
        let relative = paths.map { String($0.dropFirst()) }
        try await run([Self.tar, "--create", "--gzip", "--file", part, "--directory", "/", "--"] + relative, "made")
        // Reads every byte of it and compares it with what stands there.
        try await run([Self.tar, "--compare", "--gzip", "--file", part, "--directory", "/"], "read back")
        let file = file
        try await blocking.run {
            // What is in the archive is what is there now; what is in the list must be, too.
            guard try Self.list(paths).text == list.text else {
                try? FileManager.default.removeItem(atPath: part)
                throw CallError(
                    .failed, "What the profile wants backed up was changed while it was: begin again when nobody is in."
                )
            }
            let descriptor = try OpenDescriptor(opening: part, in: nil, OpenDescriptor.readsPlainFile)
            try descriptor.flush()
            try? FileManager.default.removeItem(atPath: file)
            try FileManager.default.moveItem(atPath: part, toPath: file)
            try FileManager.default.setAttributes([.posixPermissions: 0o600], ofItemAtPath: file)
        }
        return list.count
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

    /// A name with a line break or a backslash in it is escaped as `sha256sum` does, and the line marked.
    private static func line(_ path: String) throws -> String {
        guard let file = FileHandle(forReadingAtPath: path) else {
            throw CallError(.failed, "\(path) can't be read, and so not be backed up.")
        }
        defer { try? file.close() }
        var hash = SHA256()
        while let bytes = try file.read(upToCount: 1 << 18), !bytes.isEmpty { hash.update(data: bytes) }
        let name = path.dropFirst()
        let escaped = name.replacing("\\", with: "\\\\").replacing("\n", with: "\\n").replacing("\r", with: "\\r")
        return "\(escaped == name ? "" : "\\")\(Hex.encode(hash.finalize()))  \(escaped)"
    }
}
