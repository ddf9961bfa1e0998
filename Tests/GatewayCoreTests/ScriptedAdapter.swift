import AdapterKit

/// Where a scripted conversation stands.
struct ScriptState: Codable, Hashable, Sendable {
    var step: String
    var count = 0
}

/// A small adapter of protocol `test` whose decisions a test gives; its vendor knows accounts.
struct ScriptedAdapter: OnlineRefreshing {
    typealias State = ScriptState
    typealias Begin = @Sendable (Facts) throws(AdapterError) -> Transition<ScriptState>
    typealias Resume = @Sendable (ScriptState, Event, Facts) throws(AdapterError) -> Transition<ScriptState>

    let descriptor: AdapterDescriptor
    let onBegin: Begin
    let onResume: Resume

    init(
        descriptor: AdapterDescriptor = Self.descriptor(), begin: @escaping Begin, resume: @escaping Resume
    ) {
        self.descriptor = descriptor
        onBegin = begin
        onResume = resume
    }

    func refresh(_ facts: Facts) throws(AdapterError) -> Transition<ScriptState> { try onBegin(facts) }

    func resume(
        _ state: ScriptState, with event: Event, facts: Facts
    ) throws(AdapterError) -> Transition<ScriptState> {
        try onResume(state, event, facts)
    }

    /// The adapter, erased.
    static func any(
        descriptor: AdapterDescriptor = Self.descriptor(), begin: @escaping Begin,
        resume: @escaping Resume = { (_, _, _) throws(AdapterError) in
            throw AdapterError(.malformed, "not expected to be resumed")
        }
    ) -> AnyAdapter {
        AnyAdapter(ScriptedAdapter(descriptor: descriptor, begin: begin, resume: resume))
    }

    /// An adapter that asks once and takes the answer's text for the revision of a grant; `unchanged` where it is the
    /// one that is held.
    static func asking(once: Bool = false) -> AnyAdapter {
        AnyAdapter(
            ScriptedAdapter(
                begin: { facts in Transition(ScriptState(step: "asked"), .send(.test(facts, once: once))) },
                resume: { (state, event, facts) throws(AdapterError) in try answered(state, event, facts) }))
    }

    /// What ``asking(once:)`` makes of an answer.
    static func answered(
        _ state: ScriptState, _ event: Event, _ facts: Facts
    ) throws(AdapterError) -> Transition<ScriptState> {
        guard case .answer(let response) = event else { throw AdapterError(.malformed, "no answer") }
        let revision = String(decoding: response.body, as: UTF8.self)
        guard response.status == 200 else { throw AdapterError(.rejected, revision, field: "account") }
        return Transition(
            state, .finish(facts.held?.revision == revision ? .unchanged(.test(facts)) : .granted(revision, facts)))
    }

    static func descriptor(
        protocolName: String = "test", title: String = "Test adapter",
        contract: Int = AdapterDescriptor.currentContract,
        deliveries: [Field] = []
    ) -> AdapterDescriptor {
        AdapterDescriptor(
            protocolName: protocolName, title: title, version: "1.0", contract: contract,
            identity: [
                Field(name: "account", title: "Account", help: "It stands on the invoice."),
                Field(name: "pin", title: "PIN", required: false, secret: true, help: "It came by mail."),
            ],
            site: [Field(name: "shared", title: "Shared", required: false, help: "It is the shared folder.")],
            deliveries: deliveries,
            dates: [AdapterDescriptor.DateDescription(name: "expires", help: "The last day.")])
    }

    /// A profile for the protocol.
    static func profile(
        name: String = "test", address: String, refresh: String = "refresh: { every: 14d }", deliver: String = ""
    ) -> String {
        """
        name: \(name)
        product: Test Product
        protocol: test
        vendor: { address: "\(address)" }
        \(refresh)
        \(deliver)
        countdowns:
          license:
            from: expires
            stages:
              - { at: 0d, level: grace, label: Expired }
              - { at: 10d, level: stopped, label: Over }
        """
    }
}

/// The same with a way to ask what became of an act.
struct InspectingAdapter: OnlineRefreshing, Inspecting {
    typealias State = ScriptState

    let base: ScriptedAdapter
    let inspection: ScriptedAdapter.Begin

    var descriptor: AdapterDescriptor { base.descriptor }

    func refresh(_ facts: Facts) throws(AdapterError) -> Transition<State> { try base.refresh(facts) }

    func resume(_ state: State, with event: Event, facts: Facts) throws(AdapterError) -> Transition<State> {
        try base.resume(state, with: event, facts: facts)
    }

    func inspect(_ state: State, facts: Facts) throws(AdapterError) -> Transition<State> { try inspection(facts) }
}

extension Request {
    /// A request that names the operation and the account.
    static func test(_ facts: Facts, path: String = "/ask", once: Bool = false) -> Request {
        Request(
            method: "POST", path: path, headers: ["Content-Type": "text/plain"],
            body: Array("\(facts.operation) \(facts.identity["account"] ?? "")".utf8), trust: .plain, once: once)
    }
}

extension Attestation {
    static func test(_ facts: Facts, issued: Instant? = nil) -> Attestation {
        Attestation(subject: facts.identity, issued: issued ?? facts.now)
    }
}

extension Outcome {
    /// A grant of a hundred days.
    static func granted(
        _ revision: String, _ facts: Facts, issued: Instant? = nil, files: [Grant.File] = []
    ) -> Outcome {
        .updated(
            Grant(
                attestation: .test(facts, issued: issued), revision: revision,
                entitlement: Entitlement(
                    dates: ["expires": .day(Zone.utc.localDay(of: facts.now).adding(days: 100))],
                    seats: [Entitlement.SeatPool(name: "users", count: 3)]), files: files))
    }
}
