public import AdapterKit

/// The one exchange of a protocol page whose server answers a request with a signed `entitlement`.
///
/// What such pages share is here: the request, the statuses, the three kinds of answer. What is granted, and what a
/// refusal means, is read by the adapter.
public struct EntitlementExchange<Name: IdentityName>: Sendable {
    /// The protocol's name, for messages.
    let protocolName: String
    /// What answers are signed for.
    public let purpose: String
    /// What the vendor's record is of: `client`.
    let subject: String
    /// Words for the place in the product's menus where a profile names none.
    let elsewhere: String

    /// An exchange.
    ///
    /// - Parameters:
    ///   - protocolName: The protocol's name, for messages.
    ///   - purpose: What answers are signed for.
    ///   - subject: What the vendor's record is of: `client`.
    ///   - elsewhere: Words for the place in the product's menus where a profile names none.
    public init(protocolName: String, purpose: String, subject: String, elsewhere: String) {
        self.protocolName = protocolName
        self.purpose = purpose
        self.subject = subject
        self.elsewhere = elsewhere
    }

    /// The name of the document that a person brings back.
    public var brought: String { "entitlement" }

    // MARK: Asking

    /// The request for what is granted, or for what changed since a revision.
    ///
    /// - Throws: ``AdapterError`` `rejected` where the facts lack a part of the identity.
    public func request(_ facts: Facts, _ asked: AskedEntitlement) throws(AdapterError) -> Request {
        Request(
            method: "POST", path: "/v1/entitlement",
            headers: ["Content-Type": "application/xml", "Accept": "application/xml"],
            body: try document("entitlementRequest", facts) { writer in
                if let revision = asked.heldRevision { writer.element("heldRevision", text: revision) }
            },
            trust: .signed(purpose: purpose))
    }

    /// A document by which an installation is named to the vendor.
    ///
    /// - Parameters:
    ///   - root: The name of its document element.
    ///   - more: Writes what stands behind the identity.
    /// - Throws: ``AdapterError`` `rejected` where the facts lack a part of the identity.
    public func document(
        _ root: String, _ facts: Facts, more: (inout BoundedXML.Writer) -> Void
    ) throws(AdapterError) -> [UInt8] {
        var writer = BoundedXML.Writer()
        try writer.element(root, ["version": "1"]) { writer throws(AdapterError) in
            writer.element("operation", text: facts.operation)
            writer.element("nonce", text: facts.nonce)
            try identify(facts, in: &writer)
            more(&writer)
        }
        return try writer.document()
    }

    /// Writes what names the installation to the vendor.
    ///
    /// - Throws: ``AdapterError`` `rejected` where the facts lack a part of it.
    func identify(_ facts: Facts, in writer: inout BoundedXML.Writer) throws(AdapterError) {
        for name in Name.allCases {
            guard let value = facts.identity[name.rawValue], !value.isEmpty else {
                throw AdapterError(
                    .rejected,
                    "The installation has no \(name.rawValue) (\(name.title)), so the vendor was not asked. "
                        + "Look it up in \(place(facts)) and set it.",
                    field: name.rawValue)
            }
            writer.element(name.rawValue, text: value)
        }
    }

    /// The place in the product's menus, or words for it where the profile names none.
    public func place(_ facts: Facts) -> String { facts.place.isEmpty ? elsewhere : facts.place }

    // MARK: Answered

    /// Reads the answer, which ends the conversation.
    ///
    /// - Parameters:
    ///   - granted: Reads what a `changed` answer grants.
    ///   - rejected: Reads what a `rejected` answer means for people.
    ///   - files: The files that a grant brings.
    /// - Throws: ``AdapterError``: what `rejected` gave; `malformed` for what the protocol does not know; `conflict`
    ///   where nothing changed since another revision than was asked about; `unreachable` where the vendor is out of
    ///   order.
    public func outcome(
        of event: Event, _ asked: AskedEntitlement,
        granted: (BoundedXML.Element, Attestation) throws(AdapterError) -> Entitlement,
        rejected: (BoundedXML.Element) throws(AdapterError) -> AdapterError,
        files: (Response) -> [Grant.File] = { _ in [] }
    ) throws(AdapterError) -> Outcome {
        let response = try response(of: event)
        let answer: EntitlementAnswer
        do {
            answer = try EntitlementAnswer(response.body, of: Name.self, granted: granted, rejected: rejected)
        } catch {
            throw AdapterError(
                .malformed,
                "The vendor's answer is signed but not what the protocol \"\(protocolName)\" says. \(error.message) "
                    + "What is held stays in force. Tell the vendor.")
        }
        switch answer {
        case .rejected(let error):
            throw error
        case .unchanged(let attestation, let revision):
            guard revision == asked.heldRevision else {
                throw AdapterError(
                    .conflict,
                    "The vendor says that nothing changed since revision \"\(revision)\", but was asked about "
                        + (asked.heldRevision.map { "\"\($0)\"" } ?? "none") + ". What is held stays in force.")
            }
            return .unchanged(attestation)
        case .changed(var grant):
            grant.files = files(response)
            return .updated(grant)
        }
    }

    /// The vendor's answer, of a status that has one.
    ///
    /// - Throws: ``AdapterError``: `unreachable` where the vendor is out of order, `malformed` for every other status.
    func response(of event: Event) throws(AdapterError) -> Response {
        let response: Response
        switch event {
        case .answer(let answer): response = answer
        case .brought(let brought) where brought.documents[self.brought] != nil:
            response = brought.documents[self.brought] ?? Response(status: 200, body: [])
        case .brought, .time, .unanswered:
            throw AdapterError(.malformed, "The conversation waits for the vendor's answer, and something else came.")
        }
        try check(response.status)
        return response
    }

    private func check(_ status: Int) throws(AdapterError) {
        switch status {
        case 200: return
        case 408, 425, 429, 500...:
            throw AdapterError(.unreachable, "The vendor's server is out of order or too busy (HTTP \(status)).")
        case 400:
            throw AdapterError(
                .malformed,
                "The vendor's server does not understand the request (HTTP 400). Check the installation's identity "
                    + "and that the profile's vendor address is a server of the protocol \"\(protocolName)\".")
        default:
            throw AdapterError(
                .malformed,
                "The profile's vendor address answers HTTP \(status), which no server of the protocol "
                    + "\"\(protocolName)\" does. Check the address.")
        }
    }
}

/// Where an exchange stands: asked, not yet answered.
public struct AskedEntitlement: Codable, Hashable, Sendable {
    /// The revision that was named as held; nil where none was.
    public var heldRevision: String?

    /// The state after a request that named this revision.
    public init(heldRevision: String?) { self.heldRevision = heldRevision }
}
