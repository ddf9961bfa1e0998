import AdapterKit
import Foundation
import GatewayAPI
import GatewayProfiles
import GatewayStore

/// How operations end, and what is written down of it.
extension Settling {
    /// Ends an operation that came to nothing, with when it is tried again.
    func fail(_ operation: String, _ error: AdapterError) async throws {
        let again = mustBeAcquiredAgain(error) ? error.message : nil
        try await fail(
            operation, error.code.rawValue, error.message, nextTry: nextTry(after: error), authorizeAgain: again,
            ended: try await endedServer(error, operation))
    }

    func fail(
        _ operation: String, _ outcome: String, _ message: String, nextTry: Instant?, authorizeAgain: String? = nil,
        ended: RevokedServer? = nil
    ) async throws {
        let now = context.now
        var ending = OperationEnding(
            operation: operation, installation: record.id, at: now, status: .failed, outcome: outcome,
            message: message, notes: [StepNote(at: now, kind: "fail", detail: "\(outcome): \(message)")],
            nextTry: nextTry)
        ending.authorizeAgain = authorizeAgain
        ending.ended = ended
        try await context.store.end(ending)
    }

    /// Ends an operation with a verified answer.
    ///
    /// - Returns: The orders that the answer shows.
    func end(
        _ operation: String, _ status: OperationStatus, _ outcome: RefreshResult.Outcome, _ message: String,
        _ notes: [StepNote], grant: OperationEnding.NewGrant? = nil, files: [IntendedFile] = [],
        refreshAt: Instant? = nil, audit: AuditEntry? = nil
    ) async throws -> [OrderRecord] {
        try await context.store.end(
            ending(
                operation, status, outcome.rawValue, message, notes, grant: grant, files: files, refreshAt: refreshAt,
                audit: audit))
    }

    /// How an operation ends with a verified answer.
    func ending(
        _ operation: String, _ status: OperationStatus, _ outcome: String, _ message: String,
        _ notes: [StepNote], grant: OperationEnding.NewGrant? = nil, files: [IntendedFile] = [],
        refreshAt: Instant? = nil, audit: AuditEntry? = nil
    ) throws -> OperationEnding {
        let now = context.now
        let zone = try gateway.zones.zone(named: record.timeZone)
        let contact = self.contact.at ?? now
        let due = refreshAt ?? profile.refreshDays.map { zone.instant(contact, addingDays: $0) }
        let kind = status == .delivering ? "deliver" : "finish"
        let detail = status == .delivering ? files.map(\.path).joined(separator: ", ") : outcome
        return OperationEnding(
            operation: operation, installation: record.id, at: now, status: status, outcome: outcome,
            message: message, notes: notes + [StepNote(at: now, kind: kind, detail: detail)],
            contact: OperationEnding.Contact(
                at: contact, refreshDue: due, isOffline: self.contact.isOffline), grant: grant,
            files: files, audit: audit, orders: record.orderUntil == nil ? nil : watch(in: zone))
    }

    /// How the open orders of the installation are compared with an answer.
    private func watch(in zone: Zone) -> OperationEnding.OrderWatch {
        OperationEnding.OrderWatch(
            zone: zone,
            audit: context.audit(
                "orders.applied", customer: record.customer, subject: record.id, detail: "a refresh shows the order "),
            told: OrderMessage.applied)
    }
}
