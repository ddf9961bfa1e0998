#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#else
    import Darwin
#endif

/// The file side of a delivery: files put where the product reads them, all or none, with the previous ones
/// kept. What is to be done is a ``DeliveryPlan``, which the store holds, with the contents, before the first
/// file is touched. Every call waits for the disk: it is made where waiting harms nobody.
enum Deliveries {
    /// Looks at a destination.
    ///
    /// - Returns: nil where there is no file.
    static func inspect(_ destination: Destination) throws(DeliveryError) -> FileState? {
        let folder = try DeliveryFolder(of: destination)
        return try FileState.read(destination.name, in: folder.descriptor, path: destination.path)
    }

    /// Makes sure that a file can be put there, before a vendor is asked for it.
    ///
    /// - Parameters:
    ///   - bytes: the new file's size, or a guess.
    ///   - probes: whether a probe is really made and removed in Gatehouse's folder beside the destination: where it
    ///     never delivered before.
    /// - Returns: the file that is there; nil where there is none.
    @discardableResult
    static func checkWritable(
        _ destination: Destination, bytes: Int, probes: Bool = true
    ) throws(DeliveryError) -> FileState? {
        let folder = try DeliveryFolder(of: destination)
        let path = destination.folderPath
        try checkSpace(folder, bytes: bytes)
        do {
            try SystemFailure.check { faccessat(folder.descriptor.number, ".", W_OK | X_OK, AT_EACCESS) }
        } catch {
            throw .system(error, path, "can't be written to")
        }
        let there = try FileState.read(destination.name, in: folder.descriptor, path: destination.path)
        if let there { try checkSticky(folder, there, destination) }
        guard probes, let house = try folder.house(make: true) else { return there }
        // Always one name: what a killed process leaves is taken away by the next probe. Another process may do so at
        // the same time, which harms neither.
        let probe = "probe"
        do {
            _ = try OpenDescriptor(opening: probe, in: house, O_WRONLY | O_CREAT | O_NOFOLLOW | O_NONBLOCK, mode: 0o600)
            try house.remove(probe)
        } catch {
            throw .system(error, "\(path)/\(House.name)", "can't be written to")
        }
        return there
    }

    /// Beyond the file itself, so that a disk is not filled to the last block.
    static let spaceToSpare = 1 << 20

    private static func checkSpace(_ folder: DeliveryFolder, bytes: Int) throws(DeliveryError) {
        var space = statvfs()
        do {
            try SystemFailure.check { fstatvfs(folder.descriptor.number, &space) }
        } catch {
            throw .system(error, folder.path, "can't be asked for free space")
        }
        if UInt(space.f_flag) & UInt(ST_RDONLY) != 0 {
            throw .system(SystemFailure(number: EROFS), folder.path, "can't be written to")
        }
        // Some network filesystems know neither number, and say 0 of 0.
        let (free, overflow) = UInt64(space.f_bavail).multipliedReportingOverflow(by: UInt64(space.f_frsize))
        let needed = UInt64(clamping: bytes) + UInt64(spaceToSpare)
        if space.f_blocks > 0, !overflow, free < needed {
            throw DeliveryError(
                .noSpace, folder.path,
                "\(DeliveryError.quoted(folder.path)) has \(free) bytes free, and \(needed) are needed; "
                    + "free some space on its disk", errno: ENOSPC)
        }
        if space.f_files > 0, space.f_favail == 0 {
            throw DeliveryError(
                .noSpace, folder.path,
                "the disk of \(DeliveryError.quoted(folder.path)) can hold no more files, though it has free bytes; "
                    + "remove some files on it", errno: ENOSPC)
        }
    }

    /// In a folder with the sticky bit, such as `/tmp`, only a file's or the folder's owner may replace it.
    private static func checkSticky(
        _ folder: DeliveryFolder, _ there: FileState, _ destination: Destination
    ) throws(DeliveryError) {
        let user = geteuid()
        guard user != 0, there.attributes.owner != user, let status = try? folder.descriptor.status(),
            status.mode & UInt32(S_ISVTX) != 0, status.owner != user
        else { return }
        throw .system(SystemFailure(number: EPERM), destination.path, "can't be replaced")
    }
}
