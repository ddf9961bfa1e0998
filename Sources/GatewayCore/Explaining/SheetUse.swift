import GatewayAPI

extension ShowCustomerSheet: PerformedCall {
    func perform(in context: CallContext) async throws -> CustomerSheet {
        let view = try await ShowCustomer(id: customer).perform(in: context)
        let zone = try context.gateway.zones.zone(named: view.timeZone)
        let list = try await ListInstallations(customer: customer).perform(in: context)
        // Side by side: where a file server is dead, its patience is spent once and not for each.
        let installations = try await withThrowingTaskGroup(of: CustomerSheet.Installation.self) { group in
            for summary in list {
                group.addTask {
                    CustomerSheet.Installation(
                        view: try await ShowInstallation(id: summary.id).perform(in: context),
                        explanation: try await Explain(installation: summary.id, at: at).perform(in: context))
                }
            }
            return try await group.reduce(into: []) { $0.append($1) }
        }
        return CustomerSheet(
            at: at.instant(now: context.now, in: zone), customer: view,
            contacts: try await ListContacts(customer: customer).perform(in: context),
            installations: installations.sorted { $0.view.id < $1.view.id })
    }
}
