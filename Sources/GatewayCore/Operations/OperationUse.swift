import GatewayAPI
import GatewayStore

extension ListOperations: PerformedCall {
    func perform(in context: CallContext) async throws -> [OperationView] {
        guard (1...10_000).contains(limit) else {
            throw CallError(.invalid, "The limit of a listing is a number from 1 to 10000.")
        }
        if let installation { _ = try await context.installation(installation) }
        return try await context.store.operations(
            in: context.scope, installation: installation, failed: failed, limit: limit
        ).map { OperationView($0, notes: []) }
    }
}

extension ShowOperation: PerformedCall {
    func perform(in context: CallContext) async throws -> OperationView {
        guard let (record, notes) = try await context.store.operation(id, in: context.scope) else {
            throw CallError(
                .notFound, "There is no operation \"\(id)\". `gatehouse operations list` shows those there are.")
        }
        return OperationView(record, notes: notes)
    }
}

extension OperationView {
    init(_ record: OperationRecord, notes: [StepNote]) {
        self.init(
            id: record.id, installation: record.installation, customer: record.customer, act: record.act,
            status: record.status.rawValue, outcome: record.outcome, message: record.message, caller: record.caller,
            started: record.started, ended: record.ended,
            steps: notes.enumerated().map { index, note in
                StepView(number: index + 1, at: note.at, kind: note.kind, detail: note.detail)
            })
    }
}
