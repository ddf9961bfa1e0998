import AdapterKit
import GatewayAPI
import GatewayProfiles
import GatewayStore
import MarkedText

extension ShowAdapter: PerformedCall {
    func perform(in context: CallContext) async throws -> AdapterReference {
        let registry = context.gateway.registry
        guard let adapter = registry.adapter(for: protocolName) else {
            let known = registry.all.map(\.descriptor.protocolName)
            let near = nearest(to: protocolName, among: known).map { ": did you mean \(quoted($0))?" } ?? "."
            throw CallError(
                .notFound,
                "No adapter speaks the protocol \(quoted(protocolName))\(near) There are: "
                    + "\(known.joined(separator: ", "))."
            )
        }
        return AdapterReference(adapter.descriptor, capabilities: adapter.capabilities)
    }
}

extension ListAdapters: PerformedCall {
    func perform(in context: CallContext) async throws -> [AdapterView] {
        let gateway = context.gateway
        let desk = StandingDesk(gateway, at: .now, now: context.now)
        let tallies = try await context.store.readStatus(in: context.scope) { cursor in
            var desk = desk
            var tallies: [String: Tally] = [:]
            while let record = try cursor.next() {
                guard let result = try desk.standing(of: record, customer: cursor.customer) else { continue }
                tallies[result.profile.protocolName, default: Tally()].add(result.standing.level, record.lastContact)
            }
            return tallies
        }
        let failures = try await context.store.failures(in: context.scope, since: context.now.adding(hours: -24))
        let hosts = try await context.store.vendorHosts()
        return gateway.registry.all.map { adapter in
            let descriptor = adapter.descriptor
            let profiles = gateway.profiles.profiles.values.filter { $0.protocolName == descriptor.protocolName }
            let named = Set(profiles.compactMap(\.vendor.address).map(VendorLine.host(of:))).sorted()
            let tally = tallies[descriptor.protocolName]
            return AdapterView(
                protocolName: descriptor.protocolName, title: descriptor.title, version: descriptor.version,
                capabilities: adapter.capabilities, profiles: profiles.map(\.name).sorted(),
                installations: tally?.levels ?? [:],
                hosts: named.map { name in
                    Self.view(hosts.first { $0.host == name } ?? VendorHostRecord(host: name), at: context.now)
                }, lastContact: tally?.lastContact, failuresLastDay: failures[descriptor.protocolName] ?? 0)
        }
    }

    private static func view(_ host: VendorHostRecord, at now: Instant) -> AdapterView.HostView {
        AdapterView.HostView(
            host: host.host, breaker: host.breaker(at: now), openUntil: host.openUntil, failures: host.failures,
            lastContact: host.lastContact)
    }

    /// An adapter's installations, counted.
    private struct Tally: Sendable {
        var levels: [Level: Int] = [:]
        var lastContact: Instant?

        mutating func add(_ level: Level, _ contact: Instant?) {
            levels[level, default: 0] += 1
            if let contact { lastContact = max(lastContact ?? contact, contact) }
        }
    }
}

extension VendorHostRecord {
    /// Whether the host is asked: `closed` (it is), `open` (it is left alone), `half-open` (one tries).
    func breaker(at now: Instant) -> String { openUntil.map { $0 > now ? "open" : "half-open" } ?? "closed" }
}
