import AdapterKit
import MarkedText
import MarkedYAML

/// Stands in for Sage 200's licensing server, to the protocol page `online-offline`.
final class Sage200StandIn: StandIn {
    static let name = "sage200"
    static let title = "Sage 200"

    private let records: [Sage200Record]
    /// By the bytes of the account number, then of the serial number: texts that Unicode takes for equal are two
    /// customers.
    private let places: [[UInt8]: [[UInt8]: Int]]
    private let grants = EntitlementGrants()

    convenience init() { self.init([]) }

    private init(_ records: [Sage200Record]) {
        self.records = records
        places = records.indices.reduce(into: [:]) { places, index in
            let record = records[index]
            places[Array(record.accountNumber.utf8), default: [:]][Array(record.serialNumber.utf8)] = index
        }
    }

    /// An account with a test-and-recovery license is one customer.
    var count: Int { places.count }

    var endpoints: [Endpoint] {
        [
            Endpoint(method: "POST", path: "/v1/entitlement", bodyLimit: EntitlementQuestion.byteLimit) { request in
                try self.answer(request)
            }
        ]
    }

    static func shape(after previous: Sage200StandIn?, at now: Instant) -> Shape<Sage200StandIn> {
        Shape { node, diagnostics in
            let entries = Shape.list(of: .marked(Sage200Record.shape(at: now))).read(node, into: &diagnostics)
            guard let entries else { return nil }
            var places: [[[UInt8]]: Mark] = [:]
            for entry in entries {
                let identity = entry.value.identity.map { Array($0.value.utf8) }
                if let first = places.updateValue(entry.mark, forKey: identity) {
                    diagnostics.error(
                        "a second entry has accountNumber and serialNumber of the one on line \(first.line)",
                        at: entry.mark, help: "give each license of an account a serialNumber of its own")
                }
            }
            return Sage200StandIn(entries.map(\.value))
        }
    }

    private func answer(_ request: VendorRequest) throws -> VendorAnswer {
        let question = try EntitlementQuestion(request, fields: Sage200Record.fields)
        return try request.signed(
            payload(for: question, at: request.now), purpose: "online-offline/answer", nonce: question.nonce)
    }

    /// Compares in the order of the protocol page, byte for byte.
    private func payload(for question: EntitlementQuestion, at now: Instant) throws -> [UInt8] {
        guard let account = places[question.bytes("accountNumber")] else {
            return try EntitlementPayload.rejection(of: "accountNumber", "unknown", issued: now)
        }
        guard let place = account[question.bytes("serialNumber")] else {
            return try EntitlementPayload.rejection(of: "serialNumber", "mismatch", issued: now)
        }
        return try grants.grant(records[place], at: place, on: now.day)
            .payload(heldRevision: question.heldRevision, issued: now)
    }
}
