import GatewayAPI
import GatewayStore

extension ListPeople: PerformedCall {
    func perform(in context: CallContext) async throws -> [PersonView] {
        try context.requirePortfolio(to: "list the people whose names are kept")
        return try await context.store.people().map {
            PersonView(id: $0.id, name: $0.name, customer: $0.customer, role: $0.role, records: $0.records)
        }
    }
}

extension ErasePerson: PerformedCall {
    func perform(in context: CallContext) async throws -> ErasureReport {
        try context.requirePortfolio(to: "erase a name")
        let call = self
        try await context.store.erase(id) { person in
            context.audit(
                Self.name, customer: person.customer, subject: call.id,
                detail: person.customer == nil ? "the name of who acted" : "a contact")
        }
        let store = context.store
        let isOffDisk = try await context.gateway.blocking.run { try store.scrub() }
        return ErasureReport(
            id: id, isOffDisk: isOffDisk,
            backups: StoreExamination.automaticBackups(of: context.gateway.configuration.store).map(\.path))
    }
}
