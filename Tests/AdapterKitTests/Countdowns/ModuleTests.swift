import AdapterKit
import Testing

@Suite("Modules")
struct ModuleTests {
    private func instant(_ text: String) throws -> Instant { try #require(Instant(text)) }

    private func rules() throws -> CountdownRules {
        try CountdownRules([
            Profiles.subscription,
            Countdown(
                name: "modules", from: [Countdown.moduleExpiry],
                stages: [
                    .init(at: .days(-10), level: .warning, message: "{module} ends in {daysToDate}"),
                    .init(at: .days(0), level: .stopped, label: "Expired", message: "{module} ended {days} ago"),
                ]),
        ])
    }

    private func facts(_ rules: CountdownRules, expires: String) throws -> StandingFacts {
        rules.facts(
            held: true, dates: ["expires": try #require(DateValue(expires))],
            modules: [
                .init(code: "GL", name: "General Ledger", expires: DateValue("2026-06-30")),
                .init(code: "AP", name: "", expires: DateValue("2026-07-05")),
                .init(code: "AR", name: "Accounts Receivable"),
            ])
    }

    @Test("A lapsed module is without access itself and counts at most as grace for the installation")
    func lapsed() throws {
        let rules = try rules()
        let facts = try facts(rules, expires: "2027-01-31")
        let standing = rules.standing(of: facts, at: try instant("2026-07-02T00:00:00Z"), in: .utc)
        #expect(standing.level == .grace)
        #expect(standing.access == .full)
        #expect(standing.label == "GL: Expired")
        #expect(standing.days == 2)
        #expect(standing.messages(naming: Profiles.names) == ["General Ledger ended 2 days ago", "AP ends in 4 days"])
        #expect(standing.until == (try instant("2026-07-06T00:00:00Z")))
        #expect(standing.fullUntil == (try instant("2027-03-18T00:00:00Z")))
        #expect(standing.stages.map(\.module) == ["GL", "AP"])
        #expect(standing.stages.map(\.level) == [.stopped, .warning])
        #expect(standing.modules.map(\.level) == [.stopped, .warning, .licensed])
        #expect(standing.modules.map(\.access) == [.none, .full, .full])
        #expect(standing.modules.map(\.label) == ["Expired", "Licensed", "Licensed"])
        #expect(standing.module("AR")?.name == "Accounts Receivable")
        #expect(standing.module("XX") == nil)
    }

    @Test("A module stands no better than its installation")
    func worstOfBoth() throws {
        let rules = try rules()
        let facts = try facts(rules, expires: "2026-05-01")
        let standing = rules.standing(of: facts, at: try instant("2026-06-25T00:00:00Z"), in: .utc)
        #expect(standing.level == .restricted)
        #expect(standing.label == "Read-only")
        #expect(standing.modules.map(\.level) == [.restricted, .restricted, .restricted])
        #expect(standing.modules.map(\.label) == ["Read-only", "Read-only", "Read-only"])
        let unlicensed = rules.standing(
            of: rules.facts(modules: facts.modules), at: try instant("2026-06-25T00:00:00Z"), in: .utc)
        #expect(unlicensed.modules.map(\.level) == [.unlicensed, .unlicensed, .unlicensed])
    }

    @Test("Without modules a countdown of modules is silent")
    func none() throws {
        let rules = try rules()
        let facts = rules.facts(held: true, dates: ["expires": try #require(DateValue("2027-01-31"))])
        #expect(rules.standing(of: facts, at: try instant("2026-06-25T00:00:00Z"), in: .utc).level == .licensed)
    }

    @Test("A module's label wins over that of a lesser stage of the installation")
    func label() throws {
        let rules = try CountdownRules([
            Countdown(
                name: "one", from: ["expires"],
                stages: [.init(at: .days(-30), level: .notice, label: "Renewing")]),
            Countdown(name: "two", from: ["expires"], stages: [.init(at: .days(-30), level: .warning)]),
            Countdown(
                name: "modules", from: [Countdown.moduleExpiry],
                stages: [.init(at: .days(0), level: .warning, label: "Ended")]),
        ])
        let standing = rules.standing(
            of: try facts(rules, expires: "2026-07-31"), at: try instant("2026-07-02T00:00:00Z"), in: .utc)
        #expect(standing.label == "GL: Ended")
        #expect(standing.modules.map(\.label) == ["Ended", "Renewing", "Renewing"])
    }
}
