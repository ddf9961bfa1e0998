import AdapterKit
import MarkedText
import MarkedYAML
import VendorFormats

/// Stands in for the server of Sage 300 subscriptions, to the protocol page `subscription`.
final class Sage300StandIn: StandIn {
    static let name = "sage300"
    static let title = "Sage 300 subscription"

    private let records: [Sage300Record]
    /// By the bytes of the client ID: texts that Unicode takes for equal are two customers.
    private let places: [[UInt8]: Int]
    private let grants = EntitlementGrants()

    convenience init() { self.init([]) }

    private init(_ records: [Sage300Record]) {
        self.records = records
        let places = records.enumerated().map { (Array($1.clientID.utf8), $0) }
        self.places = Dictionary(places) { first, _ in first }
    }

    var count: Int { records.count }

    var endpoints: [Endpoint] {
        [
            Endpoint(method: "POST", path: "/v1/entitlement", bodyLimit: EntitlementQuestion.byteLimit) { request in
                try self.answer(request)
            }
        ]
    }

    // MARK: The book

    static func shape(after previous: Sage300StandIn?, at now: Instant) -> Shape<Sage300StandIn> {
        Shape { node, diagnostics in
            let entries = Shape.list(of: .marked(Sage300Entry.shape(at: now))).read(node, into: &diagnostics)
            guard let entries else { return nil }
            var records: [Sage300Record] = []
            var places: [[UInt8]: Mark] = [:]
            for entry in entries {
                for var record in entry.value.records {
                    if let first = places.updateValue(entry.mark, forKey: Array(record.clientID.utf8)) {
                        diagnostics.error(
                            "a second entry has the clientID of the one on line \(first.line)", at: entry.mark,
                            help: "give each customer a clientID of its own")
                        break
                    }
                    record.notice(at: now, after: previous?.record(record.clientID))
                    records.append(record)
                }
            }
            return Sage300StandIn(records)
        }
    }

    private func record(_ clientID: String) -> Sage300Record? {
        places[Array(clientID.utf8)].map { records[$0] }
    }

    // MARK: Answers

    private func answer(_ request: VendorRequest) throws -> VendorAnswer {
        let question = try request.question(fields: Sage300Record.fields)
        return try request.signed(
            payload(for: question, at: request.now), purpose: "subscription/answer", nonce: question.nonce)
    }

    /// Compares in the order of the protocol page, byte for byte.
    private func payload(for question: EntitlementQuestion, at now: Instant) throws -> [UInt8] {
        guard let place = places[question.bytes("clientID")] else {
            return try EntitlementPayload.rejection(of: "clientID", "unknown", issued: now)
        }
        let record = records[place]
        guard question.bytes("clientName") == Array(record.clientName.utf8) else {
            return try EntitlementPayload.rejection(of: "clientName", "mismatch", issued: now)
        }
        let serialNumber = question.bytes("serialNumber")
        guard serialNumber == Array(record.serialNumber.utf8) else {
            let isSuperseded = record.superseded.contains { serialNumber == Array($0.utf8) }
            return try EntitlementPayload.rejection(
                of: "serialNumber", isSuperseded ? "superseded" : "mismatch",
                currentRelease: isSuperseded ? record.release : nil, issued: now)
        }
        return try grants.grant(record, at: place, on: now.day)
            .payload(heldRevision: question.heldRevision, issued: now)
    }
}
