import AdapterKit
import GatewayStore

/// Leaves a vendor's host alone for a while once it has failed several times, so that an outage stays cheap.
///
/// Closed: it is asked. Open: it is not. Half open: the time is over and one request tries. What is learned is kept
/// in the store, since a command ends long before an outage does.
actor Breakers {
    private let store: Store
    private let surroundings: Surroundings
    private var hosts: [String: Host] = [:]

    private struct Host {
        var record: VendorHostRecord
        var trying = false
        var saved: VendorHostRecord?
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
        var host = await host(name)
        let now = surroundings.now()
        // A rest that ends later than any was ever begun by a clock that has been set back since.
        if let until = host.record.openUntil, until <= now.adding(milliseconds: 2 * Self.longestRest) {
            guard until <= now, !host.trying else {
                throw AdapterError(
                    .unreachable,
                    "\(name) failed \(host.record.failures) times (\(host.record.lastFailure ?? "no answer")) and is left "
                        + "alone until \(until).")
            }
            host.trying = true
            hosts[name] = host
        }
    }

    /// A host answered.
    func succeeded(_ name: String) async {
        var host = await host(name)
        host.record.failures = 0
        host.record.openUntil = nil
        host.record.lastContact = surroundings.now()
        host.trying = false
        hosts[name] = host
        await save(name)
    }

    /// A host did not answer, or not in order.
    func failed(_ name: String, _ message: String) async {
        var host = await host(name)
        let now = surroundings.now()
        // Of many requests under way when a host fails, only those sent to a closed breaker count on.
        if host.record.openUntil == nil || host.trying {
            host.record.failures += 1
            host.record.lastFailure = message
            host.record.lastFailureAt = now
            if host.record.failures >= Self.threshold {
                let doublings = min(host.record.failures - Self.threshold, 10)
                let rest = min(Self.shortestRest << doublings, Self.longestRest)
                host.record.openUntil = now.adding(milliseconds: surroundings.jittered(rest))
            }
        }
        host.trying = false
        hosts[name] = host
        await save(name)
    }

    /// A request was given up before it told anything about the host.
    func abandoned(_ name: String) {
        hosts[name]?.trying = false
    }

    private func host(_ name: String) async -> Host {
        if let host = hosts[name] { return host }
        // Without its record a host is asked as if it never failed.
        let records = (try? await store.vendorHosts()) ?? []
        for record in records where hosts[record.host] == nil {
            hosts[record.host] = Host(record: record, saved: record)
        }
        let host = hosts[name] ?? Host(record: VendorHostRecord(host: name))
        hosts[name] = host
        return host
    }

    /// Writes a host's record where it says something new; a contact alone only now and then.
    private func save(_ name: String) async {
        guard let host = hosts[name] else { return }
        let record = host.record
        if let saved = host.saved, saved.failures == record.failures, saved.openUntil == record.openUntil,
            let before = saved.lastContact, let contact = record.lastContact,
            contact.milliseconds - before.milliseconds < Self.contactInterval
        {
            return
        }
        hosts[name]?.saved = record
        // A lost record costs a few requests more after a restart, no harm.
        try? await store.save(record)
    }
}
