import AdapterKit
import Foundation
import GatewayAPI
import Synchronization

@testable import GatewayCore

/// The customer `north` with the installation `n1`, at a vendor that grants what a test says, and a profile with rules
/// for seats.
struct SeatEstate: Sendable {
    let fixture: GatewayFixture
    let vendor: TestVendor
    private let granted: Granted

    /// What the vendor grants.
    private final class Granted: Sendable {
        let state: Mutex<(entitlement: Entitlement, answer: (@Sendable () -> TestVendor.Answer?)?)>
        init(_ entitlement: Entitlement) { state = Mutex((entitlement, nil)) }
    }

    /// The last day that is covered, in every test: the clock begins half a year before.
    static let expires = "2027-05-31"

    static func license(
        _ seats: [String: Int] = ["users": 3], modules: [Entitlement.Module] = [], expires: String = expires
    ) throws -> Entitlement {
        guard let day = LocalDay(expires) else { throw TestFailure("\(expires) is no day") }
        return Entitlement(
            dates: ["expires": .day(day)],
            seats: seats.sorted { $0.key < $1.key }.map { Entitlement.SeatPool(name: $0.key, count: $0.value) },
            modules: modules)
    }

    static func profile(_ seats: String, address: String, refresh: String) -> String {
        """
        name: test
        product: Test Product
        protocol: test
        vendor: { address: "\(address)" }
        refresh: { every: \(refresh) }
        seats: \(seats)
        countdowns:
          license:
            from: expires
            stages:
              - { at: 0d, level: grace, label: Expired, message: "Renew {product} within {daysToLoss}." }
              - { at: 10d, level: restricted, label: Read-only, message: "{product} ended {days} ago." }
              - { at: 20d, level: stopped, label: Stopped, message: "{product} is over since {days}." }
          modules:
            from: modules.expires
            optional: true
            stages:
              - { at: 0d, level: stopped, label: Module over, message: "{module} is over." }

        """
    }

    /// Runs a test with an installation that is refreshed.
    static func with(
        seats: String = "{}", _ license: Entitlement? = nil, refresh: String = "400d", isRefreshed: Bool = true,
        mostPauses: Int = 50_000, _ body: (SeatEstate, Gateway) async throws -> Void
    ) async throws {
        let granted = Granted(try license ?? Self.license())
        try await GatewayFixture.with(mostPauses: mostPauses) { fixture in
            try await TestVendor.with { _ in
                let (entitlement, answer) = granted.state.withLock { $0 }
                if let answer = answer?() { return answer }
                let body = (try? JSONEncoder().encode(entitlement)) ?? Data()
                return .reply(200, String(decoding: body, as: UTF8.self))
            } _: { vendor in
                let estate = SeatEstate(fixture: fixture, vendor: vendor, granted: granted)
                try estate.write(seats: seats, refresh: refresh)
                try await estate.open { gateway in
                    _ = try await gateway.perform(
                        AddCustomer(id: "north", displayName: "North Ltd.", timeZone: "UTC"))
                    try await estate.add("n1", of: "north", to: gateway)
                    if isRefreshed { try await estate.refresh(gateway) }
                    try await body(estate, gateway)
                }
            }
        }
    }

    var time: TestTime { fixture.time }

    func write(seats: String, refresh: String = "400d") throws {
        try fixture.write(profile: "test", Self.profile(seats, address: vendor.url, refresh: refresh))
    }

    func open(_ time: TestTime? = nil, _ body: (Gateway) async throws -> Void) async throws {
        let fixture = GatewayFixture(folder: fixture.folder, time: time ?? fixture.time)
        try await fixture.withGateway([Self.adapter], body)
    }

    func add(_ installation: String, of customer: String, to gateway: Gateway) async throws {
        _ = try await gateway.perform(
            AddInstallation(
                id: installation, customer: customer, profile: "test", identity: ["account": installation],
                site: ["shared": [fixture.site(installation)]]))
    }

    /// Changes what the vendor grants.
    func grant(_ license: Entitlement) { granted.state.withLock { $0.entitlement = license } }

    /// Has the vendor answer otherwise; nil from the closure for the license.
    func answer(_ answer: (@Sendable () -> TestVendor.Answer?)?) { granted.state.withLock { $0.answer = answer } }

    func refresh(_ gateway: Gateway, _ installation: String = "n1") async throws {
        let result = try await gateway.refresh(installation)
        guard result.outcome == .updated else { throw TestFailure("\(result)") }
    }

    /// Grants something else, at once.
    func change(_ license: Entitlement, _ gateway: Gateway) async throws {
        grant(license)
        time.pass(seconds: 1)
        try await refresh(gateway)
    }

    /// An adapter that takes an entitlement as the vendor sends it.
    private static let adapter = ScriptedAdapter.any(
        begin: { facts in Transition(ScriptState(step: "asked"), .send(.test(facts))) },
        resume: { (state, event, facts) throws(AdapterError) in
            guard case .answer(let response) = event else { throw AdapterError(.malformed, "no answer") }
            guard response.status == 200,
                let entitlement = try? JSONDecoder().decode(Entitlement.self, from: Data(response.body))
            else { throw AdapterError(.rejected, "no such account", field: "account") }
            return Transition(
                state,
                .finish(
                    .updated(
                        Grant(
                            attestation: .test(facts), revision: "r\(facts.now.milliseconds)", entitlement: entitlement,
                            files: []))))
        })
}

extension Gateway {
    /// Claims a seat of `n1`.
    func claim(
        _ user: String, _ pool: String = "users", modules: [String] = [], session: String? = nil,
        administrator: Bool = false, on installation: String = "n1", by caller: Caller = .msp
    ) async throws -> SeatAnswer {
        try await perform(
            ClaimSeat(
                installation: installation, user: user, pool: pool, modules: modules, session: session,
                administrator: administrator), by: caller)
    }

    func renew(_ session: String, by caller: Caller = .msp) async throws -> SeatAnswer {
        try await perform(RenewSeat(SessionSelection(id: session)), by: caller)
    }

    func release(_ session: String?, by caller: Caller = .msp) async throws -> Bool {
        guard let session else { throw TestFailure("no session to release") }
        return try await perform(ReleaseSeat(SessionSelection(id: session)), by: caller).released
    }
}
