import AdapterKit
import Foundation
import GatewayProfiles

/// Speaks for a vendor that only a person can ask: wherever an adapter would ask the vendor's server it has a person look
/// the license up in the product, and takes what they record. No vendor proves it, so it is marked as unverified.
struct ByHand: OnlineRefreshing {
    let descriptor: AdapterDescriptor
    let product: String
    let place: String
    let instructions: [Act: String]
    /// What a person may record.
    let sheet: ByHandSheet
    /// The files that the product reads, with what their names end with.
    var deliveries: [PersonStep.Document]
    /// What is in force: what a person does not name stays as it is.
    let held: Entitlement?

    struct State: Codable, Hashable, Sendable {
        var act: Act

        private enum CodingKeys: String, CodingKey { case act = "askedByHand" }
    }

    /// Whether a journaled step was asked for by hand, and not by a protocol's adapter.
    static func asked(_ transition: ErasedTransition) -> Bool {
        (try? JSONDecoder().decode(State.self, from: transition.state)) != nil
    }

    /// Who speaks for the vendor of a by-hand profile: with the capabilities that the protocol's adapter has.
    static func adapter(in adapter: AnyAdapter, _ profile: Profile, held: Entitlement?) -> AnyAdapter {
        var byHand = ByHand(adapter.descriptor, profile, held: held)
        // Files that come with keys are an upgrade's to bring.
        if adapter.keys != nil { byHand.deliveries = [] }
        return profile.offline != nil && adapter.capabilities.contains(.offlineActivation)
            ? AnyAdapter(ByHandOffline(online: byHand)) : AnyAdapter(byHand)
    }

    private init(_ descriptor: AdapterDescriptor, _ profile: Profile, held: Entitlement?) {
        self.descriptor = descriptor
        product = profile.product
        place = profile.place
        instructions = profile.instructions
        self.held = held
        sheet = ByHandSheet(descriptor, profile, held: held)
        deliveries = descriptor.deliveries.compactMap { delivery in
            guard let path = profile.deliveries[delivery.name] else { return nil }
            let file = path.split(separator: "/").last.map(String.init) ?? ""
            return PersonStep.Document(
                // What stands behind the last value that is put into its name, such as `.xml`.
                name: delivery.name, title: delivery.title,
                suffix: file.split(separator: "}").last.map(String.init) ?? "", trust: .plain, required: false)
        }
    }

    func refresh(_ facts: Facts) throws(AdapterError) -> Transition<State> {
        let what =
            instructions[.refresh]
            ?? "Have \(product) fetch its license anew\(place.isEmpty ? "" : " (\(place))"), or ask the vendor what it is."
        return Transition(
            State(act: .refresh),
            .ask(
                PersonStep(
                    title: "Refresh the license of \(product) by hand", text: "\(what) \(record(facts))",
                    brings: PersonStep.Brings(documents: deliveries, values: sheet.fields))))
    }

    /// An offline activation that a person makes in the product.
    func request(_ facts: Facts) -> Transition<State> {
        let what =
            instructions[.request]
            ?? "Make a license request in \(product)\(place.isEmpty ? "" : " (\(place))"), mail it to the vendor, and import "
            + "the file that comes back."
        let entitlement = PersonStep.Document(
            name: "entitlement", title: "license entitlement file", suffix: ".ent", trust: .plain, required: false)
        return Transition(
            State(act: .request),
            .ask(
                PersonStep(
                    title: "Activate \(product) offline by hand", text: "\(what) \(record(facts))",
                    brings: PersonStep.Brings(documents: [entitlement], values: sheet.fields))))
    }

    func resume(_ state: State, with event: Event, facts: Facts) throws(AdapterError) -> Transition<State> {
        guard case .brought(let brought) = event else {
            throw AdapterError(.malformed, "A person was asked, and something else came back.")
        }
        let attestation = Attestation(subject: facts.identity, issued: facts.now)
        // Where the installation was changed since, what is held is the person's word from now on.
        if held != nil, facts.held != nil, brought.values.isEmpty, brought.documents.isEmpty {
            return Transition(state, .finish(.unchanged(attestation)))
        }
        let files = deliveries.compactMap { delivery in
            brought.documents[delivery.name].map { Grant.File(delivery: delivery.name, contents: $0.document) }
        }
        let grant = Grant(
            attestation: attestation, revision: "by-hand/\(facts.operation)",
            entitlement: try sheet.entitlement(brought.values, over: held, at: facts.now), files: files)
        return Transition(state, .finish(.updated(grant)))
    }

    private func record(_ facts: Facts) -> String {
        let identity = descriptor.identity.compactMap { field -> String? in
            guard let value = facts.identity[field.name], !field.secret else { return nil }
            return "\(field.title) \(value)"
        }
        let whose = identity.isEmpty ? "" : " It is the license of \(identity.joined(separator: ", "))."
        let kept =
            held == nil
            ? "Record what it shows as values." : "Record as values what has changed; what is left out stays as it was."
        // Nothing but what a person brings can be put where the files go by now.
        let files = deliveries.map(\.title).joined(separator: " and ")
        let again =
            held == nil || facts.held != nil || deliveries.isEmpty
            ? "" : " The installation was changed since: attach \(files) again, or it is not put in its place."
        return "\(kept)\(whose)\(again)"
    }
}

/// The same for a product that is activated offline too.
struct ByHandOffline: OnlineRefreshing, OfflineActivating {
    let online: ByHand

    var descriptor: AdapterDescriptor { online.descriptor }

    func refresh(_ facts: Facts) throws(AdapterError) -> Transition<ByHand.State> { try online.refresh(facts) }

    func request(_ facts: Facts) throws(AdapterError) -> Transition<ByHand.State> { online.request(facts) }

    func resume(
        _ state: ByHand.State, with event: Event, facts: Facts
    ) throws(AdapterError) -> Transition<ByHand.State> {
        try online.resume(state, with: event, facts: facts)
    }
}
