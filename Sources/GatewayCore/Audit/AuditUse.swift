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
        let chain = Mutex(AuditVerification(records: 0, head: "", problem: nil))
        try await context.store.eachAuditRecord { record in
            chain.withLock { chain in
                guard chain.problem == nil else { return }
                if record.number != chain.records + 1 {
                    chain.problem = "After record \(chain.records) comes record \(record.number): some are missing."
                } else if record.previous != chain.head {
                    chain.problem = "Record \(record.number) does not follow the one before it: one was changed."
                } else if record.computedHash() != record.hash {
                    chain.problem = "Record \(record.number) was changed: its hash is another."
                } else {
                    chain.records += 1
                    chain.head = record.hash
                }
            }
        }
        return chain.withLock { $0 }
    }
}
