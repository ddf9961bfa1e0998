import GatewayAPI
import GatewayStore

extension AddCustomer: PerformedCall {
    func perform(in context: CallContext) async throws -> CustomerView {
        try context.requirePortfolio(to: "add a customer")
        if let problem = ChosenID.problem(with: id, kind: "customer") { throw CallError(.invalid, problem) }
        let name = displayName.trimmingSpace()
        guard (1...200).contains(name.count), !name.unicodeScalars.contains(where: { $0.value < 32 }) else {
            throw CallError(.invalid, "A customer's name has 1 to 200 characters, without control characters.")
        }
        _ = try context.gateway.zones.zone(named: timeZone)
        try await context.store.addCustomer(
            id: id, name: name, timeZone: timeZone, at: context.now,
            audit: context.audit(Self.name, customer: id, subject: id, detail: "time zone \(timeZone)"))
        return CustomerView(id: id, name: name, timeZone: timeZone, installations: 0)
    }
}

extension ListCustomers: PerformedCall {
    func perform(in context: CallContext) async throws -> [CustomerView] {
        try await context.store.customers(in: context.scope).map(CustomerView.init)
    }
}

extension ShowCustomer: PerformedCall {
    func perform(in context: CallContext) async throws -> CustomerView {
        guard let record = try await context.store.customers(in: context.scope, id: id).first else {
            throw CallError(
                .notFound, "There is no customer \"\(id)\". `gatehouse customers list` shows those there are.")
        }
        return CustomerView(record)
    }
}

extension CustomerView {
    fileprivate init(_ record: CustomerRecord) {
        self.init(
            id: record.id, name: record.name, timeZone: record.timeZone, installations: record.installations)
    }
}

extension String {
    /// The text without white space at its ends.
    func trimmingSpace() -> String {
        let start = drop { $0.isWhitespace }
        guard let end = start.lastIndex(where: { !$0.isWhitespace }) else { return "" }
        return String(start[...end])
    }
}
