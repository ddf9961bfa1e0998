extension Deliveries {
    /// Carries a plan out: every file is staged, the ones it replaces are kept, and all are moved into place.
    ///
    /// It can be called again at any time, also in another process after a crash, until it returns: it goes on
    /// from what is there. A file whose contents are right already is not touched.
    ///
    /// - Parameters:
    ///   - contents: the new contents, in the plan's order.
    ///   - onStep: told of each step before it is performed.
    /// - Throws: where certainly no destination is new, the cause, and nothing is left behind; else
    ///   ``DeliveryError/Code/interrupted`` with the ``DeliveryError/cause`` and the ``DeliveryError/progress``.
    static func complete(
        _ plan: DeliveryPlan, contents: [[UInt8]], onStep: (DeliveryStep) -> Void = { _ in }
    ) throws(DeliveryError) {
        var hasReplaced = false
        do throws(DeliveryError) {
            var run = try DeliveryRun(plan, contents: contents)
            for step in run.steps {
                onStep(step)
                try run.perform(step)
                if case .replace = step { hasReplaced = true }
            }
        } catch {
            let progress = progress(of: plan)
            guard progress.isNone, !hasReplaced else { throw error.interrupting("The delivery", progress) }
            discard(plan)
            throw error
        }
    }

    /// How far a plan is carried out, as the disk tells it.
    static func progress(of plan: DeliveryPlan) -> DeliveryProgress {
        var progress = DeliveryProgress()
        for file in plan.files where file.expected != .same {
            let path = file.destination.path
            do {
                if try inspect(file.destination)?.sha256 == file.sha256 {
                    progress.renewed.append(path)
                } else {
                    progress.pending.append(path)
                }
            } catch {
                // A link or a pipe in the file's own place is no new file; behind a missing folder there may be one.
                if error.path == path, error.code == .symbolicLink || error.code == .notARegularFile {
                    progress.pending.append(path)
                } else {
                    progress.unknown.append(path)
                }
            }
        }
        return progress
    }

    /// Removes what a delivery staged that replaced nothing. What can't be removed does no harm.
    private static func discard(_ plan: DeliveryPlan) {
        for file in plan.files {
            let names = House(file: file.destination.name, operation: plan.operation)
            guard let folder = try? DeliveryFolder(of: file.destination), let house = try? folder.house(make: false)
            else { continue }
            let there = try? FileState.read(names.file, in: folder.descriptor, path: file.destination.path)
            let old = try? FileState.read(names.old, in: house, path: file.destination.path)
            if let old, old.sha256 == file.expected.sha256, there?.sha256 != old.sha256 {
                // An earlier run replaced it, was killed, and somebody else has written there since: what was
                // kept is the last of its kind.
                _ = try? house.move(names.old, to: house, names.previous)
            }
            for name in names.leftovers { _ = try? house.remove(name) }
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
    func interrupting(_ act: String, _ progress: DeliveryProgress) -> DeliveryError {
        var result = DeliveryError(
            .interrupted, path,
            "\(message). \(act) is interrupted, and goes on when this is put right: \(progress)", errno: errno)
        result.cause = code
        result.causeMessage = message
        result.progress = progress
        return result
    }
}

/// How far a plan is carried out: the paths of the destinations that it changes.
struct DeliveryProgress: Hashable, Sendable, CustomStringConvertible {
    /// They hold the new contents.
    var renewed: [String] = []
    /// They do not.
    var pending: [String] = []
    /// They can't be looked at: their folder or host is gone.
    var unknown: [String] = []

    /// Whether certainly nothing is new.
    var isNone: Bool { renewed.isEmpty && unknown.isEmpty }

    var description: String {
        [("new", renewed), ("not new", pending), ("out of reach", unknown)]
            .filter { !$0.1.isEmpty }
            .map { "\($0.0): \(DeliveryError.quoted($0.1))" }
            .joined(separator: "; ")
    }
}
