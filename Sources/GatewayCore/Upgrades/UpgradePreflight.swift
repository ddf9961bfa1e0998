import AdapterKit
import Foundation
import GatewayAPI
import GatewayProfiles
import GatewayStore

/// Looks whether an upgrade can be made, before anything is: everything that is wrong is told at once.
struct UpgradePreflight: Sendable {
    let context: CallContext
    let facts: Facts
    let keys: AnyAdapter.KeyDesk
    let profile: Profile
    let record: InstallationRecord
    let files: [HostFile]

    private var rules: UpgradeRules { profile.upgrade }

    init(run: UpgradeRun, facts: Facts, files: [HostFile]) {
        context = run.context
        self.facts = facts
        keys = run.keys
        profile = run.profile
        record = run.installation
        self.files = files
    }

    init(
        _ context: CallContext, facts: Facts, keys: AnyAdapter.KeyDesk, profile: Profile, record: InstallationRecord,
        files: [HostFile]
    ) {
        self.context = context
        self.facts = facts
        self.keys = keys
        self.profile = profile
        self.record = record
        self.files = files
    }

    /// - Throws: ``CallError`` `invalid` with everything that stands in the way.
    func check(_ values: [String: String]) async throws {
        let problems = try await problems(values)
        guard problems.isEmpty else { throw CallError(.invalid, problems.joined(separator: "\n")) }
    }

    /// Everything that stands in the way; no key among it.
    func problems(_ values: [String: String]) async throws -> [String] {
        var problems = keys.problems(with: values, facts).map(\.message)
        if files.isEmpty {
            problems.append(
                "The profile says of no file where it goes: its deliver is empty, or the site lacks the folders.")
        }
        for (path, same) in Dictionary(grouping: files, by: \.destination.path).sorted(by: { $0.key < $1.key })
        where same.count > 1 {
            problems.append(
                "\(same.map(\.host).joined(separator: " and ")) would share one file, \(path): give each host of the site "
                    + "a folder of its own.")
        }
        problems += try await withThrowingTaskGroup(of: (Int, String?).self) { group in
            for file in files {
                group.addTask {
                    do {
                        try await context.gateway.blocking.run {
                            _ = try Deliveries.checkWritable(file.destination, bytes: 1 << 20)
                        }
                        return (file.number, nil)
                    } catch let error as DeliveryError {
                        return (file.number, "\(file.host): \(error.sentence)")
                    }
                }
            }
            var found: [(Int, String?)] = []
            for try await one in group { found.append(one) }
            return found.sorted { $0.0 < $1.0 }.compactMap(\.1)
        }
        problems += try await backupProblems()
        for (what, command) in [("idle", rules.idle), ("restart", rules.restart)] {
            guard let program = command.first else { continue }
            if !FileManager.default.isExecutableFile(atPath: program) {
                problems.append("The profile's \(what) command \(program) is not there, or no program.")
            }
        }
        return problems
    }

    /// What does not stand in the way, and is not as it should be.
    func warnings() async throws -> [String] {
        let (profile, record, configuration) = (profile, record, context.gateway.configuration)
        return try await context.gateway.blocking.run {
            // What can't be told of the paths is a problem.
            let paths = try? UpgradeArchive.paths(profile, of: record, roots: configuration.deliveryRoots)
            return [paths.flatMap(UpgradeArchive.emptiness)].compactMap(\.self)
        }
    }

    private func backupProblems() async throws -> [String] {
        let (profile, record, configuration) = (profile, record, context.gateway.configuration)
        return try await context.gateway.blocking.run {
            do throws(DeliveryError) {
                let paths = try UpgradeArchive.paths(profile, of: record, roots: configuration.deliveryRoots)
                return UpgradeArchive.problems(paths, beside: configuration.store)
            } catch {
                return [error.sentence]
            }
        }
    }

    /// What is wrong with the time of a start; and what is only to be warned of.
    static func time(
        _ start: Instant, rules: UpgradeRules, now: Instant, in zone: Zone
    ) -> (problem: String?, warnings: [String]) {
        var warnings: [String] = []
        let needed = rules.downtime + rules.buffer
        if let window = rules.window {
            let wall = start.adding(seconds: zone.offset(at: start)).milliseconds
            let minute = Int((wall % 86_400_000 + 86_400_000) % 86_400_000 / 60_000)
            let told = "\(window.description) in \(zone.name)"
            guard let wallLeft = window.left(at: minute) else {
                return ("\(zone.wallTime(start)) is outside of the window for upgrades, \(told).", [])
            }
            // Where the clocks are changed before it ends, there is an hour less, or one more.
            let change = zone.offset(at: start.adding(minutes: wallLeft)) - zone.offset(at: start)
            let left = wallLeft - change / 60
            guard left >= needed else {
                return (
                    "From \(zone.wallTime(start)) the window for upgrades, \(told), has \(left) minutes left, and "
                        + "\(needed) are needed (\(rules.downtime) down, \(rules.buffer) to spare): start earlier.", []
                )
            }
        }
        if start < now.adding(hours: rules.announce), rules.announce > 0 {
            warnings.append(
                "It is announced later than the \(rules.announce) hours ahead that the profile wants: tell the users.")
        }
        return (nil, warnings)
    }
}
