#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#else
    import Darwin
#endif

/// The completing of a plan: what is there is looked at once, the steps follow from it, and each can be
/// performed by itself.
///
/// The flushes are the cost of a delivery, and each is there for a reason:
/// - `flush`: a file's data must last before its name does, or a loss of power leaves an empty license file.
/// - `flushHouse`: the old file's second name must last before its first is taken away. Where nothing is kept
///   it is left out. A hard link needs no flush of data: it is the same file.
/// - `flushFolder`: only then is the delivery done. Gatehouse's folder is not flushed again: should a loss of
///   power bring back a name in it, the next delivery or an undoing finds it and takes it for what it is.
///
/// The old names are made before the new files are flushed, so that a journaling filesystem writes both at
/// once, and all files are written before the first is flushed, so that the later ones find little left to do.
struct DeliveryRun {
    /// What remains to be done, in this order.
    let steps: [DeliveryStep]

    private let plan: DeliveryPlan
    private let contents: [[UInt8]]
    private let sites: [Site]
    private var stagedFiles: [Int: OpenDescriptor] = [:]

    /// One file's folders, and what was found there.
    private struct Site {
        var names: House
        var folder: DeliveryFolder
        var house: OpenDescriptor?
        var there: FileState?
    }

    /// - Parameter contents: the new contents, in the plan's order.
    /// - Throws: ``DeliveryError/Code/hashMismatch`` for other contents than planned,
    ///   ``DeliveryError/Code/changedMeanwhile``, and what looking at a file throws. Nothing is touched but for
    ///   Gatehouse's own folders.
    init(_ plan: DeliveryPlan, contents: [[UInt8]]) throws(DeliveryError) {
        try plan.check(contents)
        var sites: [Site] = []
        var prepare: [DeliveryStep] = []
        var flushes: [DeliveryStep] = []
        var flushHouses: [DeliveryStep] = []
        var replaces: [DeliveryStep] = []
        var promotes: [DeliveryStep] = []
        var flushFolders: [DeliveryStep] = []
        var ends: [DeliveryStep] = []
        var opened: [[String]: (folder: DeliveryFolder, house: OpenDescriptor?)] = [:]
        var housesToFlush: Set<[String]> = []
        var foldersToFlush: Set<[String]> = []

        for (index, file) in plan.files.enumerated() {
            let destination = file.destination
            let place = [destination.root] + destination.folders
            let folder = if let known = opened[place] { known.folder } else { try DeliveryFolder(of: destination) }
            let there = try FileState.read(destination.name, in: folder.descriptor, path: destination.path)
            let isNew = there?.sha256 == file.sha256
            if let there, !isNew, there.sha256 != file.expected.sha256 { throw .changedMeanwhile(destination) }
            let house: OpenDescriptor?
            if let known = opened[place]?.house {
                house = known
            } else if isNew, file.expected == .same {
                house = nil
            } else {
                house = try folder.house(make: !isNew)
            }
            opened[place] = (folder, house)
            sites.append(
                Site(
                    names: House(file: destination.name, operation: plan.operation), folder: folder, house: house,
                    there: there))

            if isNew, file.expected == .same { continue }
            if !isNew {
                if there != nil {
                    if case .foreign = file.expected { prepare.append(.keepOriginal(index)) }
                    prepare.append(.keepOld(index))
                    if housesToFlush.insert(place).inserted { flushHouses.append(.flushHouse(index)) }
                }
                prepare.append(.stage(index))
                flushes.append(.flush(index))
                replaces.append(.replace(index))
            }
            promotes.append(.promote(index))
            if foldersToFlush.insert(place).inserted { flushFolders.append(.flushFolder(index)) }
            ends += [.verify(index), .clean(index)]
        }
        self.plan = plan
        self.contents = contents
        self.sites = sites
        steps = prepare + flushes + flushHouses + replaces + promotes + flushFolders + ends
    }

    /// Performs one step. They are performed once each, in their order.
    mutating func perform(_ step: DeliveryStep) throws(DeliveryError) {
        switch step {
        case .keepOriginal(let index): try keepOriginal(index)
        case .keepOld(let index): try keepOld(index)
        case .stage(let index): try stage(index)
        case .flush(let index):
            try attempt(index, "can't be written") { () throws(SystemFailure) in
                try stagedFiles[index]?.flush()
            }
            stagedFiles[index] = nil
        case .flushHouse(let index):
            try attempt(index, "can't have its previous file kept") { () throws(SystemFailure) in
                // An original may be the first thing kept here: then the folder's own name must last too.
                if case .foreign = plan.files[index].expected { try sites[index].folder.descriptor.flushFolder() }
                try sites[index].house?.flushFolder()
            }
        case .replace(let index): try replace(index)
        case .promote(let index): try promote(index)
        case .flushFolder(let index):
            try attempt(index, "can't be made to last") { () throws(SystemFailure) in
                try sites[index].folder.descriptor.flushFolder()
            }
        case .verify(let index): try verify(index)
        case .clean(let index):
            guard let house = sites[index].house else { return }
            for name in sites[index].names.leftovers {
                try attempt(index, "can't be cleaned up after") { () throws(SystemFailure) in try house.remove(name) }
            }
        }
    }

    private func keepOriginal(_ index: Int) throws(DeliveryError) {
        let (site, path) = (sites[index], plan.files[index].destination.path)
        guard let house = site.house, let there = site.there else { return }
        // A copy, and not a second name: what is kept for good must not change when somebody writes into the
        // product's file in place, after an undoing has put it back.
        for number in 1...Self.mostOriginals {
            let name = site.names.original(number)
            if let kept = try FileState.read(name, in: house, path: path) {
                if kept.sha256 == there.sha256 { return }
                continue
            }
            try attempt(index, "can't have its original kept") { () throws(SystemFailure) in
                try copyAside(site, to: site.names.copy)
                do throws(SystemFailure) {
                    // Not a move: that would replace what bears the name by now.
                    try SystemFailure.check { linkat(house.number, site.names.copy, house.number, name, 0) }
                    try house.remove(site.names.copy)
                } catch {
                    guard Self.hasNoLinks(error) else { throw error }
                    try house.move(site.names.copy, to: house, name)
                }
            }
            return
        }
        throw DeliveryError(
            .io, path,
            "\(Self.mostOriginals) originals of \(DeliveryError.quoted(path)) are kept in \(House.name) beside it; "
                + "move those that are not needed elsewhere")
    }

    private static let mostOriginals = 99

    private func keepOld(_ index: Int) throws(DeliveryError) {
        let site = sites[index]
        guard let house = site.house else { return }
        try attempt(index, "can't have its previous file kept") { () throws(SystemFailure) in
            try house.remove(site.names.old)
            do throws(SystemFailure) {
                try SystemFailure.check {
                    linkat(site.folder.descriptor.number, site.names.file, house.number, site.names.old, 0)
                }
            } catch {
                guard Self.hasNoLinks(error) else { throw error }
                try copyAside(site, to: site.names.old)
            }
        }
    }

    private mutating func stage(_ index: Int) throws(DeliveryError) {
        let (site, bytes) = (sites[index], contents[index])
        let attributes = plan.files[index].attributes
        guard let house = site.house else { return }
        var staged: OpenDescriptor?
        try attempt(index, "can't be written") { () throws(SystemFailure) in
            let file = try Self.create(site.names.staged, in: house)
            try file.write(bytes[...])
            try file.take(attributes)
            staged = file
        }
        stagedFiles[index] = staged
    }

    private func replace(_ index: Int) throws(DeliveryError) {
        let site = sites[index]
        guard let house = site.house else { return }
        // What was looked at is what is replaced, or somebody else was here in between.
        var isUntouched = false
        try attempt(index, "can't be replaced") { () throws(SystemFailure) in
            let now = try site.folder.descriptor.status(of: site.names.file)
            isUntouched =
                if let now, let there = site.there { there.isUntouched(now) } else { now == nil && site.there == nil }
        }
        guard isUntouched else { throw .changedMeanwhile(plan.files[index].destination) }
        try attempt(index, "can't be replaced") { () throws(SystemFailure) in
            try house.move(site.names.staged, to: site.folder.descriptor, site.names.file)
        }
    }

    private func promote(_ index: Int) throws(DeliveryError) {
        let site = sites[index]
        guard let house = site.house else { return }
        try attempt(index, "can't have its previous file kept") { () throws(SystemFailure) in
            do throws(SystemFailure) {
                try house.move(site.names.old, to: house, site.names.previous)
            } catch {
                // Nothing was there before, or an earlier run has done it.
                if error.number != ENOENT { throw error }
            }
        }
    }

    private func verify(_ index: Int) throws(DeliveryError) {
        let (site, file) = (sites[index], plan.files[index])
        let path = file.destination.path
        let now = try FileState.read(file.destination.name, in: site.folder.descriptor, path: path)
        guard now?.sha256 == file.sha256 else {
            throw DeliveryError(
                .hashMismatch, path,
                "\(DeliveryError.quoted(path)) does not hold what was just written to it; check the disk, and that "
                    + "no other program writes there, then run the command again")
        }
    }

    /// A second copy of the file at the destination, with its permissions, flushed.
    private func copyAside(_ site: Site, to name: String) throws(SystemFailure) {
        guard let house = site.house else { return }
        let source = try OpenDescriptor(
            opening: site.names.file, in: site.folder.descriptor, O_RDONLY | O_NOFOLLOW | O_NONBLOCK)
        let copy = try Self.create(name, in: house)
        while true {
            let bytes = try source.read(upTo: 1 << 16)
            if bytes.isEmpty { break }
            try copy.write(bytes[...])
        }
        try copy.take(site.there?.attributes)
        try copy.flush()
    }

    /// A fresh file, in the place of what an earlier run left half done.
    private static func create(_ name: String, in house: OpenDescriptor) throws(SystemFailure) -> OpenDescriptor {
        let flags = O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW
        do {
            return try OpenDescriptor(opening: name, in: house, flags, mode: 0o600)
        } catch {
            guard error.number == EEXIST else { throw error }
            try house.remove(name)
            return try OpenDescriptor(opening: name, in: house, flags, mode: 0o600)
        }
    }

    /// Whether a filesystem has no hard links, or the kernel allows none to this file: another user's file that
    /// we may not write to (`fs.protected_hardlinks`).
    private static func hasNoLinks(_ error: SystemFailure) -> Bool {
        [EPERM, EACCES, EOPNOTSUPP, ENOSYS, EMLINK].contains(error.number)
    }

    private func attempt(
        _ index: Int, _ what: String, _ body: () throws(SystemFailure) -> Void
    ) throws(DeliveryError) {
        do {
            try body()
        } catch {
            throw .system(error, plan.files[index].destination.path, what)
        }
    }
}

extension OpenDescriptor {
    /// Gives a new file the permissions and owner of the one it replaces, so that the product can read it as
    /// before. The owner only as far as the system lets us: what matters then is that others may read it.
    fileprivate func take(_ attributes: FileAttributes?) throws(SystemFailure) {
        if let attributes, let status = try? status(),
            status.owner != attributes.owner || status.group != attributes.group
        {
            if fchown(number, attributes.owner, attributes.group) != 0 {
                _ = fchown(number, uid_t.max, attributes.group)
            }
        }
        // Never more than reading, writing and running: no set-user-ID on a file that came from outside.
        let mode = mode_t((attributes?.mode ?? 0o644) & 0o777)
        try SystemFailure.check { fchmod(number, mode) }
    }
}
