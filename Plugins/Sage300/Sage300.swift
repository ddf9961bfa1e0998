public import AdapterKit
public import VendorFormats

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
    public typealias State = AskedEntitlement

    static let exchange = EntitlementExchange<IdentityField>(
        protocolName: "subscription", purpose: "subscription/answer", subject: "client",
        elsewhere: "the product's License Manager")

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
            rejected: { root throws(AdapterError) in try Self.rejection(root, facts) },
            files: { [Grant.File(delivery: Self.delivery, contents: $0.document)] })
        return Transition(state, .finish(outcome))
    }
}
