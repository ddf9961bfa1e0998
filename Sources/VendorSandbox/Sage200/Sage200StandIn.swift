import AdapterKit
import MarkedText
import MarkedYAML
import VendorFormats

/// Stands in for Sage 200's licensing server, to the protocol page `online-offline`.
final class Sage200StandIn: StandIn {
    static let name = "sage200"
    static let title = "Sage 200"

    private let shelf: RecordShelf<Sage200Record>
    private let grants = EntitlementGrants()

    convenience init() { self.init(RecordShelf()) }

    private init(_ shelf: RecordShelf<Sage200Record>) { self.shelf = shelf }

    /// An account with a test-and-recovery license is one customer.
    var count: Int { shelf.count }

    var endpoints: [Endpoint] {
        [
            Endpoint(method: "POST", path: "/v1/entitlement", bodyLimit: EntitlementQuestion.byteLimit) { request in
                try self.answer(request)
            }
        ] + Sage200Page.endpoints { try self.answer(offline: $0, at: $1.now, $1.signer) }
    }

    static func shape(after previous: Sage200StandIn?, at now: Instant) -> Shape<Sage200StandIn> {
        RecordShelf.shape(
            of: Sage200Record.shape(at: now), advice: "give each license of an account a serialNumber of its own"
        ).map { Sage200StandIn($0) }
    }

    // MARK: Answers

    private func answer(_ request: VendorRequest) throws -> VendorAnswer {
        let question = try request.question(fields: Sage200Record.fields)
        let payload =
            switch match(question) {
            case .place(let place):
                try grant(at: place, request.now).payload(heldRevision: question.heldRevision, issued: request.now)
            case .refused(let field, let reason):
                try EntitlementPayload.rejection(of: field, reason.rawValue, issued: request.now)
            }
        return try request.signed(payload, purpose: "online-offline/answer", nonce: question.nonce)
    }

    /// The answer to a licence request file.
    ///
    /// - Throws: `AdapterError` `malformed` where the file breaks the protocol page; `rejected` where no license is
    ///   on record for whom it names, since no document says so by mail.
    func answer(offline file: [UInt8], at now: Instant, _ signer: Signer) throws -> EntitlementFile {
        let question = try OfflineRequest(file, fields: Sage200Record.fields).question
        switch match(question) {
        case .refused(let field, let reason): throw Self.refusal(of: field, reason, question)
        case .place(let place):
            return EntitlementFile(
                accountNumber: shelf.records[place].accountNumber, serialNumber: shelf.records[place].serialNumber,
                document: try signer.document(
                    grant(at: place, now).payload(heldRevision: nil, issued: now),
                    purpose: "online-offline/entitlement", nonce: question.nonce))
        }
    }

    private enum Match {
        case place(Int)
        case refused(field: String, Reason)
    }

    private enum Reason: String {
        case unknown, mismatch
    }

    /// Compares in the order of the protocol page, byte for byte.
    private func match(_ question: EntitlementQuestion) -> Match {
        guard let account = shelf.licenses(of: question.bytes("accountNumber")) else {
            return .refused(field: "accountNumber", .unknown)
        }
        guard let place = account[question.bytes("serialNumber")] else {
            return .refused(field: "serialNumber", .mismatch)
        }
        return .place(place)
    }

    private func grant(at place: Int, _ now: Instant) throws -> EntitlementGrant {
        try grants.grant(shelf.records[place], at: place, on: now.day)
    }

    /// What a mail says in place of an entitlement file; never what the record holds instead.
    private static func refusal(of field: String, _ reason: Reason, _ question: EntitlementQuestion) -> AdapterError {
        let account = question.identity["accountNumber"] ?? ""
        let serial = question.identity["serialNumber"] ?? ""
        let what =
            switch reason {
            case .unknown: "There is no account with the number \(quoted(account))."
            case .mismatch: "The account \(quoted(account)) has no license of the serial number \(quoted(serial))."
            }
        return AdapterError(
            .rejected,
            "\(what) No entitlement file was made. Compare the \(field) with what the product shows, to the letter, "
                + "correct it and send a new request; if it is right there, the vendor's record has to be corrected.",
            field: field)
    }
}
