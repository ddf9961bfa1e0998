import AdapterKit
import Foundation
public import GatewayAPI
import GatewayStore

/// Performs the calls that are about a store as a whole and must work in whatever state it is, also where no gateway can
/// open it: looking at it, and putting a backup in its place.
public struct Caretaker: CallPerformer {
    let configuration: GatewayConfiguration
    let registry: AdapterRegistry
    let surroundings: Surroundings
    let blocking = BlockingPool()

    /// A caretaker of the store that a configuration names.
    public init(
        _ configuration: GatewayConfiguration, registry: AdapterRegistry, surroundings: Surroundings = .system
    ) {
        self.configuration = configuration
        self.registry = registry
        self.surroundings = surroundings
    }

    /// Performs one of its calls.
    public func perform<Call: GatewayCall>(
        _ call: Call, by caller: Caller, progress: @escaping @Sendable (GatewayAPI.Progress) -> Void
    ) async throws -> Call.Answer {
        guard let task = call as? any CaretakerCall else {
            throw CallError(.invalid, "The call \(Call.name) is performed by a gateway.")
        }
        guard caller.scope.customer == nil else {
            throw CallError(.forbidden, "Only who may see the whole portfolio may do this: \(Call.name).")
        }
        do {
            guard let answer = try await task.perform(by: self, for: caller, progress: progress) as? Call.Answer else {
                throw CallError(.failed, "The call \(Call.name) was answered with something else.")
            }
            return answer
        } catch {
            throw Gateway.callError(error)
        }
    }
}

/// A call that a ``Caretaker`` performs.
protocol CaretakerCall: GatewayCall {
    /// Performs it.
    func perform(
        by caretaker: Caretaker, for caller: Caller, progress: @escaping @Sendable (GatewayAPI.Progress) -> Void
    ) async throws -> Answer
}

extension RestoreStore: CaretakerCall {
    func perform(
        by caretaker: Caretaker, for caller: Caller, progress: @escaping @Sendable (GatewayAPI.Progress) -> Void
    ) async throws -> RestoreReport {
        let configuration = caretaker.configuration
        let now = caretaker.surroundings.now()
        let restore = StoreRestore(store: configuration.store, from: file, at: now)
        let (file, force) = (file, force)
        let report = try await BlockingWatch(progress: progress).run(on: caretaker.blocking, "restore") { progress in
            try restore.run(
                force: force, checkIdle: { try caretaker.checkIdle() },
                record: { report in
                    AuditEntry(
                        at: now, actor: caller.id, actorName: caller.name, act: Self.name, customer: nil, subject: nil,
                        detail: Self.detail(file, report))
                }, progress: progress)
        }
        return RestoreReport(
            backup: BackupView(report.backup), store: configuration.store, kept: report.kept, voided: report.voided,
            remarks: Self.remarks(report))
    }

    private static func detail(_ file: String, _ report: StoreRestore.Report) -> String {
        let kept = report.kept.map { "; the store before it is kept as \($0)" } ?? ""
        let voided = report.voided > 0 ? "; \(report.voided) open operations given up" : ""
        return "from \(file), \(report.backup.auditRecords) records, head \(report.backup.auditHead)\(voided)\(kept)"
    }

    private static func remarks(_ report: StoreRestore.Report) -> [String] {
        var remarks: [String] = []
        if report.voided > 0 {
            remarks.append(
                "Open in the backup, and given up: \(report.voided) "
                    + (report.voided == 1 ? "operation." : "operations."))
        }
        if let open = report.replacedOpen, open > 0 {
            remarks.append(
                "Open in the store that was replaced: \(open) \(open == 1 ? "operation" : "operations"). What they did at a "
                    + "vendor or to a file is not in this store.")
        }
        remarks.append(
            "Every installation is due: `gatehouse refresh --due` asks the vendors for what was granted since, and "
                + "`gatehouse doctor` compares the delivered files with this store.")
        return remarks
    }
}

extension Caretaker {
    /// Makes sure that no other process is at work on the store.
    func checkIdle() throws {
        let names = (try? FileManager.default.contentsOfDirectory(atPath: configuration.owners)) ?? []
        for name in names where UUID(uuidString: name) != nil {
            // Where that can't be known it is taken for alive.
            guard (try? OwnerLock.isAlive(name, folder: configuration.owners)) ?? true else { continue }
            throw StoreError(
                .inUse,
                "Another gatehouse process works on the store \(configuration.store), asking vendors or delivering: "
                    + "let it end, or end it, then restore again. Nothing was changed.")
        }
    }
}
