import AdapterKit
import MarkedText
import MarkedYAML
import Synchronization

/// Stands in for the server of Sage 300 subscriptions, to the protocol page `subscription`.
final class Sage300StandIn: StandIn {
    static let name = "sage300"
    static let title = "Sage 300 subscription"

    private let records: [Sage300Record]
    /// By the bytes of the client ID: texts that Unicode takes for equal are two customers.
    private let places: [[UInt8]: Int]
    private let cache: Mutex<Cache>

    /// What has been rendered of this version of the book on one day. Dates that count from today move with it.
    private struct Cache {
        var day = LocalDay(number: 0)
        var grants: [Int: Sage300Grant] = [:]
    }

    convenience init() { self.init([]) }

    private init(_ records: [Sage300Record]) {
        self.records = records
        let places = records.enumerated().map { (Array($1.clientID.utf8), $0) }
        self.places = Dictionary(places) { first, _ in first }
        cache = Mutex(Cache())
    }

    var count: Int { records.count }

    var endpoints: [Endpoint] {
        [
            Endpoint(method: "POST", path: "/v1/entitlement", bodyLimit: Sage300Request.byteLimit) { request in
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
        let question = try Sage300Request(request)
        let payload = try payload(for: question, at: request.now)
        let document = try request.signer.document(
            payload, purpose: "subscription/answer", nonce: question.nonce)
        return VendorAnswer(contentType: "application/xml", body: document)
    }

    /// Compares in the order of the protocol page, byte for byte.
    private func payload(for question: Sage300Request, at now: Instant) throws -> [UInt8] {
        guard let place = places[Array(question.clientID.utf8)] else {
            return try Sage300Rejection(field: "clientID", reason: "unknown").payload(issued: now)
        }
        let record = records[place]
        guard question.clientName.utf8.elementsEqual(record.clientName.utf8) else {
            return try Sage300Rejection(field: "clientName", reason: "mismatch").payload(issued: now)
        }
        guard question.serialNumber.utf8.elementsEqual(record.serialNumber.utf8) else {
            let isSuperseded = record.superseded.contains { question.serialNumber.utf8.elementsEqual($0.utf8) }
            return try Sage300Rejection(
                field: "serialNumber", reason: isSuperseded ? "superseded" : "mismatch",
                currentRelease: isSuperseded ? record.release : nil
            ).payload(issued: now)
        }
        let grant = try grant(of: place, on: now.day)
        return question.heldRevision == grant.revision
            ? grant.unchanged.filled(issued: now) : grant.changed.filled(issued: now)
    }

    private func grant(of place: Int, on day: LocalDay) throws -> Sage300Grant {
        let known = cache.withLock { cache -> Sage300Grant? in
            if cache.day != day { cache = Cache(day: day) }
            return cache.grants[place]
        }
        if let known { return known }
        let grant = try Sage300Grant(records[place], on: day)
        cache.withLock { if $0.day == day { $0.grants[place] = grant } }
        return grant
    }
}
