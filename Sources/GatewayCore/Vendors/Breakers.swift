import AdapterKit
import GatewayStore
import Synchronization

/// Leaves a vendor's host alone for a while once it has failed several times, so that an outage stays cheap.
///
/// Closed: it is asked. Open: it is not. Half open: the time is over and one request tries. What is learned is kept
/// in the store, since a command ends long before an outage does.
final class Breakers: Sendable {
    private let store: Store
    private let surroundings: Surroundings
    // Not an actor: nearly every request finds its host known and in order, and no task need wait its turn for that.
    private let hosts = Mutex<[String: Host]>([:])

    private struct Host {
        var record: VendorHostRecord
        var trying = false
        var saved: VendorHostRecord?

        /// Whether the record says something new; a contact alone only now and then.
        var isNews: Bool {
            guard let saved, saved.failures == record.failures, saved.openUntil == record.openUntil,
                let before = saved.lastContact, let contact = record.lastContact
            else { return true }
            return contact.milliseconds - before.milliseconds >= Breakers.contactInterval
        }
    }

    /// Failures in a row before a host is left alone.
    static let threshold = 5
    /// The first rest, in milliseconds; each further failure doubles it, up to the longest.
    static let shortestRest = 30_000
    /// The longest rest, in milliseconds.
    static let longestRest = 15 * 60_000
    /// How old a contact on record may grow, in milliseconds, before it is written again.
    static let contactInterval: Int64 = 60_000

    init(store: Store, surroundings: Surroundings) {
        self.store = store
        self.surroundings = surroundings
    }

    /// Lets a request to a host through, or not.
    ///
    /// - Throws: ``AdapterError`` `unreachable` while the host is left alone.
    func admit(_ name: String) async throws(AdapterError) {
        await know(name)
        let now = surroundings.now()
        let refused = hosts.withLock { hosts -> AdapterError? in
            // A rest that ends later than any was ever begun by a clock that has been set back since.
            guard let host = hosts[name], let until = host.record.openUntil,
                until <= now.adding(milliseconds: 2 * Self.longestRest)
            else { return nil }
            guard until <= now, !host.trying else {
                return AdapterError(
                    .unreachable,
                    "\(name) failed \(host.record.failures) times (\(host.record.lastFailure ?? "no answer")) and is left "
                        + "alone until \(until).")
            }
            hosts[name]?.trying = true
            return nil
        }
        if let refused { throw refused }
    }

    /// A host answered.
    func succeeded(_ name: String) async {
        await learn(name) { host, now in
            host.record.failures = 0
            host.record.openUntil = nil
            host.record.lastContact = now
        }
    }

    /// A host did not answer, or not in order.
    func failed(_ name: String, _ message: String) async {
        await learn(name) { host, now in
            // Of many requests under way when a host fails, only those sent to a closed breaker count on.
            guard host.record.openUntil == nil || host.trying else { return }
            host.record.failures += 1
            host.record.lastFailure = message
            host.record.lastFailureAt = now
            guard host.record.failures >= Self.threshold else { return }
            let doublings = min(host.record.failures - Self.threshold, 10)
            let rest = min(Self.shortestRest << doublings, Self.longestRest)
            host.record.openUntil = now.adding(milliseconds: surroundings.jittered(rest))
        }
    }

    /// A request was given up before it told anything about the host.
    func abandoned(_ name: String) { hosts.withLock { $0[name]?.trying = false } }

    /// Reads what was learned before, the first time that a host is asked. Without its record it is asked as if it
    /// never failed.
    private func know(_ name: String) async {
        if hosts.withLock({ $0[name] != nil }) { return }
        let records = (try? await store.vendorHosts()) ?? []
        hosts.withLock { hosts in
            for record in records where hosts[record.host] == nil {
                hosts[record.host] = Host(record: record, saved: record)
            }
            if hosts[name] == nil { hosts[name] = Host(record: VendorHostRecord(host: name)) }
        }
    }

    /// Changes what is known of a host, and writes it down where that is news.
    private func learn(_ name: String, _ change: (inout Host, Instant) -> Void) async {
        await know(name)
        let now = surroundings.now()
        let news = hosts.withLock { hosts -> VendorHostRecord? in
            guard var host = hosts[name] else { return nil }
            change(&host, now)
            host.trying = false
            let news = host.isNews ? host.record : nil
            if let news { host.saved = news }
            hosts[name] = host
            return news
        }
        // A lost record costs a few requests more after a restart, no harm.
        if let news { try? await store.save(news) }
    }
}
