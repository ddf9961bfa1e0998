public import AdapterKit
public import VendorFormats

/// The adapter of Sage 200: protocol `online-offline`, as docs/protocols/online-offline.md has it.
///
/// Account number and serial number must match the vendor's record, or nothing is granted. Modules and users that were
/// added come with the next answer, as they do by "Download new licence" in the product. Nothing is delivered: the
/// product fetches its own license.
///
/// It reports what the vendor says. What a date means on a given day, and how long the vendor may be out of reach, is
/// said by the profile's countdowns.
public struct Sage200: OnlineRefreshing {
    /// The adapter.
    public init() {}

    /// Where the one exchange stands: asked, not yet answered.
    public typealias State = AskedEntitlement

    static let exchange = EntitlementExchange<IdentityField>(
        protocolName: "online-offline", purpose: "online-offline/answer", subject: "account",
        elsewhere: "the product's System Administration")

    /// Asks with the identity, and with the revision that is held.
    ///
    /// - Throws: ``AdapterError`` `rejected` where the facts lack a part of the identity.
    public func refresh(_ facts: Facts) throws(AdapterError) -> Transition<State> {
        let state = State(heldRevision: facts.held?.revision)
        return Transition(state, .send(try Self.exchange.request(facts, state)))
    }

    /// Reads the answer, and ends the conversation.
    ///
    /// - Throws: ``AdapterError``: `rejected` with the field that does not match, `malformed` for what the protocol
    ///   does not know, `conflict` where nothing changed since another revision than is held, `unreachable` where the
    ///   vendor is out of order.
    public func resume(_ state: State, with event: Event, facts: Facts) throws(AdapterError) -> Transition<State> {
        let outcome = try Self.exchange.outcome(
            of: event, state, granted: Self.entitlement,
            rejected: { root throws(AdapterError) in try Self.exchange.rejection(root, facts) })
        return Transition(state, .finish(outcome))
    }
}
