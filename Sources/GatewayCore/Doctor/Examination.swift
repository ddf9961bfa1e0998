import AdapterKit
import Foundation
import GatewayAPI
import GatewayProfiles
import GatewayStore

extension Examine: CaretakerCall {
    func perform(
        by caretaker: Caretaker, for caller: Caller, progress: @escaping @Sendable (GatewayAPI.Progress) -> Void
    ) async throws -> DoctorReport {
        try await Examination(caretaker: caretaker, progress: progress).run()
    }
}

/// One examination: check after check, each told by itself, so that whatever is broken hides nothing else.
struct Examination: Sendable {
    let caretaker: Caretaker
    let progress: @Sendable (GatewayAPI.Progress) -> Void

    typealias Finding = DoctorReport.Finding

    var configuration: GatewayConfiguration { caretaker.configuration }
    var now: Instant { caretaker.surroundings.now() }

    /// The most findings of one kind that are told one by one.
    static let most = 20

    func run() async throws -> DoctorReport {
        let profiles = ProfileSet(
            folders: configuration.profiles,
            reader: ProfileReader(
                adapters: caretaker.registry.all.map(\.descriptor), environment: configuration.environment))
        var findings: [Finding] = []
        guard FileManager.default.fileExists(atPath: configuration.store) else {
            findings.append(
                Finding(
                    .store, .problem, "There is no store.", place: configuration.store,
                    advice: "Name it with --store, or restore a backup: gatehouse restore FILE"))
            return DoctorReport(
                findings: findings + permissions() + space(files: []) + self.profiles(profiles, used: [:]))
        }
        do {
            let store = try StoreExamination(configuration.store)
            defer { store.close() }
            findings += try await checkStore(store, profiles)
        } catch let error as StoreError {
            findings.append(
                Finding(
                    .store, .problem, error.message, place: configuration.store,
                    advice: Self.restoreAdvice(configuration)))
            findings += permissions() + space(files: []) + self.profiles(profiles, used: [:])
        }
        return DoctorReport(findings: findings + leftovers())
    }

    /// All that can be told of a store that can be opened.
    private func checkStore(_ store: StoreExamination, _ profiles: ProfileSet) async throws -> [Finding] {
        var findings: [Finding] = []
        let steps: [(String, () throws -> [Finding])] = [
            ("pages and indexes", { integrity(store) }), ("audit trail", { audit(store) }),
            ("key file", { keyFile(store) }), ("permissions", { permissions() }),
            ("clock", { clock(store) }), ("profiles", { self.profiles(profiles, in: store) }),
            ("operations", { operations(store) }), ("tokens", { tokens(store) }),
            ("seats", { seats(store) }),
        ]
        for (number, step) in steps.enumerated() {
            try Task.checkCancellation()
            progress(GatewayAPI.Progress(done: number, total: steps.count, latest: step.0))
            findings += try step.1()
        }
        let deliveries = try await DeliveryExamination(examination: self, store: store, profiles: profiles).run()
        return findings + deliveries.findings + space(files: deliveries.roots)
    }

    /// Runs a check, and tells where it could not be made.
    func check(_ check: DoctorReport.Check, _ body: () throws -> [Finding]) -> [Finding] {
        do {
            return try body()
        } catch {
            return [
                Finding(
                    check, .problem, "This could not be looked at: \(Gateway.callError(error).message)",
                    place: configuration.store, advice: Self.restoreAdvice(configuration))
            ]
        }
    }

    /// A number of things, whose plural takes an s.
    static func counted(_ count: Int, _ thing: String) -> String { count == 1 ? "1 \(thing)" : "\(count) \(thing)s" }

    /// What to do about a damaged store.
    static func restoreAdvice(_ configuration: GatewayConfiguration) -> String {
        let latest = StoreExamination.automaticBackups(of: configuration.store).last?.path
        let also = latest.map { " Beside the store there is \($0)." } ?? ""
        return "Restore your newest backup: gatehouse restore FILE --force (the store is then kept beside).\(also)"
    }

    private func integrity(_ store: StoreExamination) -> [Finding] {
        check(.store) {
            let version = try store.version()
            guard version <= StoreExamination.currentVersion else {
                return [
                    Finding(
                        .store, .problem,
                        "The store is of version \(version), and this gatehouse knows up to "
                            + "\(StoreExamination.currentVersion).", place: configuration.store,
                        advice: "Use the newer gatehouse that wrote it.")
                ]
            }
            let problems = try store.integrity() + store.references()
            guard problems.isEmpty else {
                return problems.map {
                    Finding(.store, .problem, $0, place: configuration.store, advice: Self.restoreAdvice(configuration))
                }
            }
            let size = try store.size()
            var findings = [
                Finding(
                    .store, .ok,
                    "Every page, index and reference is sound: version \(version), "
                        + "\(Self.counted(size.installations, "installation")), "
                        + "\(Self.counted(size.files, "delivered file")); SQLite \(StoreExamination.sqliteVersion).",
                    place: configuration.store)
            ]
            if version < StoreExamination.currentVersion {
                findings.append(
                    Finding(
                        .store, .warning,
                        "It is of version \(version); the next command brings it to \(StoreExamination.currentVersion), "
                            + "after a backup of its own.", place: configuration.store))
            }
            return findings
        }
    }

    private func audit(_ store: StoreExamination) -> [Finding] {
        check(.audit) {
            let chain = try store.chain()
            if let problem = chain.problem {
                return [
                    Finding(
                        .audit, .problem, problem, place: configuration.store,
                        advice:
                            "Somebody wrote to the store past Gatehouse. Compare `gatehouse audit list` with a backup's."
                    )
                ]
            }
            return [
                Finding(
                    .audit, .ok,
                    "\(Self.counted(chain.records, "record")), chain whole. Head: \(chain.head.isEmpty ? "none" : chain.head)"
                )
            ]
        }
    }

    private func clock(_ store: StoreExamination) -> [Finding] {
        check(.clock) {
            let now = now
            guard let newest = try store.newestTime(), newest > now.adding(minutes: Settling.clockTolerance) else {
                return [Finding(.clock, .ok, "\(now), not before anything that is written down.")]
            }
            return [
                Finding(
                    .clock, .problem, "The clock says \(now), but something was written down at \(newest).",
                    advice: "Set the clock right and keep it synchronized: every countdown follows it.")
            ]
        }
    }

    private func operations(_ store: StoreExamination) -> [Finding] {
        check(.operations) {
            let open = try store.openOperations()
            var findings: [Finding] = []
            for record in open {
                let what = "\(record.act.rawValue) of \(record.installation), begun \(record.started)"
                if record.status == .interrupted {
                    findings.append(
                        Finding(
                            .operations, .problem, "Interrupted: \(what). \(record.message ?? "")", place: record.id,
                            advice: "Put right what is in the way, then: \(Self.resumption(of: record))"))
                } else if (record.waitsUntil ?? now) <= now, !isAlive(record.owner) {
                    findings.append(
                        Finding(
                            .operations, .warning, "Left open by a process that is gone: \(what).", place: record.id,
                            advice: "This finishes it: \(Self.resumption(of: record))"))
                }
            }
            guard !findings.isEmpty else {
                return [Finding(.operations, .ok, open.isEmpty ? "None is open." : "\(open.count) under way.")]
            }
            return Self.shortened(findings)
        }
    }

    /// The command that goes on with an operation.
    private static func resumption(of record: OperationRecord) -> String {
        "gatehouse \(record.act == .upgrade ? "upgrade resume" : "refresh") \(record.installation)"
    }

    private func isAlive(_ owner: String) -> Bool {
        guard UUID(uuidString: owner) != nil else { return false }
        return OwnerLock.isHeld(owner, folder: configuration.owners)
    }

    /// The first findings of many, and how many more there are.
    static func shortened(_ findings: [Finding]) -> [Finding] {
        guard findings.count > most, let first = findings.first else { return findings }
        let rest = findings.count - most
        let worst = findings.contains { $0.state == .problem } ? DoctorReport.State.problem : first.state
        return findings.prefix(most) + [Finding(first.check, worst, "… and \(rest) more.")]
    }
}
