public import AdapterKit

/// The adapter of Sage 300 subscriptions: protocol `subscription`, as docs/protocols/subscription.md has it.
///
/// Client ID, client name and serial number must match the vendor's record, or nothing is granted. The serial is
/// that of the newest release whatever version is installed. Whatever changed comes as one signed document, and
/// that document is `entitlements.xml`.
///
/// It reports what the vendor says. What a date or the vendor's `expired` means on a given day is said by the
/// profile's countdowns.
public struct Sage300: OnlineRefreshing {
    /// The adapter.
    public init() {}

    /// Where the one exchange stands: asked, not yet answered.
    public struct State: Codable, Hashable, Sendable {
        /// The revision that was named as held; nil where none was.
        public var heldRevision: String?

        /// The state after a request that named this revision.
        public init(heldRevision: String?) { self.heldRevision = heldRevision }
    }

    /// What its answers are signed for.
    static let purpose = "subscription/answer"

    /// Asks with the identity, and with the revision that is held.
    ///
    /// - Throws: ``AdapterError`` `rejected` where the facts lack a part of the identity.
    public func refresh(_ facts: Facts) throws(AdapterError) -> Transition<State> {
        let state = State(heldRevision: facts.held?.revision)
        let request = Request(
            method: "POST", path: "/v1/entitlement",
            headers: ["Content-Type": "application/xml", "Accept": "application/xml"],
            body: try EntitlementRequest.document(facts, heldRevision: state.heldRevision),
            trust: .signed(purpose: Self.purpose))
        return Transition(state, .send(request))
    }

    /// Reads the answer, and ends the conversation.
    ///
    /// - Throws: ``AdapterError``: `rejected` with the field that does not match, `malformed` for what the protocol
    ///   does not know, `conflict` where nothing changed since another revision than is held, `unreachable` where the
    ///   vendor is out of order.
    public func resume(_ state: State, with event: Event, facts: Facts) throws(AdapterError) -> Transition<State> {
        guard case .answer(let response) = event else {
            throw AdapterError(.malformed, "The conversation waits for the vendor's answer, and something else came.")
        }
        try Self.check(response.status)
        let answer: EntitlementAnswer
        do {
            answer = try EntitlementAnswer(response.body)
        } catch {
            throw AdapterError(
                .malformed,
                "The vendor's answer is signed but not what the protocol \"subscription\" says. \(error.message) "
                    + "What is held stays in force. Tell the vendor.")
        }
        switch answer {
        case .rejected(let rejection):
            throw rejection.error(facts)
        case .unchanged(let attestation, let revision):
            guard revision == state.heldRevision else {
                throw AdapterError(
                    .conflict,
                    "The vendor says that nothing changed since revision \"\(revision)\", but was asked about "
                        + (state.heldRevision.map { "\"\($0)\"" } ?? "none") + ". What is held stays in force.")
            }
            return Transition(state, .finish(.unchanged(attestation)))
        case .changed(var grant):
            grant.files = [Grant.File(delivery: Self.delivery, contents: response.document)]
            return Transition(state, .finish(.updated(grant)))
        }
    }

    private static func check(_ status: Int) throws(AdapterError) {
        switch status {
        case 200: return
        case 408, 425, 429, 500...:
            throw AdapterError(.unreachable, "The vendor's server is out of order or too busy (HTTP \(status)).")
        case 400:
            throw AdapterError(
                .malformed,
                "The vendor's server does not understand the request (HTTP 400). Check the installation's identity "
                    + "and that the profile's vendor address is a server of the protocol \"subscription\".")
        default:
            throw AdapterError(
                .malformed,
                "The profile's vendor address answers HTTP \(status), which no server of the protocol "
                    + "\"subscription\" does. Check the address.")
        }
    }
}
