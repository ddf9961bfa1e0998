public import AdapterKit
public import VendorFormats

/// The adapter of Sage 200: protocol `online-offline`, as docs/protocols/online-offline.md has it.
///
/// Account number and serial number must match the vendor's record, or nothing is granted. Modules and users that were
/// added come with the next answer, as they do by "Download new licence" in the product. Where there is no way to the
/// Internet the same is asked by a licence request file and answered by an entitlement file. Nothing is delivered: the
/// product fetches its own license.
///
/// It reports what the vendor says. What a date means on a given day, and how long the vendor may be out of reach, is
/// said by the profile's countdowns.
public struct Sage200: OnlineRefreshing, OfflineActivating {
    /// The adapter.
    public init() {}

    /// Where the one exchange stands: asked, not yet answered.
    public typealias State = AskedEntitlement

    static let exchange = EntitlementExchange<IdentityField>(
        protocolName: "online-offline", purpose: "online-offline/answer", subject: "account",
        elsewhere: "the product's System Administration")

    /// What entitlement files are signed for.
    static let entitlementPurpose = "online-offline/entitlement"

    /// Asks with the identity, and with the revision that is held. One that came offline is not named: the vendor's next
    /// answer is then the whole grant, which ends the offline activation.
    ///
    /// - Throws: ``AdapterError`` `rejected` where the facts lack a part of the identity.
    public func refresh(_ facts: Facts) throws(AdapterError) -> Transition<State> {
        let state = State(heldRevision: facts.held.flatMap { $0.isOffline ? nil : $0.revision })
        return Transition(state, .send(try Self.exchange.request(facts, state)))
    }

    /// Makes the licence request file, and has a person mail it and bring the entitlement file back.
    ///
    /// - Throws: ``AdapterError`` `rejected` where the facts lack a part of the identity.
    public func request(_ facts: Facts) throws(AdapterError) -> Transition<State> {
        let file = try Self.exchange.document("offlineRequest", facts) { writer in
            writer.element("requested", text: facts.now.description)
            guard let held = facts.held else { return }
            writer.element("heldRevision", text: held.revision)
            writer.element("heldIssued", text: held.issued.description)
        }
        let step = PersonStep(
            title: "Send the licence request",
            text: "Mail the licence request file to the Sage support provider. The mail that comes back has the "
                + "licence entitlement file attached, whose name ends with .ent: import it.",
            hands: [PersonStep.HandedFile(name: "licence-request.xml", contents: file)],
            brings: PersonStep.Brings(documents: [
                PersonStep.Document(
                    name: Self.exchange.brought, title: "licence entitlement file", suffix: ".ent",
                    trust: .signed(purpose: Self.entitlementPurpose))
            ]))
        return Transition(State(heldRevision: nil), .ask(step))
    }

    /// Reads the answer, online or from the entitlement file, and ends the conversation.
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
