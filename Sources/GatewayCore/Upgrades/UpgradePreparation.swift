import AdapterKit
import Foundation
import GatewayAPI
import GatewayProfiles
import GatewayStore

extension UpgradeRun {
    /// Puts what the profile names into a dated archive beside the store, with a list of hashes, and reads it back.
    func backUp() async throws {
        let (profile, installation) = (profile, installation)
        let roots = gateway.configuration.deliveryRoots
        let paths = try await gateway.blocking.run {
            try UpgradeArchive.paths(profile, of: installation, roots: roots)
        }
        // It may have come about since the upgrade was planned.
        let empty = try await gateway.blocking.run { UpgradeArchive.emptiness(paths) }
        if let empty { try await tell("backup", empty) }
        guard !paths.isEmpty else { return }
        let archive = UpgradeArchive(
            folder: gateway.configuration.upgrades, name: "\(installation.id)-\(id)", paths: paths)
        let count = try await archive.make(in: gateway.blocking)
        try await store.keepBackup(
            archive.file, of: id,
            note: note("backup", "\(count) files in \(archive.file), read back; hashes in \(archive.hashes)"))
    }

    // MARK: - Snapshot

    /// Keeps what stands on every host, sealed, and what the registration says.
    func snapshot(_ files: [HostFile]) async throws {
        var records: [UpgradeFileRecord] = []
        var sealed: [Int: Data] = [:]
        var registration: [RegistrationLine] = []
        for file in files {
            let contents = try await gateway.blocking.run { try Deliveries.contents(of: file.destination) }
            var record = UpgradeFileRecord(
                number: file.number, host: file.host, delivery: file.delivery, path: file.destination.path)
            if let contents {
                record.beforeSHA256 = FileState.sha256(contents)
                sealed[file.number] = try seal(contents, as: SealedAnswer.before(file.number))
                if registration.isEmpty { registration = (try? keys.registration(contents)) ?? [] }
            }
            records.append(record)
        }
        let there = records.filter { $0.beforeSHA256 != nil }
        // Where there is no file, or one that can't be read or leaves much out, what is held stands for it.
        let held = try await store.entitlement(of: installation.id, in: .portfolio)
        registration = registration.adding(
            adapter.descriptor.registration(installation.identity) + (held?.registration ?? []))
        try await store.keepSnapshot(
            records, sealed: sealed, registration: registration, of: id, on: installation.id,
            note: note("snapshot", "\(there.count) of \(records.count) registration files were there, and are kept"))
    }
}
