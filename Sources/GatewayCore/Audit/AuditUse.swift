import GatewayAPI
import GatewayStore
import Synchronization

extension ListAudit: PerformedCall {
    func perform(in context: CallContext) async throws -> [AuditView] {
        guard (1...100_000).contains(limit) else {
            throw CallError(.invalid, "The limit of a listing is a number from 1 to 100000.")
        }
        return try await context.store.audit(in: context.scope, limit: limit).map { record in
            AuditView(
                number: record.number, at: record.at, actor: record.actor, name: record.actorName, act: record.act,
                customer: record.customer, subject: record.subject, detail: record.detail, hash: record.hash)
        }
    }
}

extension VerifyAudit: PerformedCall {
    func perform(in context: CallContext) async throws -> AuditVerification {
        try context.requirePortfolio(to: "verify the audit trail")
        let chain = Mutex(AuditChain())
        try await context.store.eachAuditRecord { record in chain.withLock { $0.add(record) } }
        return chain.withLock { AuditVerification(records: $0.records, head: $0.head, problem: $0.problem) }
    }
}
