/// A plugin that speaks one licensing protocol.
///
/// An adapter decides; the core acts. It is a pure state machine: given the facts and what came back from
/// the last step, it names the next step and the state to continue from. The core journals that state with
/// every step, so a conversation survives a killed process, a restart, or three days until somebody answers.
///
/// An implementer must:
/// - take time, nonces, identity and what is held from ``Facts`` only: no disk, database, network, clock,
///   randomness or global;
/// - give the same step for the same state, event and facts, every time;
/// - keep in ``State`` everything that it needs to go on, small, and without secrets;
/// - throw ``AdapterError`` for whatever the vendor says that it cannot go on with.
///
/// What an adapter can do it says by the refinements that it adopts: ``OnlineRefreshing``, ``OfflineActivating``,
/// ``KeyUpgrading``, ``DeviceAuthorizing``, ``TokenVerifying``, ``Recording``.
/// Its tests run `AdapterTestKit`.
public protocol Adapter: Sendable {
    /// Where a conversation stands between two steps.
    associatedtype State: Codable & Hashable & Sendable

    /// What there is to know of the adapter.
    var descriptor: AdapterDescriptor { get }

    /// Goes on with a conversation after a step.
    ///
    /// - Parameters:
    ///   - state: The state that the last transition gave.
    ///   - event: What came back from the last step.
    ///   - facts: The facts as they are now.
    /// - Throws: ``AdapterError`` where the conversation is over without an outcome.
    func resume(_ state: State, with event: Event, facts: Facts) throws(AdapterError) -> Transition<State>
}

/// An adapter whose vendor has a server that says what an installation is entitled to.
public protocol OnlineRefreshing: Adapter {
    /// Begins to ask for the entitlement.
    ///
    /// - Throws: ``AdapterError`` where the facts do not allow it.
    func refresh(_ facts: Facts) throws(AdapterError) -> Transition<State>
}

/// An adapter whose vendor also answers a file that is mailed to it, where there is no way to its server.
public protocol OfflineActivating: Adapter {
    /// Makes the request file: a ``PersonStep`` that hands it out and wants the vendor's document back, signed over
    /// ``Facts/nonce``.
    ///
    /// - Throws: ``AdapterError`` where the facts do not allow it.
    func request(_ facts: Facts) throws(AdapterError) -> Transition<State>
}

/// An adapter whose vendor activates keys that people enter, and whose product reads them from a registration file.
///
/// Keys are secrets: they stand in no state, no message and no line of a registration but masked. The request that holds
/// them says so (``Request/isSecret``), and is made once.
public protocol KeyUpgrading: Inspecting {
    /// What is wrong with a set of keys beyond the form of each value: one that is incomplete, or belongs to another
    /// installation. Each problem by its field.
    ///
    /// - Parameter keys: By the names of the descriptor's keys, each well-formed.
    func problems(with keys: [String: String], _ facts: Facts) -> [FieldProblem]

    /// Asks the vendor to activate keys. Its grant is for the identity that they bring: where a key and a part of the
    /// identity have one name, the key is the new one.
    ///
    /// - Parameters:
    ///   - facts: With the identity before.
    ///   - keys: By the names of the descriptor's keys; ``problems(with:_:)`` found none.
    /// - Throws: ``AdapterError`` where the facts do not allow it. An error's field may be one of the keys.
    func upgrade(_ facts: Facts, keys: [String: String]) throws(AdapterError) -> Transition<State>

    /// What a registration file says, in the words of the product's registration page; secrets masked.
    ///
    /// - Parameter file: Its bytes, from wherever: they may be anything.
    /// - Throws: ``AdapterError`` `malformed` where it is none.
    func registration(_ file: [UInt8]) throws(AdapterError) -> [RegistrationLine]
}

/// An adapter whose vendor licenses a device by the device authorization grant (RFC 8628): a person types a code at the
/// vendor's authorization server, and the license lives on tokens that are refreshed.
///
/// Tokens and device codes are secrets: a request names the members of its answer that are (``Request/withholds``), and the
/// core keeps them. The adapter sees which there are (``Facts/withheld``) and has them put into a form by name.
public protocol DeviceAuthorizing: OnlineRefreshing, Inspecting {
    /// Begins to acquire a license: asks for a code, shows it, and asks until somebody has typed it, or it ended.
    ///
    /// - Throws: ``AdapterError`` where the facts do not allow it.
    func authorize(_ facts: Facts) throws(AdapterError) -> Transition<State>

    /// Gives the license back, so that it can be acquired again; ends with ``Outcome/removed(_:)``.
    ///
    /// - Throws: ``AdapterError`` where the facts do not allow it.
    func deauthorize(_ facts: Facts) throws(AdapterError) -> Transition<State>
}

/// An adapter whose license tokens prove to servers and registers who it is that connects.
public protocol TokenVerifying: Adapter {
    /// What a token says, and whether an installation's server is to take it. The core has checked that it is a token of
    /// the issuer's, for this audience, and in force; by what comes back it checks that the license was not given back and
    /// is not past its renewal date.
    ///
    /// - Parameters:
    ///   - claims: The JSON object of its claims.
    ///   - own: The details of the installation's own entitlement.
    ///   - settings: The profile's.
    /// - Throws: ``TokenRefusal`` with the reason.
    func reading(
        of claims: [UInt8], at own: [String: String], settings: [String: String]
    ) throws(TokenRefusal) -> TokenReading
}

/// An adapter of products that have no server to ask: a person records what is licensed, by the dates that its descriptor
/// declares. It says nothing beyond that; the core takes what is recorded.
public protocol Recording: Adapter {}

/// A line of a product's registration page.
public struct RegistrationLine: Codable, Hashable, Sendable {
    /// The page's word for it: `Serial Number`.
    public var title: String
    /// What stands there; masked where it is secret.
    public var value: String

    /// What stands in place of a secret, whatever its length.
    public static let mask = "********"

    /// A line.
    public init(title: String, value: String) {
        self.title = title
        self.value = value
    }
}

/// An adapter that sends something that must not be repeated blindly, and can ask what became of it.
///
/// Where the vendor says that what was sent never arrived, the conversation ends as `rejected` without a field: nothing was
/// changed, and the same may be sent again under the same operation. As long as the vendor says nothing it ends as
/// `unreachable`, and what became of it is still not known.
public protocol Inspecting: Adapter {
    /// Asks the vendor what became of the act that was under way when the gateway ended.
    ///
    /// - Parameters:
    ///   - state: The state in which the answer was lost.
    ///   - facts: The facts; ``Facts/operation`` is the idempotency key that the vendor saw.
    func inspect(_ state: State, facts: Facts) throws(AdapterError) -> Transition<State>
}

/// The next step of a conversation, and where it goes on from.
public struct Transition<State: Codable & Hashable & Sendable>: Hashable, Sendable {
    /// What ``Adapter/resume(_:with:facts:)`` is called with.
    public var state: State
    /// What the core does now.
    public var step: Step

    /// A transition.
    public init(_ state: State, _ step: Step) {
        self.state = state
        self.step = step
    }
}
