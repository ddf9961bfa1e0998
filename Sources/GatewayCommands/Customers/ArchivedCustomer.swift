import AdapterKit
import GatewayAPI
import GatewayCore

/// Why a listing of one customer is empty: nothing of an archived one is listed.
struct ArchivedCustomer {
    private let customer: String
    private let since: Instant

    /// - Returns: Nil where the listing is not empty, is of all customers, or the customer is not archived.
    init?(_ customer: String?, isEmpty: Bool, _ gateway: Gateway, _ caller: Caller) async throws {
        guard isEmpty, let customer,
            let since = try await gateway.perform(ShowCustomer(id: customer), by: caller).archived
        else { return nil }
        self.customer = customer
        self.since = since
    }

    /// The sentence instead of the listing.
    var text: String {
        "\(customer) is archived, since \(since.short). `gatehouse customers archive \(customer) --undo` brings it back."
    }
}
