import AdapterKit
import Foundation
import GatewayAPI
import GatewayProfiles
import GatewayStore
import MarkedText

// What an examination finds of the files around a store: who may read them, the room there is, what was left behind.
extension Examination {
    func keyFile(_ store: StoreExamination) -> [Finding] {
        check(.keyFile) {
            let file = KeyFile(path: configuration.keyFile)
            let sealed = try store.sealedAnswers()
            if !file.exists, sealed.isEmpty {
                return [
                    Finding(
                        .keyFile, .ok, "There is none yet: it is made when something is first sealed.",
                        place: file.path)
                ]
            }
            do throws(SealError) {
                return keys(try file.keys(), in: file, sealed)
            } catch {
                let waits =
                    sealed.isEmpty ? "" : " \(Self.counted(sealed.count, "secret")) of the store can't be opened."
                return [
                    Finding(
                        .keyFile, .problem, error.message + waits, place: file.path, advice: "Put the right file back.")
                ]
            }
        }
    }

    private func keys(_ keys: [KeyFile.Key], in file: KeyFile, _ sealed: [SealedAnswer]) -> [Finding] {
        let unopened = sealed.count { $0.opened(with: keys) == nil }
        guard unopened == 0 else {
            return [
                Finding(
                    .keyFile, .problem,
                    "\(unopened) of \(Self.counted(sealed.count, "secret")) of the store open with no key of it.",
                    place: file.path,
                    advice: "Put the right file back. Where it is lost for good: gatehouse keyfile rotate --lost")
            ]
        }
        guard keys.count == 1 else {
            return [
                Finding(
                    .keyFile, .warning, "It holds \(keys.count) keys: a rotation was cut short.", place: file.path,
                    advice: "gatehouse keyfile rotate")
            ]
        }
        let opens = sealed.isEmpty ? "" : ", which opens all that is sealed (\(sealed.count))"
        var findings = [Finding(.keyFile, .ok, "It holds a key\(opens).", place: file.path)]
        if BesideStore.isBeside(file.path, configuration.store) {
            findings.append(
                Finding(
                    .keyFile, .ok, "It lies beside the store. Whoever copies the folder has both.",
                    place: file.path,
                    advice: "Name another place with --key-file or GATEHOUSE_KEY_FILE, and move it there."))
        }
        return findings
    }

    func permissions() -> [Finding] {
        var findings: [Finding] = []
        let store = configuration.store
        for path in [store, store + "-wal", store + "-shm", configuration.keyFile] {
            guard let status = Self.status(path), status.mode & 0o077 != 0 else { continue }
            findings.append(
                Finding(
                    .permissions, .problem, "Others may read or write it: its mode is \(Self.octal(status.mode)).",
                    place: path, advice: "chmod 600 \(path)"))
        }
        let folder = URL(fileURLWithPath: store).deletingLastPathComponent().path
        if let status = Self.status(folder) {
            if status.mode & 0o022 != 0, status.mode & UInt32(S_ISVTX) == 0 {
                findings.append(
                    Finding(
                        .permissions, .problem,
                        "Others may put files in the place of the store's: its mode is \(Self.octal(status.mode)).",
                        place: folder, advice: "chmod 700 \(folder)"))
            } else if status.mode & 0o005 != 0 {
                findings.append(
                    Finding(
                        .permissions, .warning,
                        "Everybody may look into it: its mode is \(Self.octal(status.mode)).",
                        place: folder, advice: "chmod 700 \(folder)"))
            }
        }
        if let status = Self.status(configuration.owners), status.mode & 0o077 != 0 {
            findings.append(
                Finding(
                    .permissions, .problem,
                    "Others may end or fake the locks of processes: its mode is \(Self.octal(status.mode)).",
                    place: configuration.owners, advice: "chmod 700 \(configuration.owners)"))
        }
        if let status = Self.status(store), status.owner != geteuid(), geteuid() != 0 {
            findings.append(
                Finding(
                    .permissions, .problem, "It belongs to user number \(status.owner), and this is \(geteuid()).",
                    place: store, advice: "Run Gatehouse as the user that the store belongs to."))
        }
        return findings.isEmpty
            ? [Finding(.permissions, .ok, "The store, its key and its locks are the owner's alone.", place: folder)]
            : findings
    }

    /// Free space where the store is, and on the disks of delivered files.
    ///
    /// - Parameter files: a folder on each of those disks.
    func space(files: [String]) -> [Finding] {
        let folder = URL(fileURLWithPath: configuration.store).deletingLastPathComponent().path
        let size = Int(
            (Self.status(configuration.store)?.size ?? 0) + (Self.status(configuration.store + "-wal")?.size ?? 0)
        )
        var findings: [Finding] = []
        if let free = Self.free(folder) {
            let text = "\(Self.megabytes(free)) free, and the store has \(Self.megabytes(size))."
            if free < Self.leastFree {
                findings.append(
                    Finding(
                        .space, .problem, text, place: folder, advice: "Free some space: soon nothing can be written."))
            } else if free < 3 * size {
                findings.append(
                    Finding(
                        .space, .warning, text, place: folder,
                        advice: "A restore, and the backup before a new version, want three times the store's size."))
            } else {
                findings.append(Finding(.space, .ok, text, place: folder))
            }
        }
        for place in files {
            guard let free = Self.free(place), free < Self.leastFree else { continue }
            findings.append(
                Finding(
                    .space, .problem, "\(Self.megabytes(free)) free, where files are delivered.", place: place,
                    advice: "Free some space: soon nothing can be delivered there."))
        }
        return findings
    }

    func leftovers() -> [Finding] {
        var findings = StoreExamination.leftovers(of: configuration.store).map {
            Finding(
                .leftovers, .warning, "A killed process left it in the making.", place: $0,
                advice: "It is of no use, and goes with the next of its kind; or: rm \($0)")
        }
        let backups = StoreExamination.automaticBackups(of: configuration.store)
        if !backups.isEmpty {
            let bytes = backups.reduce(0) { $0 + $1.bytes }
            findings.append(
                Finding(
                    .leftovers, .ok,
                    "\(backups.count) stores are kept from before a restore or a new version, \(Self.megabytes(bytes)): "
                        + backups.map { URL(fileURLWithPath: $0.path).lastPathComponent }.joined(separator: ", ") + ".",
                    place: URL(fileURLWithPath: configuration.store).deletingLastPathComponent().path,
                    advice: "Remove those that are not needed; they hold what was erased since."))
        }
        return findings.isEmpty ? [Finding(.leftovers, .ok, "Nothing was left behind.")] : findings
    }

    /// The profiles, with those that installations are governed by.
    func profiles(_ profiles: ProfileSet, in store: StoreExamination) -> [Finding] {
        check(.profiles) { self.profiles(profiles, used: try store.installationsByProfile()) }
    }

    func profiles(_ profiles: ProfileSet, used: [String: Int]) -> [Finding] {
        var findings: [Finding] = []
        for broken in profiles.broken {
            findings.append(
                Finding(
                    .profiles, .problem, broken.problems.description, place: broken.file,
                    advice: "Correct it, then: gatehouse profiles lint"))
        }
        for (name, count) in used.sorted(by: { $0.key < $1.key }) {
            let governed = Self.counted(count, "installation")
            guard let profile = profiles.profiles[name] else {
                // A broken one was told above; what it means for its installations is told here.
                findings.append(
                    Finding(
                        .profiles, .problem, "The profile \"\(name)\" of \(governed) can't be used or is not there.",
                        place: profiles.folders.joined(separator: ", "),
                        advice: "Put it there, or name its folder with --profiles."))
                continue
            }
            if profile.vendor.address == nil, !profile.vendor.isByHand {
                let variable = profile.vendor.unset.map { "\($0) is not set, so the" } ?? "The"
                findings.append(
                    Finding(
                        .profiles, .warning, "\(variable) profile \"\(name)\" of \(governed) has no vendor to ask.",
                        place: profile.file,
                        advice: "Set it where gatehouse runs, or write the address into the profile."))
            }
        }
        return findings.isEmpty
            ? [
                Finding(
                    .profiles, .ok, "\(Self.counted(profiles.profiles.count, "profile")), nothing wrong.",
                    place: profiles.folders.first)
            ]
            : Self.shortened(findings)
    }

    /// 64 MB.
    private static let leastFree = 64 << 20

    private static func status(_ path: String) -> FileStatus? { FileStatus(path: path) }

    private static func free(_ folder: String) -> Int? {
        var space = statvfs()
        // Some network filesystems know neither number, and say 0 of 0.
        guard statvfs(folder, &space) == 0, space.f_blocks > 0 else { return nil }
        return Int(
            clamping: UInt64(space.f_bavail).multipliedReportingOverflow(by: UInt64(space.f_frsize)).partialValue)
    }

    private static func octal(_ mode: mode_t) -> String { "0" + String(mode & 0o7777, radix: 8) }

    private static func megabytes(_ bytes: Int) -> String {
        bytes < 10_000_000 ? String(format: "%.1f MB", Double(bytes) / 1e6) : "\(bytes / 1_000_000) MB"
    }
}

/// Where a file lies.
enum BesideStore {
    /// Whether it is in the store's own folder.
    static func isBeside(_ path: String, _ store: String) -> Bool {
        URL(fileURLWithPath: path).deletingLastPathComponent().standardizedFileURL.path
            == URL(fileURLWithPath: store).deletingLastPathComponent().standardizedFileURL.path
    }
}
