import AdapterKit
import VendorFormats

#if canImport(FoundationEssentials)
    import FoundationEssentials
#else
    import Foundation
#endif

/// A record whose keys can be activated.
protocol ActivatedRecord: EntitlementRecord {
    /// The registration file that an activation brings.
    func registration(on today: LocalDay) throws -> [UInt8]
}

/// Which record keys are of.
enum KeyMatch {
    /// The record at this place of the book.
    case place(Int)
    /// None: the key that does not match, and why.
    case refused(field: String, reason: String)
}

/// Where a vendor's keys are activated, and where it is asked what became of them.
struct ActivationDesk: Sendable {
    private static let root = "activation"

    /// What answers are signed for.
    let purpose: String
    /// What names an installation.
    let fields: [String]
    let activations: Activations

    /// The two endpoints of the desk.
    ///
    /// - Parameters:
    ///   - match: Looks keys up in the book.
    ///   - grant: What the record at a place grants on a day, and its registration file.
    func endpoints(
        match: @escaping @Sendable (ActivationQuestion) -> KeyMatch,
        record: @escaping @Sendable (Int, LocalDay) throws -> (EntitlementGrant, any ActivatedRecord)
    ) -> [Endpoint] {
        [
            Endpoint(
                method: "POST", path: "/v1/activation", bodyLimit: ActivationQuestion.byteLimit
            ) { request in
                try request.requireXML()
                let question = try ActivationQuestion(request.body, fields: fields)
                let payload = try answer(question, request.now, match, record)
                return try request.signed(payload, purpose: purpose, nonce: question.nonce)
            },
            Endpoint(
                method: "POST", path: "/v1/activation/inspect", bodyLimit: EntitlementQuestion.byteLimit
            ) { request in
                try request.requireXML()
                let question = try InspectionQuestion(request.body)
                let payload =
                    try activations.payload(of: question)
                    ?? EntitlementPayload(root: Self.root, status: "unknown") { _ in }
                return try request.signed(
                    payload.filled(issued: request.now), purpose: purpose, nonce: question.nonce)
            },
        ]
    }

    private func answer(
        _ question: ActivationQuestion, _ now: Instant, _ match: (ActivationQuestion) -> KeyMatch,
        _ record: (Int, LocalDay) throws -> (EntitlementGrant, any ActivatedRecord)
    ) throws -> [UInt8] {
        if let known = try activations.payload(of: question) { return known.filled(issued: now) }
        switch match(question) {
        case .refused(let field, let reason):
            return try EntitlementPayload.rejection(root: Self.root, of: field, reason, issued: now)
        case .place(let place):
            let (grant, record) = try record(place, now.day)
            let file = Data(try record.registration(on: now.day)).base64EncodedString()
            let payload = try EntitlementPayload(root: Self.root, status: "activated") { writer in
                for part in record.identity { writer.element(part.name, text: part.value) }
                writer.element("revision", text: grant.revision)
                writer.element("activated", text: now.description)
                record.write(on: now.day, to: &writer)
                writer.element("registration", text: file)
            }
            return activations.remember(payload, question).filled(issued: now)
        }
    }
}
