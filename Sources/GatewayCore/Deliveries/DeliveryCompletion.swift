extension Deliveries {
    /// Carries a plan out: every file is staged, the ones it replaces are kept, and all are moved into place.
    ///
    /// It can be called again at any time, also in another process after a crash, until it returns: it goes on
    /// from what is there. A file whose contents are right already is not touched.
    ///
    /// - Parameters:
    ///   - contents: the new contents, in the plan's order.
    ///   - onStep: told of each step before it is performed.
    /// - Throws: where no destination is new, the cause, and nothing is left behind; else
    ///   ``DeliveryError/Code/interrupted`` with the ``DeliveryError/cause`` and which destinations are new.
    static func complete(
        _ plan: DeliveryPlan, contents: [[UInt8]], onStep: (DeliveryStep) -> Void = { _ in }
    ) throws(DeliveryError) {
        do {
            var run = try DeliveryRun(plan, contents: contents)
            for step in run.steps {
                onStep(step)
                try run.perform(step)
            }
        } catch {
            let progress = progress(of: plan)
            if progress.renewed.isEmpty {
                discard(plan)
                throw error
            }
            throw error.interrupting("The delivery", progress)
        }
    }

    /// Which of the destinations that a plan changes hold the new contents, as far as they can be looked at.
    static func progress(of plan: DeliveryPlan) -> (renewed: [String], pending: [String]) {
        var progress: (renewed: [String], pending: [String]) = ([], [])
        for file in plan.files where file.expected != .same {
            let there = try? inspect(file.destination)
            if there?.sha256 == file.sha256 {
                progress.renewed.append(file.destination.path)
            } else {
                progress.pending.append(file.destination.path)
            }
        }
        return progress
    }

    /// Removes what a delivery staged that replaced nothing. What can't be removed does no harm.
    private static func discard(_ plan: DeliveryPlan) {
        for file in plan.files {
            guard let folder = try? DeliveryFolder(of: file.destination), let house = try? folder.house(make: false)
            else { continue }
            for name in House(file: file.destination.name, operation: plan.operation).leftovers {
                _ = try? house.remove(name)
            }
        }
    }
}

extension DeliveryPlan {
    /// Makes sure that these are the contents that were planned.
    func check(_ contents: [[UInt8]]) throws(DeliveryError) {
        guard House.isUsable(operation: operation) else {
            throw DeliveryError(
                .unsafePath, operation, "the operation's ID \(DeliveryError.quoted(operation)) can't name a file")
        }
        guard contents.count == files.count else {
            throw DeliveryError(
                .hashMismatch, files.first?.destination.path ?? "",
                "the plan of operation \(operation) has \(files.count) files, but \(contents.count) were handed over; "
                    + "the store's journal is damaged: restore it from a backup")
        }
        for (file, bytes) in zip(files, contents) where FileState.sha256(bytes) != file.sha256 {
            throw DeliveryError(
                .hashMismatch, file.destination.path,
                "the contents for \(DeliveryError.quoted(file.destination.path)) are not those that operation "
                    + "\(operation) planned; the store's journal is damaged: refresh the installation again")
        }
    }
}

extension DeliveryError {
    static func changedMeanwhile(_ destination: Destination) -> DeliveryError {
        DeliveryError(
            .changedMeanwhile, destination.path,
            "\(quoted(destination.path)) holds neither what stood there when the delivery was planned nor the new "
                + "contents: somebody else has written it; look at it, then run the command again")
    }

    /// This failure, as what interrupted an act that had begun.
    func interrupting(_ act: String, _ progress: (renewed: [String], pending: [String])) -> DeliveryError {
        var result = DeliveryError(
            .interrupted, path,
            "\(message). \(act) is interrupted: new are \(Self.quoted(progress.renewed)); "
                + "not new are \(Self.quoted(progress.pending)). It goes on when this is put right", errno: errno)
        result.cause = code
        result.renewed = progress.renewed
        result.pending = progress.pending
        return result
    }
}
