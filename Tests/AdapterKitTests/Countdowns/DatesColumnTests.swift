import AdapterKit
import Testing

@Suite("The stored line of dates")
struct DatesColumnTests {
    @Test("What is written is read again, whatever the names hold")
    func roundTrip() throws {
        let dates: [String: DateValue] = [
            "expires": try #require(DateValue("2027-01-31")),
            "lastContact": try #require(DateValue("2026-01-01T10:00:00Z")),
            "fraction": try #require(DateValue("2026-01-01T10:00:00.250Z")),
            "a=b;c,d+e%20\n": try #require(DateValue("0001-01-01")),
            "größe": try #require(DateValue("9999-12-31")),
        ]
        let modules: [Entitlement.Module] = [
            .init(code: "GL", name: "General Ledger", expires: DateValue("2027-02-28")),
            .init(code: "+,;=%", name: "\u{0}\n\r100 %; “x”", expires: DateValue("2027-02-28T00:00:00Z")),
            .init(code: "", name: "", expires: DateValue("2027-02-28")),
            .init(code: "AR", name: "without a date"),
        ]
        let text = DatesColumn.text(dates: dates, modules: modules)
        #expect(!text.contains("\n"))
        let values = try DatesColumn.values(text.utf8)
        #expect(values.dates == dates)
        #expect(values.modules == modules.filter { $0.expires != nil })

        let rules = try CountdownRules([
            Countdown(
                name: "one", from: ["a=b;c,d+e%20\n", "größe"], stages: [.init(at: .days(0), level: .notice)])
        ])
        var facts = rules.facts(held: true, dates: ["vendorExpired": try #require(DateValue("2020-01-01"))])
        try rules.read(text.utf8, into: &facts)
        #expect(facts == rules.facts(held: true, dates: dates, modules: values.modules))
        // Bytes that are not stored in a row are read as well.
        var again = rules.facts(held: true)
        try rules.read(Array(text.utf8).lazy.map { $0 }, into: &again)
        #expect(again == facts)
    }

    @Test("The line is short and in the order of the names")
    func form() throws {
        let text = DatesColumn.text(
            dates: [
                "lastContact": try #require(DateValue("2026-01-01T10:00:00Z")),
                "expires": try #require(DateValue("2027-01-31")),
            ],
            modules: [.init(code: "GL", name: "General Ledger", expires: DateValue("2027-02-28"))])
        #expect(text == "expires=2027-01-31;lastContact=2026-01-01T10:00:00Z;+GL,General Ledger=2027-02-28")
        #expect(DatesColumn.text(dates: [:]).isEmpty)
        #expect(try DatesColumn.values("".utf8).dates.isEmpty)
    }

    @Test(
        "A line that was not written here is refused at its place",
        arguments: [
            ("expires", 0), ("expires=", 0), ("=2027-01-31", 0), ("expires=2027-02-29", 0), ("expires=2027-1-1", 0),
            ("expires=2027-01-31;", 18), (";expires=2027-01-31", 0), ("expires=2027-01-31;x=soon", 19),
            ("expires=2027-01-31T25:00:00Z", 0), ("expires=2027-01-31T10:00:00+01:00", 0),
            ("expires=2027-01-31T10:00:00", 0), ("+GL=2027-01-31", 0), ("expires=2027-01-31=2", 0),
            ("expires=2027/01/31", 0), ("expires=2027-01-31T10:00:00.2Z", 0),
        ])
    func refused(_ text: String, _ offset: Int) {
        let error = #expect(throws: DatesColumn.Malformed.self) { try DatesColumn.values(text.utf8) }
        #expect(error?.offset == offset)
    }

    @Test("Any cut of a line is read or refused, never worse")
    func cuts() throws {
        let text = Array("expires=2027-01-31;+G%2CL,General Ledger=2027-02-28T10:00:00.250Z".utf8)
        for start in text.indices {
            for end in start...text.count { _ = try? DatesColumn.values(text[start..<end]) }
        }
    }
}
