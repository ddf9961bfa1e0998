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
            guard context.now < until else {
                throw CallError(
                    .conflict,
                    "Not everyone is out after \(rules.everyoneOut) minutes: \(stillIn). Ask them to leave, or end their "
                        + "sessions (`gatehouse seats end`), and begin again.")
            }
            context.progress(Progress(done: 0, total: 0, latest: "everyoneOut: \(stillIn)"))
            try await gateway.surroundings.pause(Self.look)
        }
    }

    /// Who is still in; nil where nobody is.
    private func whoIsIn() async throws -> String? {
        let sessions = try await store.sessions(
            of: installation.id, in: .portfolio, at: context.now, SessionFilter(limit: 11))
        if !sessions.isEmpty {
            guard context.caller.seesUsers else { return "sessions are open" }
            let names = sessions.prefix(10).map { $0.host.isEmpty ? $0.user : "\($0.user) on \($0.host)" }
            return "there are \(names.joined(separator: ", "))\(sessions.count > 10 ? " and others" : "")"
        }
        guard !rules.idle.isEmpty else { return nil }
        let result = try await command(rules.idle).run()
        return result.succeeded ? nil : "the idle command says no: \(result.told)"
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
