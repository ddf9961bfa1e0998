#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#else
    import Darwin
#endif

/// The folder that a destination lies in, opened from the root's descriptor so that no symbolic link below the root is
/// ever followed, not even one that is put there meanwhile: by the kernel, where it can promise that, else by walking
/// down one name at a time, which also tells what is in the way. The root itself is the administrator's word, and may
/// be a link.
struct DeliveryFolder: Sendable {
    /// The folder's absolute path.
    let path: String
    /// The folder.
    let descriptor: OpenDescriptor

    /// Opens the folder of a destination. The product's folders are never made: where one is missing, a disk
    /// is not mounted or the site is wrong.
    ///
    /// - Parameter walks: whether to walk even where the kernel could open it at once.
    init(of destination: Destination, walks: Bool = false) throws(DeliveryError) {
        let root = destination.root
        let folders = destination.folders
        path = destination.folderPath
        var current: OpenDescriptor
        do {
            current = try OpenDescriptor(
                opening: root, in: nil, O_DIRECTORY | (folders.isEmpty ? O_RDONLY : Self.passThrough))
        } catch {
            guard error.number == ENOENT || error.number == ENOTDIR else {
                throw .system(error, root, "can't be opened as a delivery root")
            }
            throw DeliveryError(
                .missingFolder, root,
                "the delivery root \(DeliveryError.quoted(root)) is not there or not a folder; "
                    + "make or mount it, or name another with --delivery-root DIR", errno: error.number)
        }
        #if os(Linux)
            if !walks, !folders.isEmpty,
                let opened = try? OpenDescriptor(
                    opening: folders.joined(separator: "/"), beneath: current, O_RDONLY | O_DIRECTORY)
            {
                descriptor = opened
                return
            }
        #endif
        for (index, name) in zip(folders.indices, folders) {
            let access = index == folders.endIndex - 1 ? O_RDONLY : Self.passThrough
            do {
                current = try OpenDescriptor(opening: name, in: current, access | O_DIRECTORY | O_NOFOLLOW)
            } catch {
                throw Self.problem(error, name, in: current, Destination.path(root: root, folders[...index]))
            }
        }
        descriptor = current
    }

    /// Opens Gatehouse's own folder in it.
    ///
    /// - Parameter make: whether it is made where there is none.
    /// - Returns: nil where there is none.
    func house(make: Bool) throws(DeliveryError) -> OpenDescriptor? {
        let path = "\(path == "/" ? "" : path)/\(House.name)"
        do {
            if make {
                do {
                    try SystemFailure.check { mkdirat(descriptor.number, House.name, 0o700) }
                } catch {
                    if error.number != EEXIST { throw error }
                }
            }
            let house: OpenDescriptor
            do {
                house = try OpenDescriptor(
                    opening: House.name, in: descriptor, O_RDONLY | O_DIRECTORY | O_NOFOLLOW)
            } catch {
                if error.number == ENOENT, !make { return nil }
                throw error
            }
            try secure(house, path)
            return house
        } catch let error as DeliveryError {
            throw error
        } catch let error as SystemFailure {
            if error.number == ELOOP || error.number == ENOTDIR {
                throw Self.problem(error, House.name, in: descriptor, path)
            }
            throw .system(error, path, "can't be made or opened, where Gatehouse keeps the files it replaces")
        } catch {
            throw DeliveryError(.io, path, "\(error)")
        }
    }

    /// Keeps others from putting their own files among ours: the folder is ours, or belongs to whoever owns the
    /// product's folder and could replace the product's files anyway.
    private func secure(_ house: OpenDescriptor, _ path: String) throws {
        let status = try house.status()
        if status.owner != geteuid() {
            guard try status.owner == descriptor.status().owner, status.mode & 0o022 == 0 else {
                throw DeliveryError(
                    .notWritable, path,
                    "\(DeliveryError.quoted(path)) belongs to user number \(status.owner), "
                        + "who could put other files in the place of Gatehouse's; "
                        + "give it to user number \(geteuid()), or move it away if Gatehouse did not make it")
            }
        } else if status.mode & 0o7777 & ~0o2000 != 0o700 {
            try SystemFailure.check { fchmod(house.number, 0o700) }
        }
    }

    /// A folder that can't be walked into, told for what it is.
    private static func problem(
        _ error: SystemFailure, _ name: String, in folder: OpenDescriptor, _ path: String
    ) -> DeliveryError {
        let shown = DeliveryError.quoted(path)
        switch error.number {
        case ELOOP, ENOTDIR:
            if let status = try? folder.status(of: name), status.kind == UInt32(S_IFLNK) {
                return symbolicLink(path)
            }
            return DeliveryError(
                name == House.name ? .notWritable : .missingFolder, path,
                "\(shown) is not a folder; put the folder in its place, or correct the site's path",
                errno: error.number)
        case ENOENT:
            return DeliveryError(
                .missingFolder, path,
                "the folder \(shown) is not there; check that the product is installed and its disk or share "
                    + "mounted, or correct the site's path: Gatehouse does not make a product's folders",
                errno: error.number)
        default: return .system(error, path, "can't be opened")
        }
    }

    static func symbolicLink(_ path: String) -> DeliveryError {
        DeliveryError(
            .symbolicLink, path,
            "\(DeliveryError.quoted(path)) is a symbolic link, and below a delivery root none is followed; "
                + "give the real path, and allow its folder with --delivery-root DIR if need be", errno: ELOOP)
    }

    #if os(Linux)
        /// O_PATH: to walk through a folder it need not be readable. The kernel's number on every machine that
        /// Swift runs on; glibc shows the name only to GNU sources.
        private static let passThrough: Int32 = 0o10_000_000
    #else
        private static let passThrough = O_RDONLY
    #endif
}
