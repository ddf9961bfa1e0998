import AdapterKit
import Foundation
import GatewayAPI
import GatewayProfiles
import GatewayStore

/// Compares every delivered file with what the store says of it.
struct DeliveryExamination: Sendable {
    let examination: Examination
    let store: StoreExamination
    let profiles: ProfileSet

    private typealias Finding = DoctorReport.Finding

    /// How many are looked at between two reports of progress.
    private static let pageSize = 512
    /// How many disks and hosts are waited for at once.
    private static let width = BlockingPool.width

    /// - Returns: What was found, and the folders of those files, one for each disk.
    func run() async throws -> (findings: [DoctorReport.Finding], roots: [String]) {
        var findings: [Finding] = []
        var looked = 0
        var disks: [UInt64: String] = [:]
        do {
            let total = try store.size().files
            let open = Set(try store.openOperations().map(\.id))
            let keys = try keys()
            let upgraded = try store.installationsBeingUpgraded()
            var last: String?
            while true {
                try Task.checkCancellation()
                let page = try store.deliveredFiles(after: last, limit: Self.pageSize)
                for look in try await look(at: page, open: open, keys) {
                    if let disk = look.disk { disks[disk.number] = disk.folder }
                    if let installation = look.wrong, upgraded.contains(installation) {
                        findings.append(Self.upgrading(look.findings[0], installation))
                    } else if let installation = look.wrong {
                        findings.append(try repair(look.findings[0], of: installation, hasOthers: look.hasOthers))
                    }
                    findings += look.findings.dropFirst(look.wrong == nil ? 0 : 1)
                }
                looked += page.count
                examination.progress(
                    GatewayAPI.Progress(done: looked, total: max(total, looked), latest: "delivered files"))
                guard page.count == Self.pageSize, let end = page.last?.path else { break }
                last = end
            }
        } catch let error as StoreError {
            findings += examination.check(.deliveries) { throw error }
        }
        if findings.isEmpty {
            findings = [
                Finding(
                    .deliveries, .ok,
                    Self.allIsWell(looked))
            ]
        }
        return (Examination.shortened(findings), disks.values.sorted())
    }

    /// That a file which is not as it was delivered is part of an upgrade that is open: Gatehouse writes there itself, or
    /// waits for the product to.
    private static func upgrading(_ finding: Finding, _ installation: String) -> Finding {
        Finding(
            .deliveries, .warning,
            "The file of \(installation) is part of an upgrade of its license keys that is open, and may be of the keys of "
                + "before or of the new ones.", place: finding.place,
            advice:
                "gatehouse upgrade show \(installation) tells what is in its way; where its process is gone, gatehouse upgrade "
                + "resume \(installation) goes on with it, and gatehouse upgrade rollback \(installation) takes it back."
        )
    }

    private static func allIsWell(_ files: Int) -> String {
        switch files {
        case 0: "No files are delivered."
        case 1: "The one file is as it was delivered."
        default: "All \(files) files are as they were delivered."
        }
    }

    /// A finding with the command that puts the right file in place.
    private func repair(_ finding: Finding, of installation: String, hasOthers: Bool) throws -> Finding {
        var finding = finding
        let name = try store.profiles(of: [installation])[installation]
        let profile = name.flatMap { profiles.profiles[$0] }
        let way = profile.map(examination.caretaker.registry.way)
        let upgrade = EntitlementWay.keys.command(for: installation)
        finding.advice =
            switch way {
            case .some(let way) where hasOthers: OtherKeys.advice(way, for: installation, place: profile?.place ?? "")
            case .keys:
                "Nothing asks the vendor for it: put it back from a backup of that machine, or \(upgrade) with the keys that "
                    + "are in force."
            case .refreshAndKeys:
                "gatehouse refresh \(installation) puts it back, where it is kept and of what is in force, and else says so; "
                    + "\(upgrade) with the keys that are in force does in any case."
            default: "gatehouse refresh \(installation) asks the vendor and puts the right one in place."
            }
        return finding
    }

    /// The keys that are on record, by installation, of those whose files come with keys.
    private func keys() throws -> [String: HeldKeys] {
        let registry = examination.caretaker.registry
        let names = profiles.profiles.values.filter { registry.adapter(for: $0.protocolName)?.keys != nil }.map(\.name)
        return try store.identities(ofProfiles: Set(names)).compactMapValues { held in
            guard let profile = profiles.profiles[held.profile] else { return nil }
            return RegisteredKeys(registry.adapter(for: profile.protocolName), identity: held.identity)
                .map { HeldKeys(keys: $0, isByHand: profile.vendor.isByHand) }
        }
    }

    private struct HeldKeys: Sendable {
        var keys: RegisteredKeys
        var isByHand: Bool
    }

    private struct Look: Sendable {
        var findings: [DoctorReport.Finding] = []
        /// The installation whose file is not what was delivered, as the first finding says.
        var wrong: String?
        /// Whether it is of other keys than the record.
        var hasOthers = false
        var disk: (number: UInt64, folder: String)?
    }

    private func look(
        at files: [DeliveredFile], open: Set<String>, _ keys: [String: HeldKeys]
    ) async throws -> [Look] {
        let pool = examination.caretaker.blocking
        let roots = examination.configuration.deliveryRoots
        return try await withThrowingTaskGroup(of: (Int, Look).self) { group in
            var looks = [Look](repeating: Look(), count: files.count)
            for (index, file) in files.enumerated() {
                if index >= Self.width, let (done, look) = try await group.next() { looks[done] = look }
                let held = keys[file.installation]
                group.addTask { (index, try await pool.run { Self.look(at: file, roots: roots, open: open, held) }) }
            }
            while let (done, look) = try await group.next() { looks[done] = look }
            return looks
        }
    }

    private static func look(
        at file: DeliveredFile, roots: [String], open: Set<String>, _ held: HeldKeys?
    ) -> Look {
        var look = Look()
        do throws(DeliveryError) {
            let destination: Destination
            do throws(DeliveryError) {
                destination = try Destination.resolve(path: file.path, roots: roots)
            } catch {
                // Nothing may be written there any more, but it can be looked at.
                guard error.code == .outsideRoots else { throw error }
                destination = try Destination.resolve(path: file.path, roots: ["/"])
            }
            let folder = try DeliveryFolder(of: destination)
            if let status = try? folder.descriptor.status() {
                look.disk = (status.device, folder.path)
            }
            let there = try FileState.read(destination.name, in: folder.descriptor, path: destination.path)
            if there == nil {
                look.wrong = file.installation
                look.findings.append(
                    Finding(.deliveries, .problem, "The file of \(file.installation) is gone.", place: file.path))
            } else if let titles = try held?.keys.others(
                at: destination, delivered: file.sha256, isByHand: held?.isByHand == true)
            {
                look.wrong = file.installation
                look.hasOthers = true
                look.findings.append(
                    Finding(
                        .deliveries, .problem,
                        "The file of \(file.installation) \(OtherKeys.clause(titles)): it is left alone.",
                        place: file.path))
            } else if there?.sha256 != file.sha256 {
                look.wrong = file.installation
                look.findings.append(
                    Finding(
                        .deliveries, .problem,
                        "The file of \(file.installation) is not what was delivered \(file.at): somebody changed it, or the "
                            + "store was restored from before a later delivery.", place: file.path))
            }
            look.findings += leftovers(in: folder, beside: destination.name, open: open)
        } catch {
            look.findings.append(
                Finding(
                    .deliveries, error.code == .symbolicLink || error.code == .notARegularFile ? .problem : .warning,
                    "The file of \(file.installation) can't be looked at: \(error.message).", place: file.path))
        }
        return look
    }

    /// What deliveries that are not open any more left beside a file.
    private static func leftovers(in folder: DeliveryFolder, beside name: String, open: Set<String>) -> [Finding] {
        let house = folder.path + "/" + House.name
        let names = (try? FileManager.default.contentsOfDirectory(atPath: house)) ?? []
        return names.sorted().compactMap { entry in
            guard entry.hasPrefix(name + "."), let ending = House.leftoverEndings.first(where: entry.hasSuffix) else {
                return nil
            }
            let operation = entry.dropFirst(name.count + 1).dropLast(ending.count)
            guard House.isUsable(operation: String(operation)), !open.contains(String(operation)) else { return nil }
            return Finding(
                .leftovers, .warning, "A delivery that was cut short left it behind.", place: "\(house)/\(entry)",
                advice: "Nothing needs it any more: rm \(house)/\(entry)")
        }
    }
}

extension House {
    /// How names end that are there only while a delivery is under way.
    fileprivate static let leftoverEndings = [".new", ".old", ".copy"]
}

extension OwnerLock {
    /// Whether an owner's process lives, asked without removing what a dead one left.
    static func isHeld(_ id: String, folder: String) -> Bool {
        guard let file = try? OpenDescriptor(opening: "\(folder)/\(id)", in: nil, O_RDONLY | O_NOFOLLOW | O_NONBLOCK)
        else { return false }
        return flock(file.number, LOCK_SH | LOCK_NB) != 0
    }
}
