#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#else
    import Darwin
#endif

/// What a delivery is to do, decided before the first file is touched. The store holds it, with the contents,
/// from the transaction that takes the entitlement until the operation is done.
struct DeliveryPlan: Codable, Hashable, Sendable {
    /// The operation's ID.
    var operation: String
    /// The files, in the order in which they are put in place.
    var files: [PlannedFile]

    /// Whether any file is to be touched.
    var changes: Bool { files.contains { $0.expected != .same } }
}

/// One file of a plan.
struct PlannedFile: Codable, Hashable, Sendable {
    /// Where it goes.
    var destination: Destination
    /// The SHA-256 of the new contents, lower-case hexadecimal.
    var sha256: String
    /// The new contents' bytes.
    var size: Int
    /// What stood there when the plan was made.
    var expected: Expected
    /// The permissions and owner that the new file takes over; nil where there was none.
    var attributes: FileAttributes?

    /// What stands at a destination, as far as it matters to a delivery.
    enum Expected: Codable, Hashable, Sendable {
        /// Nothing.
        case absent
        /// The new contents already: it is left alone.
        case same
        /// What Gatehouse delivered last.
        case ours(sha256: String)
        /// Something else than Gatehouse delivered last. It is replaced, and kept as the previous one.
        case tampered(sha256: String)
        /// A file that Gatehouse did not write. It is adopted, and kept for good.
        case foreign(sha256: String)

        /// The hash of a file that is to be replaced.
        var sha256: String? {
            switch self {
            case .absent, .same: nil
            case .ours(let hash), .tampered(let hash), .foreign(let hash): hash
            }
        }
    }
}

/// A file that is wanted at a destination.
struct WantedFile: Sendable {
    /// Where.
    var destination: Destination
    /// Its bytes.
    var contents: [UInt8]
    /// The SHA-256 of what Gatehouse delivered there last; nil where it never did.
    var recorded: String?
}

extension Deliveries {
    /// Compares what is wanted with what is there. Nothing is touched.
    ///
    /// - Parameters:
    ///   - operation: the operation's ID, of letters, digits and hyphens.
    ///   - adopt: whether files that Gatehouse did not write may be replaced.
    /// - Throws: ``DeliveryError/Code/foreign``, naming every such file, and what looking at a file throws.
    static func plan(
        operation: String, _ wanted: [WantedFile], adopt: Bool = false
    ) throws(DeliveryError) -> DeliveryPlan {
        guard House.isUsable(operation: operation) else {
            throw DeliveryError(
                .unsafePath, operation,
                "the operation's ID \(DeliveryError.quoted(operation)) must be 1 to 49 letters, digits and hyphens")
        }
        var files: [PlannedFile] = []
        var foreign: [String] = []
        var seen: Set<Place> = []
        for file in wanted {
            let destination = file.destination
            let folder = try DeliveryFolder(of: destination)
            let place = try Place(folder, destination)
            guard seen.insert(place).inserted else {
                throw DeliveryError(
                    .unsafePath, destination.path,
                    "two files are to be delivered to \(DeliveryError.quoted(destination.path)); "
                        + "correct the profile's templates or the site, so that each has its own place")
            }
            guard file.contents.count <= FileState.largest else {
                throw DeliveryError(
                    .io, destination.path,
                    "the new \(DeliveryError.quoted(destination.path)) holds \(file.contents.count) bytes, "
                        + "more than the \(FileState.largest) a delivered file may hold")
            }
            let there = try FileState.read(destination.name, in: folder.descriptor, path: destination.path)
            let hash = FileState.sha256(file.contents)
            let expected: PlannedFile.Expected =
                switch there?.sha256 {
                case nil: .absent
                case hash: .same
                case .some(let found) where found == file.recorded: .ours(sha256: found)
                case .some(let found): file.recorded == nil ? .foreign(sha256: found) : .tampered(sha256: found)
                }
            if case .foreign = expected, !adopt { foreign.append(destination.path) }
            files.append(
                PlannedFile(
                    destination: destination, sha256: hash, size: file.contents.count, expected: expected,
                    attributes: there?.attributes))
        }
        if let first = foreign.first {
            throw DeliveryError(
                .foreign, first,
                "Gatehouse did not write \(DeliveryError.quoted(foreign)), and does not replace it unasked; "
                    + "run the command again with --adopt to replace it: the original is then kept for good "
                    + "in \(House.name) beside it")
        }
        return DeliveryPlan(operation: operation, files: files)
    }

    /// A place in the filesystem, however it is spelled.
    private struct Place: Hashable {
        let device, inode: UInt64
        let name: [UInt8]

        init(_ folder: DeliveryFolder, _ destination: Destination) throws(DeliveryError) {
            do {
                let status = try folder.descriptor.status()
                device = status.device
                inode = status.inode
                name = Array(destination.name.utf8)
            } catch {
                throw .system(error, folder.path, "can't be looked at")
            }
        }
    }
}
