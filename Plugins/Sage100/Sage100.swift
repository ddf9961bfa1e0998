public import AdapterKit
public import VendorFormats

/// The adapter of Sage 100: protocol `product-key`, as docs/protocols/product-key.md has it.
///
/// The vendor activates four keys: serial number, customer number, user key and product key. What it grants comes with a
/// registration file, ACTIVATE.PVX, which the server and every terminal server read. Between activations the record is
/// asked for like any entitlement; a refresh brings no file, since the two numbers that it names are no secret and keys
/// are.
///
/// It reports what the vendor says. What a date means on a given day is said by the profile's countdowns.
public struct Sage100: OnlineRefreshing, KeyUpgrading {
    /// The adapter.
    public init() {}

    /// Where the one exchange stands. Keys are no part of it.
    public typealias State = KeyConversation

    static let exchange = EntitlementExchange<IdentityField>(
        protocolName: "product-key", purpose: "product-key/answer", subject: "customer",
        elsewhere: "the product's System Configuration, tab 3")

    static let activation = KeyActivation(exchange, purpose: "product-key/activation", keys: Key.fields)

    /// Asks with the identity, and with the revision that is held.
    ///
    /// - Throws: ``AdapterError`` `rejected` where the facts lack a part of the identity.
    public func refresh(_ facts: Facts) throws(AdapterError) -> Transition<State> {
        try ask(AskedEntitlement(heldRevision: facts.held?.revision), facts)
    }

    private func ask(_ asked: AskedEntitlement, _ facts: Facts) throws(AdapterError) -> Transition<State> {
        Transition(.entitlement(asked), .send(try Self.exchange.request(facts, asked)))
    }

    /// Sends the keys, once.
    ///
    /// - Throws: ``AdapterError`` `rejected` where the facts lack a part of the identity.
    public func upgrade(_ facts: Facts, keys: [String: String]) throws(AdapterError) -> Transition<State> {
        try Self.activation.begin(facts, keys: keys)
    }

    /// Asks what became of keys that were sent. A question for the record changed nothing: it is asked again.
    ///
    /// - Throws: ``AdapterError`` `rejected` where the facts lack a part of the identity.
    public func inspect(_ state: State, facts: Facts) throws(AdapterError) -> Transition<State> {
        switch state {
        case .entitlement(let asked): try ask(asked, facts)
        case .activation(let nonce), .inspection(let nonce): try Self.activation.inspect(nonce, facts)
        }
    }

    /// Reads the answer, and ends the conversation.
    ///
    /// - Throws: ``AdapterError``: `rejected` with the part of the identity or the key that does not match, and without
    ///   one where keys never arrived; `malformed` for what the protocol does not know; `conflict` where nothing changed
    ///   since another revision than is held; `unreachable` where the vendor is out of order.
    public func resume(_ state: State, with event: Event, facts: Facts) throws(AdapterError) -> Transition<State> {
        let outcome: Outcome
        switch state {
        case .entitlement(let asked):
            outcome = try Self.exchange.outcome(
                of: event, asked, granted: Self.entitlement,
                rejected: { root throws(AdapterError) in try Self.rejection(root, facts) })
        case .activation:
            outcome = try Self.activation.outcome(of: event, .activation, facts, granted: Self.activated)
        case .inspection:
            outcome = try Self.activation.outcome(of: event, .inspection, facts, granted: Self.activated)
        }
        return Transition(state, .finish(outcome))
    }
}
