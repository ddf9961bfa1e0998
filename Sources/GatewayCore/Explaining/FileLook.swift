import AdapterKit
import Dispatch
import GatewayAPI
import GatewayProfiles
import GatewayStore
import Synchronization

/// Looks at an installation's files where the product reads them, and changes nothing.
struct FileLook: Sendable {
    let context: CallContext
    let record: InstallationRecord
    /// Nil where it can't be used: then only what was delivered is looked at.
    let profile: Profile?

    /// How long a customer's file server may take to answer, in milliseconds: a share that hangs is told, not waited
    /// for.
    static let patience = 5000

    /// Every file that was delivered or is wanted, by path.
    func files() async throws -> [Explanation.FileView] {
        let delivered = try await context.store.deliveredFiles(of: record.id)
        var wanted: Set<String> = []
        var trouble: String?
        do throws(DeliveryError) {
            let descriptor = profile.flatMap { context.gateway.registry.adapter(for: $0.protocolName)?.descriptor }
            for (_, template) in profile?.deliveries(of: descriptor, at: record.site) ?? [] {
                wanted.formUnion(
                    try DeliveryTemplate.expand(template, site: record.site, identity: record.identity))
            }
        } catch {
            trouble = error.sentence
        }
        let keys = profile.flatMap {
            RegisteredKeys(context.gateway.registry.adapter(for: $0.protocolName), identity: record.identity)
        }
        let known = Dictionary(delivered.map { ($0.path, $0) }, uniquingKeysWith: { first, _ in first })
        let knowsPlaces = profile != nil && trouble == nil
        let paths = wanted.union(known.keys).sorted()
        var states = await look(at: keys == nil ? paths.filter { known[$0] != nil } : paths, known, keys)
        // Gatehouse writes there itself, or waits for the product to: nobody else is at fault.
        if keys != nil, try await context.store.isBeingUpgraded(record.id) {
            states = states.mapValues { [.changed, .missing, .otherKeys].contains($0.0) ? (.upgrading, nil) : $0 }
        }
        return paths.map { path in
            guard let file = known[path] else {
                if let (state, detail) = states[path], state == .otherKeys {
                    return Explanation.FileView(path: path, delivered: nil, state: state, detail: detail)
                }
                return Explanation.FileView(path: path, delivered: nil, state: .notDelivered, detail: nil)
            }
            let (state, detail) = states[path] ?? (.unknown, Self.noAnswer)
            let moved = knowsPlaces && !wanted.contains(path)
            return Explanation.FileView(
                path: path, delivered: file.at, state: state,
                detail: detail ?? trouble ?? (moved ? "The site and the profile name another place by now." : nil))
        }
    }

    private static let noAnswer = "Its disk gave no answer within \(patience / 1000) seconds: see to the file server."

    /// How each file is; a file that is left out gave no answer in time.
    private func look(
        at paths: [String], _ known: [String: DeliveredFile], _ keys: RegisteredKeys?
    ) async -> [String: (Explanation.FileView.State, String?)] {
        let roots = context.gateway.configuration.deliveryRoots
        let blocking = context.gateway.blocking
        let isByHand = profile?.vendor.isByHand == true
        return await withTaskGroup(of: (String, Explanation.FileView.State, String?)?.self) { group in
            for path in paths {
                let hash = known[path]?.sha256
                group.addTask {
                    await blocking.answer(within: .milliseconds(Self.patience)) {
                        let (state, detail) = Self.state(
                            of: path, delivered: hash, roots: roots, keys: keys, isByHand: isByHand)
                        return (path, state, detail)
                    }
                }
            }
            var states: [String: (Explanation.FileView.State, String?)] = [:]
            for await found in group {
                if let (path, state, detail) = found { states[path] = (state, detail) }
            }
            return states
        }
    }

    private static func state(
        of path: String, delivered: String?, roots: [String], keys: RegisteredKeys?, isByHand: Bool
    ) -> (Explanation.FileView.State, String?) {
        do throws(DeliveryError) {
            let destination = try Destination.resolve(path: path, roots: roots)
            guard let found = try Deliveries.inspect(destination) else {
                return (.missing, nil)
            }
            if let keys, let titles = try keys.others(at: destination, delivered: delivered, isByHand: isByHand) {
                return (.otherKeys, "It \(OtherKeys.clause(titles)).")
            }
            return (found.sha256 == delivered ? .asDelivered : .changed, nil)
        } catch {
            return (.unknown, error.sentence)
        }
    }
}

extension BlockingPool {
    /// What work says, if it says so in time; nil where it does not. It then goes on behind the caller's back: what
    /// waits for a dead file server can't be stopped.
    func answer<Value: Sendable>(
        within limit: DispatchTimeInterval, _ work: @escaping @Sendable () -> Value
    ) async -> Value? {
        await withCheckedContinuation { continuation in
            let first = FirstAnswer(continuation)
            Task {
                let value = try? await run(work)
                first.give(value)
            }
            DispatchQueue.global().asyncAfter(deadline: .now() + limit) { first.give(nil) }
        }
    }
}

/// Hands the first of two answers on.
private final class FirstAnswer<Value: Sendable>: Sendable {
    private let waiting: Mutex<CheckedContinuation<Value?, Never>?>

    init(_ continuation: CheckedContinuation<Value?, Never>) { waiting = Mutex(continuation) }

    func give(_ value: Value?) {
        let continuation = waiting.withLock { waiting in
            let continuation = waiting
            waiting = nil
            return continuation
        }
        continuation?.resume(returning: value)
    }
}
