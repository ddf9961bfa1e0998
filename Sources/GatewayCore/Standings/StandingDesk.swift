import AdapterKit
import GatewayAPI
import GatewayProfiles
import GatewayStore

/// Works out how installations stand, from the columns of a listing: rules and time zones are looked up once.
struct StandingDesk {
    private let gateway: Gateway
    private let point: PointInTime
    private let now: Instant
    private var zones: [String: Zone] = [:]
    private var benches: [String: Bench] = [:]

    /// What a profile's installations share.
    struct Bench {
        var profile: Profile
        var facts: StandingFacts
    }

    /// An installation's standing, and what it was worked out with.
    struct Result {
        var standing: Standing
        var names: MessageNames
        var profile: Profile
        var facts: StandingFacts
        var zone: Zone
        var at: Instant
    }

    init(_ gateway: Gateway, at point: PointInTime, now: Instant) {
        self.gateway = gateway
        self.point = point
        self.now = now
    }

    /// How an installation stands; nil where its profile is missing or broken, so that nobody can say.
    mutating func standing(of record: StatusRecord, customer: CustomerRecord) throws -> Result? {
        guard var bench = bench(record.profile) else { return nil }
        let zone = try zone(customer.timeZone)
        let at =
            switch point {
            case .now: now
            case .instant(let instant): instant
            case .day(let day): zone.firstInstant(of: day)
            }
        bench.facts.clear()
        do {
            try bench.profile.rules.read(record.dates.utf8, into: &bench.facts)
        } catch {
            throw StoreError(.corrupt, "The stored dates of \(record.id) can't be read: \(error)")
        }
        bench.facts.held = record.held
        bench.facts.vendorStatus = record.vendorStatus
        bench.facts[.lastContact] = record.lastContact.map(DateValue.instant)
        let names = MessageNames(
            product: bench.profile.product, customer: customer.name, installation: record.id,
            where: bench.profile.place)
        return Result(
            standing: bench.profile.rules.standing(of: bench.facts, at: at, in: zone), names: names,
            profile: bench.profile, facts: bench.facts, zone: zone, at: at)
    }

    private mutating func bench(_ name: String) -> Bench? {
        if let bench = benches[name] { return bench }
        guard let profile = gateway.profiles.profiles[name] else { return nil }
        let bench = Bench(profile: profile, facts: profile.rules.facts(of: nil))
        benches[name] = bench
        return bench
    }

    private mutating func zone(_ name: String) throws -> Zone {
        if let zone = zones[name] { return zone }
        let zone = try gateway.zones.zone(named: name)
        zones[name] = zone
        return zone
    }
}

extension StandingDesk.Result {
    /// What there is to say, worst first: the countdowns' messages, what is odd, and without an entitlement the
    /// steps to get one.
    var messages: [String] {
        guard facts.held else { return [stepsToLicense] }
        return standing.messages(naming: names) + standing.remarks.map(\.description)
    }

    private var stepsToLicense: String {
        let place = profile.place.isEmpty ? "" : " (\(profile.place))"
        return "\(profile.product) for \(names.customer) has no entitlement yet: check that its identity is what the "
            + "vendor's record says\(place), then run `gatehouse refresh \(names.installation)`."
    }
}
