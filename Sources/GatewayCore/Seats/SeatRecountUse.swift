import GatewayAPI
import GatewayStore

extension RecountSeats: PerformedCall {
    func perform(in context: CallContext) async throws -> [String] {
        let record = try await context.installation(installation)
        return try await context.store.recountSeats(
            of: installation, in: context.scope,
            audit: context.audit(
                Self.name, customer: record.customer, subject: installation, detail: "counted anew from the sessions"))
    }
}
