public import AdapterKit
import Foundation

/// The exchange of a protocol page whose server activates keys: it is sent them once, and is asked what became of them
/// where its answer was lost.
public struct KeyActivation<Name: IdentityName>: Sendable {
    /// The protocol, as far as it is one of entitlements.
    let exchange: EntitlementExchange<Name>
    /// What answers are signed for.
    public let purpose: String
    /// The keys.
    let keys: [Field]

    /// How many bytes a registration file may have.
    public static var registrationLimit: Int { BoundedINI.Limits().bytes }

    /// An exchange.
    ///
    /// - Parameters:
    ///   - exchange: The protocol, as far as it is one of entitlements.
    ///   - purpose: What answers are signed for.
    ///   - keys: The descriptor's keys.
    public init(_ exchange: EntitlementExchange<Name>, purpose: String, keys: [Field]) {
        self.exchange = exchange
        self.purpose = purpose
        self.keys = keys
    }

    // MARK: Asking

    /// Sends keys, once.
    ///
    /// - Throws: ``AdapterError`` `rejected` where the facts lack a part of the identity.
    public func begin(
        _ facts: Facts, keys: [String: String]
    ) throws(AdapterError) -> Transition<KeyConversation> {
        let body = try request("activationRequest", facts) { writer throws(AdapterError) in
            try writer.element("before") { writer throws(AdapterError) in
                try exchange.identify(facts, in: &writer)
            }
            writer.element("keys") { writer in
                for (name, value) in keys.sorted(by: { $0.key < $1.key }) {
                    writer.element("key", ["name": name], text: value)
                }
            }
        }
        return Transition(
            .activation(nonce: facts.nonce), .send(post("/v1/activation", body, once: true)))
    }

    /// Asks what became of keys that were sent under a nonce.
    ///
    /// - Throws: ``AdapterError`` where the facts can't be written down.
    public func inspect(_ nonce: String, _ facts: Facts) throws(AdapterError) -> Transition<KeyConversation> {
        let body = try request("inspectionRequest", facts) { writer in writer.element("asked", text: nonce) }
        return Transition(.inspection(nonce: nonce), .send(post("/v1/activation/inspect", body, once: false)))
    }

    private func request(
        _ root: String, _ facts: Facts, more: (inout BoundedXML.Writer) throws(AdapterError) -> Void
    ) throws(AdapterError) -> [UInt8] {
        var writer = BoundedXML.Writer()
        try writer.element(root, ["version": "1"]) { writer throws(AdapterError) in
            writer.element("operation", text: facts.operation)
            writer.element("nonce", text: facts.nonce)
            try more(&writer)
        }
        return try writer.document()
    }

    private func post(_ path: String, _ body: [UInt8], once: Bool) -> Request {
        Request(
            method: "POST", path: path,
            headers: ["Content-Type": "application/xml", "Accept": "application/xml"], body: body,
            trust: .signed(purpose: purpose), once: once, isSecret: once)
    }

    // MARK: Answered

    private enum Status: String, CaseIterable {
        case activated, rejected, unknown
    }

    /// What an answer must be of: keys that were sent, or the question what became of them.
    public enum Asked: Sendable {
        case activation, inspection
    }

    /// Reads the answer, which ends the conversation.
    ///
    /// - Parameters:
    ///   - granted: Reads what is granted, and the files that the registration file becomes.
    /// - Throws: ``AdapterError``: `rejected` with the key that the vendor did not take, or without one where it never got
    ///   any; `malformed` for what the protocol does not know; `unreachable` where the vendor is out of order.
    public func outcome(
        of event: Event, _ asked: Asked, _ facts: Facts,
        granted: (BoundedXML.Element, Attestation, Registration) throws(AdapterError) -> (Entitlement, [Grant.File])
    ) throws(AdapterError) -> Outcome {
        let response = try exchange.response(of: event)
        let answer: Result<Grant, AdapterError>
        do throws(AdapterError) {
            answer = try read(response.body, asked, facts, granted)
        } catch {
            throw AdapterError(
                .malformed,
                "The vendor's answer is signed but not what the protocol \"\(exchange.protocolName)\" says. "
                    + "\(error.message) What was in force here still is; the vendor may have activated the keys all the "
                    + "same. Tell the vendor.")
        }
        return .updated(try answer.get())
    }

    private func read(
        _ payload: [UInt8], _ asked: Asked, _ facts: Facts,
        _ granted: (BoundedXML.Element, Attestation, Registration) throws(AdapterError) -> (Entitlement, [Grant.File])
    ) throws(AdapterError) -> Result<Grant, AdapterError> {
        let root = try BoundedXML.read(payload)
        guard root.name == "activation" else { throw root.malformed("is not \"activation\"") }
        guard try root.required(attribute: "version") == "1" else {
            throw root.malformed("has a version that this adapter does not know; it knows 1")
        }
        try root.requireNoText()
        switch (Status(rawValue: try root.required(attribute: "status")), asked) {
        case (.rejected, .activation):
            return .failure(try refusal(root, facts))
        case (.unknown, .inspection):
            _ = try root.required("issued").instant()
            return .failure(
                AdapterError(
                    .rejected,
                    "The vendor never got the keys: nothing was changed there, and what was in force still is. The same "
                        + "keys may be activated again."))
        case (.activated, _):
            var attestation = try Attestation(root, of: Name.self)
            let activated = try root.required("activated")
            guard try activated.instant() <= attestation.issued else {
                throw activated.malformed("is later than the document itself")
            }
            let revision = try root.revision
            if revision == facts.held?.revision {
                attestation.remarks.append(
                    "The vendor's record is what is held already: these keys, or others of the same license, were in "
                        + "force before.")
            }
            let (entitlement, files) = try granted(root, attestation, Registration(root.required("registration")))
            return .success(
                Grant(attestation: attestation, revision: revision, entitlement: entitlement, files: files))
        case (.rejected, .inspection), (.unknown, .activation), (nil, _):
            throw root.malformed(
                "has a status that is none of activated and \(asked == .activation ? "rejected" : "unknown")")
        }
    }
}
