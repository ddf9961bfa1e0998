import AdapterKit
import GatewayAPI
import GatewayProfiles
import GatewayStore

/// Works out how installations stand, from the columns of a listing. What rows share, rules and time zone, is looked
/// up when it changes from one row to the next, and the facts are filled anew in place: a portfolio has a hundred
/// thousand rows.
struct StandingDesk {
    private let gateway: Gateway
    private let point: PointInTime
    private let now: Instant
    private var benches: [String: Bench] = [:]
    private var bench: Bench?
    private var facts: StandingFacts?
    private var zone = Zone.utc
    private var zones: [String: Zone] = [:]
    private var at: Instant

    /// What a profile's installations share.
    final class Bench: Sendable {
        let profile: Profile
        /// How they get their entitlement.
        let way: EntitlementWay

        /// The rules are its own, since desks work side by side.
        init(profile: Profile, way: EntitlementWay) {
            self.way = way
            var profile = profile
            profile.rules = profile.rules.apart
            self.profile = profile
        }
    }

    /// An installation's standing, and what it was worked out with.
    struct Result {
        var standing: Standing
        var bench: Bench
        var customer: String
        var installation: String
        var orderUntil: Instant?

        var profile: Profile { bench.profile }
        var facts: StandingFacts { standing.facts }
        var zone: Zone { standing.zone }
        var at: Instant { standing.now }

        /// Whom and what messages speak of.
        var names: MessageNames {
            MessageNames(
                product: bench.profile.product, customer: customer, installation: installation,
                where: bench.profile.place)
        }
    }

    init(_ gateway: Gateway, at point: PointInTime, now: Instant) {
        self.gateway = gateway
        self.point = point
        self.now = now
        switch point {
        case .now: at = now
        case .instant(let instant): at = instant
        case .day(let day): at = Zone.utc.firstInstant(of: day)
        }
    }

    /// How an installation stands; nil where its profile is missing or broken, so that nobody can say.
    mutating func standing(of record: StatusRecord, customer: CustomerRecord) throws -> Result? {
        var dates = record.dates
        guard let outlook = try dates.withUTF8({ try outlook(on: record, dates: $0, customer: customer) }) else {
            return nil
        }
        return standing(outlook, of: record, customer: customer)
    }

    /// The level and the times of how an installation stands, likewise.
    ///
    /// - Parameter dates: As ``StatusRecord/dates`` has them.
    mutating func outlook(
        on record: StatusRecord, dates: UnsafeBufferPointer<UInt8>, customer: CustomerRecord
    ) throws -> StandingOutlook? {
        guard let bench = bench(record.profile) else { return nil }
        let rules = bench.profile.rules
        try enter(customer.timeZone)
        var facts = self.facts ?? rules.facts(of: nil)
        // Taken out while it is changed, or every row would copy it.
        self.facts = nil
        facts.clear()
        do {
            try rules.read(dates, into: &facts)
        } catch {
            throw StoreError(.corrupt, "The stored dates of \(record.id) can't be read: \(error)")
        }
        facts.held = record.held
        facts.vendorStatus = record.vendorStatus
        facts[.lastContact] = record.lastContact.map(DateValue.instant)
        facts[.offlineActivated] = record.offlineActivated.map(DateValue.instant)
        let outlook = rules.outlook(of: facts, at: at, in: zone)
        self.facts = facts
        return outlook
    }

    /// How the installation stands that was looked on last.
    func standing(_ outlook: StandingOutlook, of record: StatusRecord, customer: CustomerRecord) -> Result? {
        guard let bench, let facts else { return nil }
        return Result(
            standing: bench.profile.rules.standing(outlook, of: facts, at: at, in: zone), bench: bench,
            customer: customer.name, installation: record.id, orderUntil: record.orderUntil)
    }

    /// What the installation that was looked on last has to say, worst first.
    func messages(_ outlook: StandingOutlook, of record: StatusRecord, customer: CustomerRecord) -> [String] {
        // Most rows of a long list: nothing holds, nothing is odd, and nothing was ordered.
        if outlook.isSilent, record.orderUntil == nil { return [] }
        return standing(outlook, of: record, customer: customer)?.messages ?? []
    }

    /// The profile of the installation that was looked on last.
    var product: (name: String, protocolName: String) {
        (bench?.profile.product ?? "", bench?.profile.protocolName ?? "")
    }

    private mutating func bench(_ name: String) -> Bench? {
        if let bench, bench.profile.name == name { return bench }
        guard let profile = gateway.profiles.profiles[name] else { return nil }
        let found = benches[name] ?? Bench(profile: profile, way: gateway.way(of: profile))
        benches[name] = found
        bench = found
        facts = nil
        return found
    }

    private mutating func enter(_ name: String) throws {
        guard name != zone.name else { return }
        if let known = zones[name] {
            zone = known
        } else {
            zone = try gateway.zones.zone(named: name).apart
            zones[name] = zone
        }
        if case .day(let day) = point { at = zone.firstInstant(of: day) }
    }
}

extension StandingDesk.Result {
    /// What there is to say, worst first: the countdowns' messages, what is odd, and without an entitlement the
    /// steps to get one; then what was ordered.
    var messages: [String] {
        guard let orderUntil,
            let order = OrderMessage.text(until: orderUntil, of: installation, at: at)
        else { return ownMessages }
        return ownMessages + [order]
    }

    private var ownMessages: [String] {
        guard facts.held else { return [stepsToLicense] }
        return standing.messages(naming: names) + standing.remarks.map(\.description)
    }

    private var stepsToLicense: String {
        let none = "\(profile.product) for \(customer) has no entitlement yet"
        let command = "`\(bench.way.command(for: installation))`"
        switch bench.way {
        case .recording: return "\(none): \(command) records what is licensed."
        case .authorization:
            return "\(none): \(command) shows a code, and where a person types it to acquire a license."
        case .refresh, .refreshAndKeys, .keys: break
        }
        if profile.vendor.isByHand {
            return
                "\(none): `gatehouse refresh \(installation)` opens a step for a person, who looks it up and records it."
        }
        let place = profile.place.isEmpty ? "" : " (\(profile.place))"
        if bench.way == .keys {
            return "\(none): run \(command) with its keys, which the vendor activates; those that are active "
                + "in the product already\(place) are given as they are."
        }
        return "\(none): check that its identity is what the "
            + "vendor's record says\(place), then run `gatehouse refresh \(installation)`."
    }
}
