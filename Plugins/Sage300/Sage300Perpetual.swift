public import AdapterKit
public import VendorFormats

/// The adapter of perpetual Sage 300: protocol `module-keys`, as docs/protocols/module-keys.md has it.
///
/// A perpetual license has a serial number and an activation key for each module, for one release. It does not end, and
/// there is nothing to ask for between activations. A new release needs a complete new set.
public struct Sage300Perpetual: KeyUpgrading {
    /// The adapter.
    public init() {}

    /// Where the one exchange stands. Keys are no part of it.
    public typealias State = KeyConversation

    static let activation = KeyActivation(
        EntitlementExchange<IdentityField>(
            protocolName: "module-keys", purpose: "module-keys/activation", subject: "license",
            elsewhere: "the product's License Manager"),
        purpose: "module-keys/activation", keys: Key.fields)

    /// Sends the keys, once.
    ///
    /// - Throws: ``AdapterError`` `rejected` where the facts lack a part of the identity.
    public func upgrade(_ facts: Facts, keys: [String: String]) throws(AdapterError) -> Transition<State> {
        try Self.activation.begin(facts, keys: keys)
    }

    /// Asks what became of keys that were sent.
    ///
    /// - Throws: ``AdapterError`` `malformed` in a state that no activation leaves.
    public func inspect(_ state: State, facts: Facts) throws(AdapterError) -> Transition<State> {
        switch state {
        case .activation(let nonce), .inspection(let nonce): try Self.activation.inspect(nonce, facts)
        case .entitlement: throw Self.noRefresh
        }
    }

    /// Reads the answer, and ends the conversation.
    ///
    /// - Throws: ``AdapterError``: `rejected` with the key that does not match, and without one where keys never arrived;
    ///   `malformed` for what the protocol does not know; `unreachable` where the vendor is out of order.
    public func resume(_ state: State, with event: Event, facts: Facts) throws(AdapterError) -> Transition<State> {
        let outcome: Outcome
        switch state {
        case .activation:
            outcome = try Self.activation.outcome(of: event, .activation, facts, granted: Self.activated)
        case .inspection:
            outcome = try Self.activation.outcome(of: event, .inspection, facts, granted: Self.activated)
        case .entitlement: throw Self.noRefresh
        }
        return Transition(state, .finish(outcome))
    }

    private static var noRefresh: AdapterError {
        AdapterError(.malformed, "The journaled state is one of a refresh, which the protocol \"module-keys\" has not.")
    }
}
