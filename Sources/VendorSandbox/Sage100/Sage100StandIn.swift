import AdapterKit
import MarkedText
import MarkedYAML
import VendorFormats

/// Stands in for the server that activates Sage 100, to the protocol page `product-key`.
final class Sage100StandIn: StandIn {
    static let name = "sage100"
    static let title = "Sage 100"

    private let records: [Sage100Record]
    /// By the bytes of the customer number, then of the serial number: texts that Unicode takes for equal are two
    /// customers.
    private let places: [[UInt8]: [[UInt8]: Int]]
    private let grants = EntitlementGrants()
    private let desk: ActivationDesk

    convenience init() { self.init([], Activations()) }

    private init(_ records: [Sage100Record], _ activations: Activations) {
        self.records = records
        places = records.indices.reduce(into: [:]) { places, index in
            let record = records[index]
            places[Array(record.customerNumber.utf8), default: [:]][Array(record.serialNumber.utf8)] = index
        }
        desk = ActivationDesk(
            purpose: "product-key/activation", fields: Sage100Record.fields, activations: activations)
    }

    /// A customer with the keys of before and of now is one.
    var count: Int { places.count }

    var endpoints: [Endpoint] {
        [
            Endpoint(method: "POST", path: "/v1/entitlement", bodyLimit: EntitlementQuestion.byteLimit) { request in
                try self.answer(request)
            }
        ]
            + desk.endpoints(
                match: { self.match($0) },
                record: { place, day in
                    (try self.grants.grant(self.records[place], at: place, on: day), self.records[place])
                })
    }

    static func shape(after previous: Sage100StandIn?, at now: Instant) -> Shape<Sage100StandIn> {
        Shape { node, diagnostics in
            let entries = Shape.list(of: .marked(Sage100Record.shape(at: now))).read(node, into: &diagnostics)
            guard let entries else { return nil }
            var places: [[[UInt8]]: Mark] = [:]
            for entry in entries {
                let identity = entry.value.identity.map { Array($0.value.utf8) }
                if let first = places.updateValue(entry.mark, forKey: identity) {
                    diagnostics.error(
                        "a second entry has customerNumber and serialNumber of the one on line \(first.line)",
                        at: entry.mark, help: "give each license of a customer a serialNumber of its own")
                }
            }
            return Sage100StandIn(entries.map(\.value), previous?.desk.activations ?? Activations())
        }
    }

    // MARK: Answers

    private func answer(_ request: VendorRequest) throws -> VendorAnswer {
        let question = try request.question(fields: Sage100Record.fields)
        let payload =
            switch match(question.bytes("customerNumber"), question.bytes("serialNumber")) {
            case .place(let place):
                try grants.grant(records[place], at: place, on: request.now.day)
                    .payload(heldRevision: question.heldRevision, issued: request.now)
            case .refused(let field, let reason):
                try EntitlementPayload.rejection(of: field, reason, issued: request.now)
            }
        return try request.signed(payload, purpose: "product-key/answer", nonce: question.nonce)
    }

    /// Compares in the order of the protocol page, byte for byte.
    private func match(_ customerNumber: [UInt8], _ serialNumber: [UInt8]) -> KeyMatch {
        guard let customer = places[customerNumber] else {
            return .refused(field: "customerNumber", reason: "unknown")
        }
        if let place = customer[serialNumber] { return .place(place) }
        let isSuperseded = customer.values.contains { place in
            records[place].superseded.contains { Array($0.utf8) == serialNumber }
        }
        return .refused(field: "serialNumber", reason: isSuperseded ? "superseded" : "mismatch")
    }

    private func match(_ question: ActivationQuestion) -> KeyMatch {
        let match = match(question.bytes("customerNumber"), question.bytes("serialNumber"))
        guard case .place(let place) = match else { return match }
        guard question.bytes("userKey") == Array(records[place].userKey.utf8) else {
            return .refused(field: "userKey", reason: "mismatch")
        }
        guard question.bytes("productKey") == Array(records[place].productKey.utf8) else {
            return .refused(field: "productKey", reason: "mismatch")
        }
        return match
    }
}
