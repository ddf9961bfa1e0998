import AdapterKit
import MarkedYAML
import VendorFormats

/// Stands in for the server that activates Sage 100, to the protocol page `product-key`.
final class Sage100StandIn: StandIn {
    static let name = "sage100"
    static let title = "Sage 100"

    private let shelf: RecordShelf<Sage100Record>
    private let grants = EntitlementGrants()
    private let desk: ActivationDesk

    convenience init() { self.init(RecordShelf(), Activations()) }

    private init(_ shelf: RecordShelf<Sage100Record>, _ activations: Activations) {
        self.shelf = shelf
        desk = ActivationDesk(
            purpose: "product-key/activation", fields: Sage100Record.fields, activations: activations)
    }

    /// A customer with the keys of before and of now is one.
    var count: Int { shelf.count }

    var endpoints: [Endpoint] {
        [
            Endpoint(method: "POST", path: "/v1/entitlement", bodyLimit: EntitlementQuestion.byteLimit) { request in
                try self.answer(request)
            }
        ]
            + desk.endpoints(
                match: { self.match($0) },
                record: { (try self.grants.grant(self.shelf.records[$0], at: $0, on: $1), self.shelf.records[$0]) })
    }

    static func shape(after previous: Sage100StandIn?, at now: Instant) -> Shape<Sage100StandIn> {
        RecordShelf.shape(
            of: Sage100Record.shape(at: now), advice: "give each license of a customer a serialNumber of its own"
        ).map { Sage100StandIn($0, previous?.desk.activations ?? Activations()) }
    }

    // MARK: Answers

    private func answer(_ request: VendorRequest) throws -> VendorAnswer {
        let question = try request.question(fields: Sage100Record.fields)
        let payload =
            switch match(question.bytes("customerNumber"), question.bytes("serialNumber")) {
            case .place(let place):
                try grants.grant(shelf.records[place], at: place, on: request.now.day)
                    .payload(heldRevision: question.heldRevision, issued: request.now)
            case .refused(let field, let reason):
                try EntitlementPayload.rejection(of: field, reason, issued: request.now)
            }
        return try request.signed(payload, purpose: "product-key/answer", nonce: question.nonce)
    }

    /// Compares in the order of the protocol page, byte for byte.
    private func match(_ customerNumber: [UInt8], _ serialNumber: [UInt8]) -> KeyMatch {
        guard let customer = shelf.licenses(of: customerNumber) else {
            return .refused(field: "customerNumber", reason: "unknown")
        }
        if let place = customer[serialNumber] { return .place(place) }
        let isSuperseded = customer.values.contains { place in
            shelf.records[place].superseded.contains { Array($0.utf8) == serialNumber }
        }
        return .refused(field: "serialNumber", reason: isSuperseded ? "superseded" : "mismatch")
    }

    private func match(_ question: ActivationQuestion) -> KeyMatch {
        let match = match(question.bytes("customerNumber"), question.bytes("serialNumber"))
        guard case .place(let place) = match else { return match }
        guard question.bytes("userKey") == Array(shelf.records[place].userKey.utf8) else {
            return .refused(field: "userKey", reason: "mismatch")
        }
        guard question.bytes("productKey") == Array(shelf.records[place].productKey.utf8) else {
            return .refused(field: "productKey", reason: "mismatch")
        }
        return match
    }
}
