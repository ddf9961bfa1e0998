public import Foundation

/// An adapter whose state is kept as bytes, as the journal keeps it.
public struct AnyAdapter: Sendable {
    /// What there is to know of the adapter.
    public let descriptor: AdapterDescriptor
    /// Asked what protocols it adopts only where that matters: the first time, the program looks through every conformance
    /// that it has, and most commands need few of them.
    private let adapter: any Adapter
    private let resumes: @Sendable (ErasedTransition, Event, Facts) throws -> ErasedTransition

    /// The adapter with its state as bytes.
    public init<Wrapped: Adapter>(_ adapter: Wrapped) {
        descriptor = adapter.descriptor
        self.adapter = adapter
        resumes = { transition, event, facts in
            let state =
                try transition.live as? Wrapped.State
                ?? Self.decode(Wrapped.State.self, transition.state, adapter.descriptor)
            return try ErasedTransition(adapter.resume(state, with: event, facts: facts))
        }
    }

    /// What it can do, from the protocols that it adopts.
    public var capabilities: [Capability] {
        Capability.allCases.filter { capability in
            switch capability {
            case .onlineRefresh: adapter is any OnlineRefreshing
            case .offlineActivation: adapter is any OfflineActivating
            case .keyUpgrade: adapter is any KeyUpgrading
            case .deviceAuthorization: adapter is any DeviceAuthorizing
            case .tokenVerification: adapter is any TokenVerifying
            case .recording: adapter is any Recording
            }
        }
    }

    /// Whether it can ask what became of an act.
    public var inspects: Bool { adapter is any Inspecting }

    /// What it knows of keys; nil where its vendor activates none.
    public var keys: KeyDesk? { (adapter as? any KeyUpgrading).map(KeyDesk.init) }

    /// What it knows of tokens; nil where its license is none.
    public var tokens: (any TokenVerifying)? { adapter as? any TokenVerifying }

    /// Begins a conversation.
    ///
    /// - Throws: ``AdapterError``; `rejected` where the adapter lacks the capability.
    public func begin(_ act: Act, facts: Facts) throws -> ErasedTransition {
        switch act {
        case .refresh:
            if let refreshing = adapter as? any OnlineRefreshing { return try Self.refresh(refreshing, facts) }
        case .request:
            if let offline = adapter as? any OfflineActivating { return try Self.request(offline, facts) }
        case .authorize:
            if let authorizing = adapter as? any DeviceAuthorizing { return try Self.authorize(authorizing, facts) }
        case .deauthorize:
            if let authorizing = adapter as? any DeviceAuthorizing { return try Self.deauthorize(authorizing, facts) }
        case .upgrade, .record, .inspect:
            // They begin with keys, with what a person recorded, with a state.
            break
        }
        throw Self.unable(descriptor, act)
    }

    /// Goes on with a conversation from a transition, as it was made or as it was journaled.
    ///
    /// - Throws: ``AdapterError``; `malformed` where the state is not one of this adapter's.
    public func resume(_ transition: ErasedTransition, with event: Event, facts: Facts) throws -> ErasedTransition {
        try resumes(transition, event, facts)
    }

    /// Asks what became of the act that was under way in the journaled state.
    public func inspect(_ state: Data, facts: Facts) throws -> ErasedTransition {
        guard let inspecting = adapter as? any Inspecting else { throw Self.unable(descriptor, .inspect) }
        return try Self.inspect(inspecting, state, facts)
    }

    private static func refresh(_ adapter: some OnlineRefreshing, _ facts: Facts) throws -> ErasedTransition {
        try ErasedTransition(adapter.refresh(facts))
    }

    private static func request(_ adapter: some OfflineActivating, _ facts: Facts) throws -> ErasedTransition {
        try ErasedTransition(adapter.request(facts))
    }

    private static func authorize(_ adapter: some DeviceAuthorizing, _ facts: Facts) throws -> ErasedTransition {
        try ErasedTransition(adapter.authorize(facts))
    }

    private static func deauthorize(_ adapter: some DeviceAuthorizing, _ facts: Facts) throws -> ErasedTransition {
        try ErasedTransition(adapter.deauthorize(facts))
    }

    /// What an adapter knows of keys, its state kept as bytes.
    public struct KeyDesk: Sendable {
        private let adapter: any KeyUpgrading

        init(_ adapter: any KeyUpgrading) { self.adapter = adapter }

        /// What is wrong with keys, all at once: the form of each, and what the adapter finds in those that are well
        /// formed. Each problem by its field.
        public func problems(with keys: [String: String], _ facts: Facts) -> [FieldProblem] {
            let fields = adapter.descriptor.keys
            let problems = fields.problems(with: keys, kind: "key")
            let malformed = Set(problems.map(\.field))
            let known = keys.filter { name, _ in !malformed.contains(name) && fields.contains { $0.covers(name) } }
            // A module whose key is malformed is told so, and not that its key is missing.
            var facts = facts
            let told = malformed.compactMap { name in
                fields.first { $0.isFamily && $0.covers(name) }.map { String(name.dropFirst($0.name.count + 1)) }
            }
            facts.held?.modules.removeAll { told.contains($0) }
            return problems + adapter.problems(with: known, facts).filter { !malformed.contains($0.field) }
        }

        /// Begins to have keys activated.
        ///
        /// - Throws: ``AdapterError``.
        public func upgrade(_ facts: Facts, keys: [String: String]) throws -> ErasedTransition {
            func begin(_ adapter: some KeyUpgrading) throws -> ErasedTransition {
                try ErasedTransition(adapter.upgrade(facts, keys: keys))
            }
            return try begin(adapter)
        }

        /// What a registration file says; secrets masked.
        ///
        /// - Throws: ``AdapterError`` `malformed`.
        public func registration(_ file: [UInt8]) throws(AdapterError) -> [RegistrationLine] {
            try adapter.registration(file)
        }
    }

    private static func inspect(_ adapter: some Inspecting, _ state: Data, _ facts: Facts) throws -> ErasedTransition {
        try inspectTyped(adapter, state, facts)
    }

    private static func inspectTyped<Wrapped: Inspecting>(
        _ adapter: Wrapped, _ state: Data, _ facts: Facts
    ) throws -> ErasedTransition {
        let state = try decode(Wrapped.State.self, state, adapter.descriptor)
        return try ErasedTransition(adapter.inspect(state, facts: facts))
    }

    private static func decode<State: Codable>(
        _ type: State.Type, _ bytes: Data, _ descriptor: AdapterDescriptor
    ) throws(AdapterError) -> State {
        do {
            return try decoder.decode(type, from: bytes)
        } catch {
            throw AdapterError(
                .malformed,
                "The journaled state is not one that adapter \(descriptor.protocolName) \(descriptor.version) knows.")
        }
    }

    // Made once: making one costs more than it has to do here.
    private static let decoder = JSONDecoder()

    private static func unable(_ descriptor: AdapterDescriptor, _ act: Act) -> AdapterError {
        AdapterError(.rejected, "The protocol \(descriptor.protocolName) has no \(act.rawValue).")
    }
}

/// A transition whose state is the bytes that the journal keeps.
public struct ErasedTransition: Equatable, Sendable {
    /// The state as JSON, keys sorted; empty where the conversation is over, since nothing goes on from there.
    public var state: Data
    /// What the core does now.
    public var step: Step
    /// The state as the adapter gave it: a conversation that goes on at once need not read it back.
    fileprivate var live: (any Sendable)?

    /// A transition from journaled bytes.
    public init(state: Data, step: Step) {
        self.state = state
        self.step = step
    }

    init<State>(_ transition: Transition<State>) throws {
        step = transition.step
        live = transition.state
        if case .finish = transition.step { state = Data() } else { state = try Self.encoder.encode(transition.state) }
    }

    /// Whether state and step are the same, wherever the transition came from.
    public static func == (first: Self, second: Self) -> Bool {
        first.state == second.state && first.step == second.step
    }

    // Made once: making one costs more than it has to do here.
    private static let encoder = {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        return encoder
    }()
}
