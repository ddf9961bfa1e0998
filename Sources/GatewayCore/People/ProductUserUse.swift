import GatewayAPI
import GatewayStore

extension CountProductUsers: PerformedCall {
    func perform(in context: CallContext) async throws -> [String: Int] {
        try context.requirePortfolio(to: "count the users whose names are kept")
        return try await context.store.userNames(in: context.scope)
    }
}

extension EraseProductUser: PerformedCall {
    func perform(in context: CallContext) async throws -> UserErasureReport {
        try context.requirePortfolio(to: "erase a name")
        _ = try await ShowCustomer(id: customer).perform(in: context)
        let customer = customer
        let erasure = try await context.store.eraseUser(user, of: customer, at: context.now) { erasure in
            // The trail can't forget a name, so it has none.
            let places = erasure.installations == 1 ? "1 installation" : "\(erasure.installations) installations"
            return context.audit(
                Self.name, customer: customer, subject: customer, detail: "a user's name, in \(places)")
        }
        let store = context.store
        let isOffDisk = try await context.gateway.blocking.run { try store.scrub() }
        return UserErasureReport(
            customer: customer, installations: erasure.installations, sessionsEnded: erasure.sessions,
            seatsTakenBack: erasure.seats, isOffDisk: isOffDisk,
            backups: StoreExamination.automaticBackups(of: context.gateway.configuration.store).map(\.path))
    }
}
