import AdapterKit
import Foundation
import GatewayAPI
import GatewayProfiles
import GatewayStore

extension UpgradeRun {
    /// How often is looked whether everyone is out, in milliseconds.
    private static let look = 2000

    /// Waits until nobody is in, as far as sessions and the profile's command tell.
    ///
    /// - Throws: ``CallError`` `conflict` that says who still is.
    func everyoneOut() async throws {
        let until = context.now.adding(minutes: rules.everyoneOut)
        while true {
            let stillIn = try await whoIsIn()
            guard let stillIn else { return try await tell("everyoneOut", "nobody is in") }
            context.progress(Progress(done: 0, total: 0, latest: "everyoneOut: \(stillIn.shown)"))
            guard context.now < until else {
                throw CallError(
                    .conflict,
                    "Not everyone is out after \(rules.everyoneOut) minutes: \(stillIn.kept). Ask them to leave, or end "
                        + "their sessions (`gatehouse seats list \(installation.id)`, `gatehouse seats end`), and begin "
                        + "again.")
            }
            try await gateway.surroundings.pause(Self.look)
        }
    }

    /// Who is still in, for who may see users; and what is written down of it, which names nobody, since it could not be
    /// erased.
    private struct StillIn {
        var shown: String
        var kept: String
    }

    /// Who is still in; nil where nobody is.
    private func whoIsIn() async throws -> StillIn? {
        let sessions = try await store.sessions(
            of: installation.id, in: .portfolio, at: context.now, SessionFilter(limit: 11))
        if !sessions.isEmpty {
            let open = "sessions are open"
            guard context.caller.seesUsers else { return StillIn(shown: open, kept: open) }
            let names = sessions.prefix(10).map { $0.host.isEmpty ? $0.user : "\($0.user) on \($0.host)" }
            let others = sessions.count > 10 ? " and others" : ""
            return StillIn(shown: "there are \(names.joined(separator: ", "))\(others)", kept: open)
        }
        guard !rules.idle.isEmpty else { return nil }
        let result = try await command(rules.idle).run()
        guard !result.succeeded else { return nil }
        let says = "the idle command says no"
        return StillIn(
            shown: context.caller.seesUsers ? "\(says): \(result.told)" : says, kept: "\(says): \(result.ended)")
    }

    /// A command of the profile's, with the site's folders in it.
    func command(_ words: [String]) -> CommandRun {
        CommandRun(
            words: words.map { word in
                installation.site.reduce(word) { word, place in
                    let folders = place.value.map { SitePlace($0).folder }.joined(separator: ",")
                    return word.replacing("{site.\(place.key)}", with: folders)
                }
            }, limit: rules.commandSeconds)
    }

    // MARK: - Backup

    /// Puts what the profile names into a dated archive beside the store, with a list of hashes, and reads it back.
    func backUp() async throws {
        guard !rules.backup.isEmpty else { return }
        let (profile, installation) = (profile, installation)
        let roots = gateway.configuration.deliveryRoots
        let paths = try await gateway.blocking.run {
            try UpgradeArchive.paths(profile, of: installation, roots: roots)
        }
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
        if registration.isEmpty {
            // A file that can't be read is kept all the same; what is known of the installation stands for it.
            registration = installation.identity.sorted { $0.key < $1.key }.map { name, value in
                let field = adapter.descriptor.identity.first { $0.name == name }
                return RegistrationLine(title: field?.title ?? name, value: field?.secret == true ? "********" : value)
            }
        }
        try await store.keepSnapshot(
            records, sealed: sealed, registration: registration, of: id, on: installation.id,
            note: note("snapshot", "\(there.count) of \(records.count) registration files were there, and are kept"))
    }
}
