extension Deliveries {
    /// Puts back what stood at a plan's destinations before, whether the delivery was cut short or done.
    ///
    /// Every file is looked at before the first is touched, and it can be called again at any time until it
    /// returns. A destination that a later delivery has changed is not touched.
    ///
    /// - Throws: where nothing was put back yet, the cause: ``DeliveryError/Code/changedMeanwhile`` for a
    ///   destination that holds something else, ``DeliveryError/Code/hashMismatch`` where what stood there is not
    ///   kept any more; else ``DeliveryError/Code/interrupted``.
    static func undo(_ plan: DeliveryPlan) throws(DeliveryError) {
        guard House.isUsable(operation: plan.operation) else {
            throw DeliveryError(
                .unsafePath, plan.operation,
                "the operation's ID \(DeliveryError.quoted(plan.operation)) can't name a file")
        }
        var remedies: [Remedy] = []
        for file in plan.files where file.expected != .same {
            try remedies.append(Remedy(file, operation: plan.operation))
        }
        var hasBegun = false
        do {
            // The last one first, so that the product finds its files in the order it knows.
            for remedy in remedies.reversed() {
                try remedy.apply()
                hasBegun = hasBegun || remedy.changes
            }
            for remedy in remedies { try remedy.finish() }
        } catch {
            if !hasBegun { throw error }
            throw error.interrupting("The undoing", progress(of: plan))
        }
    }

    /// What brings one destination back.
    private struct Remedy {
        let file: PlannedFile
        let names: House
        let folder: DeliveryFolder
        let house: OpenDescriptor?
        let action: Action

        enum Action {
            case none
            case remove
            case moveBack(String)
        }

        var changes: Bool {
            if case .none = action { false } else { true }
        }

        init(_ file: PlannedFile, operation: String) throws(DeliveryError) {
            let path = file.destination.path
            self.file = file
            names = House(file: file.destination.name, operation: operation)
            folder = try DeliveryFolder(of: file.destination)
            house = try folder.house(make: false)
            let there = try FileState.read(names.file, in: folder.descriptor, path: path)?.sha256
            if there == file.expected.sha256 {
                action = .none
            } else if let there, there != file.sha256 {
                throw .changedMeanwhile(file.destination)
            } else if let wanted = file.expected.sha256 {
                guard let house, let kept = try Self.find(wanted, [names.old, names.previous], in: house, path) else {
                    throw DeliveryError(
                        .hashMismatch, path,
                        "what stood at \(DeliveryError.quoted(path)) before is not kept in \(House.name) beside it "
                            + "any more; put the file back from a backup")
                }
                action = .moveBack(kept)
            } else {
                action = .remove
            }
        }

        private static func find(
            _ hash: String, _ names: [String], in house: OpenDescriptor, _ path: String
        ) throws(DeliveryError) -> String? {
            for name in names {
                if try FileState.read(name, in: house, path: path)?.sha256 == hash { return name }
            }
            return nil
        }

        func apply() throws(DeliveryError) {
            do {
                switch action {
                case .none: break
                case .remove: try folder.descriptor.remove(names.file)
                case .moveBack(let kept): try house?.move(kept, to: folder.descriptor, names.file)
                }
            } catch {
                throw .system(error, file.destination.path, "can't be put back")
            }
        }

        /// Makes it last, and only then gives up what was kept.
        func finish() throws(DeliveryError) {
            let path = file.destination.path
            do {
                // Also where there was nothing to do: an earlier undoing may have been killed before this.
                try folder.descriptor.flushFolder()
                for name in names.leftovers { try house?.remove(name) }
            } catch {
                throw .system(error, path, "can't be cleaned up after")
            }
            guard try FileState.read(names.file, in: folder.descriptor, path: path)?.sha256 == file.expected.sha256
            else {
                throw DeliveryError(
                    .hashMismatch, path,
                    "\(DeliveryError.quoted(path)) does not hold what was just put back; check the disk, and that "
                        + "no other program writes there, then run the command again")
            }
        }
    }
}
