import AdapterKit
import Testing

@Suite("Checking countdowns")
struct CountdownRulesTests {
    private func problems(
        _ countdowns: [Countdown], dateFormat: String = "yyyy-MM-dd", knownDates: [String]? = nil
    ) -> [CountdownProblem] {
        do {
            _ = try CountdownRules(countdowns, dateFormat: dateFormat, knownDates: knownDates)
            return []
        } catch {
            return error.problems
        }
    }

    private func message(_ text: String, from: [String] = ["expires"], loss: Bool = true) -> [CountdownProblem] {
        problems([
            Countdown(
                name: "one", from: from,
                stages: [
                    .init(at: .days(0), level: .grace, message: text),
                    .init(at: .days(1), level: loss ? .stopped : .grace),
                ])
        ])
    }

    @Test("Every problem is told at once, with its place")
    func allAtOnce() throws {
        let problems = problems(
            [
                Countdown(
                    name: "one", from: ["expired"],
                    stages: [
                        .init(at: .days(5), level: .grace, message: "{dayz} left, {custmer}"),
                        .init(at: .days(1), level: .unlicensed),
                    ]),
                Countdown(name: "one", from: ["modules.expires", "expires"], stages: []),
                Countdown(name: "", from: [], stages: [.init(at: .days(0), level: .notice)]),
            ], dateFormat: "YYYY-MM-dd", knownDates: ["expires"])
        let places = problems.map { problem in
            "\(problem.countdown ?? -1) \(problem.stage ?? -1) \(problem.part) \(problem.offset ?? -1)"
        }
        #expect(
            places == [
                "0 -1 from(Optional(0)) -1", "0 1 at -1", "0 0 message 0", "0 0 message 13", "0 1 level -1",
                "1 -1 name -1", "1 -1 from(Optional(0)) -1", "1 -1 stages -1", "2 -1 name -1", "2 -1 from(nil) -1",
                "-1 -1 dateFormat 0",
            ])
        #expect(problems[0].message.contains("did you mean \"expires\"?"))
        #expect(problems[2].message.contains("did you mean {days}?"))
        #expect(problems[3].message.contains("did you mean {customer}?"))
        #expect(CountdownProblems(problems: problems).description.contains("countdown 1, stage 1, message, byte 14: "))
    }

    @Test(
        "Stages stand in order of time, a day counting as 24 hours",
        arguments: [
            ("-30d 0d 45d", true), ("0d 0d", false), ("10d 5d", false), ("-48h 0h", true), ("24h 1d", false),
            ("23h 1d 25h", true), ("1d 23h", false), ("-1d -24h", false), ("-1d -23h", true),
        ])
    func order(_ offsets: String, _ isRight: Bool) throws {
        let stages = try offsets.split(separator: " ").map {
            Countdown.Stage(at: try #require(Countdown.Offset(String($0))), level: .notice)
        }
        let found = problems([Countdown(name: "one", from: ["expires"], stages: stages)])
        #expect(found.isEmpty == isRight)
        #expect(found.allSatisfy { $0.part == .at })
    }

    @Test(
        "Placeholders are the known ones, closed, where they have an answer",
        arguments: [
            ("{product} {customer} {installation} {where} {days} {daysToDate} {daysToLoss} {lossDate} {date}", [Int]()),
            ("Größe {{ und }} {days}", []), ("{day}", [0]), ("ß {Days} {}", [3, 10]), ("open {days", [5]),
            ("a } b", [2]),
            ("{module}", [0]), ("{days {days}", [0]),
        ])
    func placeholders(_ text: String, _ offsets: [Int]) {
        #expect(message(text).map(\.offset) == offsets.map(Optional.some))
    }

    @Test("Days to a loss that never comes are refused")
    func noLoss() {
        #expect(message("{daysToLoss} {lossDate} {days}", loss: false).map(\.offset) == [0, 13])
        // The last stage, at which access is lost already, has no later one either.
        let last = problems([
            Countdown(
                name: "one", from: ["expires"], stages: [.init(at: .days(0), level: .stopped, message: "{daysToLoss}")])
        ])
        #expect(last.count == 1)
    }

    @Test("The module's name is for a countdown of modules only")
    func module() {
        #expect(message("{module}", from: [Countdown.moduleExpiry]).isEmpty)
        #expect(message("{module}").first?.message.contains("modules.expires") == true)
    }

    @Test("Dates are those that the adapter reports and those that always mean something")
    func knownDates() {
        func found(_ name: String) -> [CountdownProblem] {
            problems(
                [Countdown(name: "one", from: [name], stages: [.init(at: .days(0), level: .notice)])],
                knownDates: ["validTo"])
        }
        for name in ["validTo", "expires", "lastContact", "vendorExpired", "modules.expires"] {
            #expect(found(name).isEmpty, "\(name)")
        }
        #expect(found("validTill").first?.message.contains("did you mean \"validTo\"?") == true)
        #expect(found("somethingElse").first?.message.contains("there are validTo") == true)
        #expect(found("").first?.message.contains("empty") == true)
    }

    @Test(
        "A date format is made of the known tokens",
        arguments: [
            ("MM/dd/yyyy", "03/08/2027"), ("d MMMM yyyy", "8 March 2027"), ("dd MMM yyyy", "08 Mar 2027"),
            ("yyyyMMdd", "20270308"), ("d. MMM", "8. Mar"),
        ])
    func dateFormats(_ format: String, _ expected: String) throws {
        let rules = try CountdownRules(
            [
                Countdown(
                    name: "one", from: ["expires"], stages: [.init(at: .days(0), level: .notice, message: "{date}")])
            ], dateFormat: format)
        let facts = try Profiles.facts(rules, "expires=2027-03-08")
        let now = try #require(Instant("2027-04-01T00:00:00Z"))
        #expect(rules.standing(of: facts, at: now, in: .utc).messages(naming: Profiles.names) == [expected])
    }

    @Test(
        "Any other letter in a date format is refused at its place",
        arguments: [
            ("dd/mm/yyyy", [3]), ("D-yy", [0, 2]), ("", [0]), ("--", [0]), ("M/d/yyyy", [0]), ("yyyy MMMMM", [5]),
        ])
    func wrongDateFormats(_ format: String, _ offsets: [Int]) {
        let found = problems([], dateFormat: format)
        #expect(found.map(\.offset) == offsets.map(Optional.some))
        #expect(found.allSatisfy { $0.part == .dateFormat })
    }

    @Test("Numbers of days make their own plural, and every placeholder is filled")
    func messages() throws {
        let rules = try CountdownRules([
            Countdown(
                name: "one", from: ["expires"],
                stages: [
                    .init(
                        at: .days(-30), level: .notice,
                        message: "{product}|{customer}|{installation}|{where}|{{{daysToDate}}}|{days}|{daysToLoss}"),
                    .init(at: .days(1), level: .stopped, message: "{days}"),
                ])
        ])
        let facts = try Profiles.facts(rules, "expires=2027-01-31")
        func text(_ at: String) throws -> [String] {
            rules.standing(of: facts, at: try #require(Instant(at)), in: .utc).messages(naming: Profiles.names)
        }
        let names = "Sage 300|Acme|acme-300|Help > Licenses"
        #expect(try text("2027-01-30T00:00:00Z") == ["\(names)|{2 days}|-1 day|3 days"])
        #expect(try text("2027-01-31T00:00:00Z") == ["\(names)|{1 day}|0 days|2 days"])
        #expect(try text("2027-02-01T00:00:00Z") == ["\(names)|{0 days}|1 day|1 day"])
        #expect(try text("2027-02-02T00:00:00Z") == ["2 days"])
    }

    @Test(
        "An offset is days or hours within bounds",
        arguments: [
            ("45d", true), ("-30d", true), ("0h", true), ("100000d", true), ("100001d", false), ("+5d", false),
            ("-9223372036854775808d", false), ("5", false), ("d", false), ("5m", false), ("", false), ("5 d", false),
        ])
    func offsets(_ text: String, _ isRight: Bool) {
        #expect((Countdown.Offset(text) != nil) == isRight)
    }
}
