import AdapterKit
import Foundation
import GatewayStore

/// Puts the files of an operation in place, from what the store holds of it; the first time and after a crash alike.
struct DeliveryFinish: Sendable {
    let context: CallContext
    /// Whether a file that Gatehouse did not write may be replaced.
    let adopt: Bool

    /// How long after a delivery that could not be finished it is tried again by itself, in minutes.
    static let retry = 5

    /// Finishes a delivery from what the store holds of it.
    ///
    /// - Throws: `DeliveryError`, once the store says that it is interrupted.
    func run(_ operation: String, on installation: String) async throws {
        let rows = try await context.store.intendedFiles(of: operation)
        let files = try rows.map { try JSONDecoder().decode(PlannedFile.self, from: $0.plan) }
        let plan = DeliveryPlan(operation: operation, files: files)
        try await run(plan, contents: rows.map { Array($0.contents) }, on: installation)
    }

    /// Finishes a delivery whose plan and contents the store holds, and the caller too.
    ///
    /// - Throws: `DeliveryError`, once the store says that it is interrupted.
    func run(_ plan: DeliveryPlan, contents: [[UInt8]], on installation: String) async throws {
        let operation = plan.operation
        do {
            try await put(plan, contents, of: installation)
        } catch let error as DeliveryError {
            let now = context.now
            try await context.store.interrupted(
                operation, on: installation, message: error.sentence,
                nextTry: now.adding(milliseconds: context.gateway.surroundings.jittered(Self.retry * 60_000)),
                note: StepNote(at: now, kind: "interrupted", detail: error.sentence))
            throw error
        }
        try await context.store.delivered(
            operation, on: installation, at: context.now,
            note: StepNote(
                at: context.now, kind: "delivered", detail: "\(plan.files.count) in place, hashes right"))
    }

    private func put(_ plan: DeliveryPlan, _ contents: [[UInt8]], of installation: String) async throws {
        do {
            try await context.gateway.blocking.run { try Deliveries.complete(plan, contents: contents) }
        } catch let error as DeliveryError
            where error.code == .changedMeanwhile || error.cause == .changedMeanwhile
        {
            // Somebody wrote there since the plan was made. It is judged again, as at the first time: what Gatehouse had
            // delivered is put back, what it had not is a stranger's.
            let recorded = try await recorded(of: installation)
            let adopt = adopt
            try await context.gateway.blocking.run {
                let wanted = zip(plan.files, contents).map { file, contents in
                    WantedFile(
                        destination: file.destination, contents: contents, recorded: recorded[file.destination.path])
                }
                var again = try Deliveries.plan(operation: plan.operation, wanted, adopt: adopt)
                // What the first try has put in place already is finished by the plan it was begun with.
                for index in again.files.indices where again.files[index].expected == .same {
                    again.files[index] = plan.files[index]
                }
                try Deliveries.complete(again, contents: contents)
            }
        }
    }

    /// The hashes of what Gatehouse delivered last, by path.
    private func recorded(of installation: String) async throws -> [String: String] {
        let current = try await context.store.deliveredFiles(of: installation)
        return Dictionary(current.map { ($0.path, $0.sha256) }, uniquingKeysWith: { first, _ in first })
    }
}
