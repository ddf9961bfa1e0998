import AdapterKit
public import GatewayAPI
import GatewayProfiles
package import GatewayStore
import GatewayTransport
import MarkedText

/// Where a gateway keeps and finds things.
public struct GatewayConfiguration: Sendable {
    /// The store's file.
    public var store: String
    /// The folders of the profiles.
    public var profiles: [String]
    /// The folders that files may be delivered below, absolute.
    public var deliveryRoots: [String]
    /// The environment that profiles may name variables of.
    public var environment: [String: String]
    /// The file of the key that secrets are sealed with.
    public var keyFile: String

    /// A configuration.
    ///
    /// - Parameter keyFile: nil for the one beside the store.
    public init(
        store: String, profiles: [String], deliveryRoots: [String], environment: [String: String],
        keyFile: String? = nil
    ) {
        self.store = store
        self.keyFile = keyFile ?? store + ".key"
        self.profiles = profiles
        self.deliveryRoots = deliveryRoots
        self.environment = environment
    }

    /// The folder of the locks of the processes that are at work.
    var owners: String { store + "-owners" }
    /// The folder of the archives that upgrades back up into.
    var upgrades: String { store + "-upgrades" }
    /// The lock of what is sealed. Beside the store, since a key file may lie where nothing can be written.
    var sealingLock: String { store + ".key-lock" }
    /// Files that no backup may be written over, besides the store's own.
    var spared: [String] { [keyFile, sealingLock] }
}

/// The gateway: performs every call, with the adapters, profiles and store that it was given.
public final class Gateway: CallPerformer {
    let configuration: GatewayConfiguration
    let registry: AdapterRegistry
    let surroundings: Surroundings
    let store: Store
    let profiles: ProfileSet
    let zones = ZoneDatabase()
    let owner: Lazily<OwnerLock>
    let line: VendorLine
    let sealer: Sealer
    let tokens: TokenDesk
    let blocking = BlockingPool()
    let background = BackgroundWork()

    /// Opens the store and reads the profiles. A broken profile is told where it is needed, and takes no other away.
    ///
    /// - Throws: ``CallError`` with what to do.
    public init(
        _ configuration: GatewayConfiguration, registry: AdapterRegistry, surroundings: Surroundings = .system
    ) throws {
        self.configuration = configuration
        self.registry = registry
        self.surroundings = surroundings
        do {
            store = try Store(path: configuration.store)
        } catch let error as StoreError {
            throw CallError(.failed, error.message)
        }
        let owners = configuration.owners
        owner = Lazily {
            let owner = try OwnerLock(folder: owners)
            // What killed processes left there is of no use to anybody; a file that stays harms nobody.
            try? OwnerLock.removeDead(folder: owners)
            return owner
        }
        line = VendorLine(store: store, surroundings: surroundings)
        sealer = Sealer(path: configuration.keyFile)
        tokens = TokenDesk(store: store)
        profiles = ProfileSet(
            folders: configuration.profiles,
            reader: ProfileReader(
                adapters: registry.all.map(\.descriptor), environment: configuration.environment))
    }

    /// How many of this process's writes shared how many commits so far.
    package var commitTally: CommitTally { store.commitTally }

    /// Ends what is under way and closes the store.
    public func close() {
        background.cancel()
        line.close()
        // What could not be closed in an orderly way is recovered when the store is opened again.
        try? store.close()
    }

    /// Cancels what goes on after its call was answered, and waits for it: nothing is left half done.
    public func endBackgroundWork() async {
        background.cancel()
        await background.wait()
    }

    /// Performs a call: who may, what is written down, and every error's form are decided here, once.
    public func perform<Call: GatewayCall>(
        _ call: Call, by caller: Caller, progress: @escaping @Sendable (Progress) -> Void
    ) async throws -> Call.Answer {
        guard let performed = call as? any PerformedCall else {
            throw CallError(.invalid, "This gateway does not know the call \(Call.name).")
        }
        let context = CallContext(gateway: self, caller: caller, progress: progress)
        do {
            guard let answer = try await performed.perform(in: context) as? Call.Answer else {
                throw CallError(.failed, "The call \(Call.name) was answered with something else.")
            }
            return answer
        } catch {
            throw Self.callError(error)
        }
    }

    /// Any error as callers see it.
    static func callError(_ error: any Error) -> CallError {
        switch error {
        case let error as CallError: error
        case let error as StoreError:
            switch error.code {
            case .exists, .changed, .refused, .inUse: CallError(.conflict, error.message)
            case .notFound: CallError(.notFound, error.message)
            case .cannotOpen, .cannotWrite, .tooNew, .corrupt: CallError(.failed, error.message)
            }
        case let error as UnknownZone: CallError(.invalid, error.description)
        case let error as DeliveryError: CallError(.failed, error.sentence)
        case let error as TransportError: CallError(.failed, error.message)
        case let error as AdapterError:
            CallError(error.code == .unreachable ? .unreachable : .failed, error.message)
        case is CancellationError: CallError(.cancelled, "The call was cancelled; nothing is left half done.")
        default: CallError(.failed, "\(error)")
        }
    }
}

/// A call that this gateway performs.
protocol PerformedCall: GatewayCall {
    /// Performs it.
    func perform(in context: CallContext) async throws -> Answer
}

/// On whose behalf a call is performed, and with what.
struct CallContext: Sendable {
    let gateway: Gateway
    let caller: Caller
    let progress: @Sendable (Progress) -> Void

    var store: Store { gateway.store }
    var scope: Scope { caller.scope }
    var now: Instant { gateway.surroundings.now() }

    /// Makes sure that the caller may act upon the whole portfolio.
    func requirePortfolio(to what: String) throws(CallError) {
        guard scope.customer == nil else {
            throw CallError(.forbidden, "Only who may see the whole portfolio may \(what).")
        }
    }

    /// A record for the audit trail of what this caller did.
    func audit(_ act: String, customer: String?, subject: String?, detail: String) -> AuditEntry {
        AuditEntry(
            at: now, actor: caller.id, actorName: caller.name, act: act, customer: customer, subject: subject,
            detail: detail)
    }

    /// An installation in scope.
    ///
    /// - Throws: ``CallError`` `notFound`: what is out of scope does not show that it exists.
    func installation(_ id: String) async throws -> InstallationRecord {
        guard let record = try await store.installation(id, in: scope) else {
            throw try await missing(id, .installation, "installation")
        }
        return record
    }

    /// That there is no such ID, with the nearest one that there is: of those in scope, since a hint would tell of others.
    func missing(_ id: String, _ kind: IDKind, _ word: String) async throws -> CallError {
        let near = nearest(to: id, among: try await store.idsBeside(id, of: kind, in: scope))
        let hint = near.map { ": did you mean \(quoted($0))?" } ?? "."
        return CallError(
            .notFound, "There is no \(word) \(quoted(id))\(hint) `gatehouse \(word)s list` shows those there are.")
    }
}
