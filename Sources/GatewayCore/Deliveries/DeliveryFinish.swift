import AdapterKit
import Foundation
import GatewayStore

/// Puts the files of an operation in place, from what the store holds of it; the first time and after a crash alike.
struct DeliveryFinish: Sendable {
    let context: CallContext

    /// How long after a delivery that could not be finished it is tried again by itself, in minutes.
    static let retry = 5

    /// Finishes the delivery.
    ///
    /// - Throws: `DeliveryError`, once the store says that it is interrupted.
    func run(_ operation: String, on installation: String) async throws {
        let rows = try await context.store.intendedFiles(of: operation, on: installation)
        do {
            let plan = DeliveryPlan(
                operation: operation, files: try rows.map { try JSONDecoder().decode(PlannedFile.self, from: $0.plan) })
            let contents = rows.map { Array($0.contents ?? Data()) }
            try await blocking { try Deliveries.complete(plan, contents: contents) }
        } catch let error as DeliveryError {
            let now = context.now
            try await context.store.interrupted(
                operation, on: installation, message: error.message,
                nextTry: now.adding(milliseconds: context.gateway.surroundings.jittered(Self.retry * 60_000)),
                note: StepNote(at: now, kind: "interrupted", detail: error.message))
            throw error
        }
        try await context.store.delivered(
            operation, on: installation, at: context.now,
            note: StepNote(at: context.now, kind: "delivered", detail: "\(rows.count) in place, hashes right"))
    }
}
