import AdapterKit
import Testing

@Suite("Whether an entitlement shows what was ordered")
struct OrderedItemsTests {
    /// An order, what was held, what is held, and whether that shows it.
    struct Row: CustomTestStringConvertible, Sendable {
        var testDescription: String
        var items: OrderedItems
        var before: OrderedItems.Shown?
        var held: OrderedItems.Shown
        var isShown: Bool

        init(
            _ description: String, _ items: OrderedItems, before: OrderedItems.Shown? = Self.old,
            held: OrderedItems.Shown, _ isShown: Bool
        ) {
            testDescription = description
            self.items = items
            self.before = before
            self.held = held
            self.isShown = isShown
        }

        static let old = shown("r1", "2027-01-31", users: 10)

        static func shown(
            _ revision: String, _ expires: String?, users: Int? = nil, modules: [String] = ["GL"]
        ) -> OrderedItems.Shown {
            OrderedItems.Shown(
                revision: revision,
                entitlement: Entitlement(
                    dates: expires.flatMap(LocalDay.init).map { ["expires": .day($0)] } ?? [:],
                    seats: users.map { [Entitlement.SeatPool(name: "users", count: $0)] } ?? [],
                    modules: modules.map { Entitlement.Module(code: $0, name: $0) }))
        }

        static func seats(_ count: Int) -> OrderedItems {
            OrderedItems(seats: [Entitlement.SeatPool(name: "users", count: count)])
        }

        static let until2028 = OrderedItems(expires: LocalDay("2028-01-31"))

        static let all = [
            Row("a renewal to the day", until2028, held: shown("r2", "2028-01-31"), true),
            Row("a day short of it", until2028, held: shown("r2", "2028-01-30"), false),
            Row("a longer renewal", until2028, held: shown("r2", "2029-01-31"), true),
            Row("no date any more", until2028, held: shown("r2", nil), false),
            Row("what was held", until2028, held: old, false),
            Row("as many seats", seats(12), held: shown("r2", nil, users: 12), true),
            Row("more seats than ordered, by another order", seats(12), held: shown("r2", nil, users: 15), true),
            Row("too few seats", seats(12), held: shown("r2", nil, users: 11), false),
            Row("fewer seats, ordered", seats(8), held: shown("r2", nil, users: 8), true),
            Row("fewer seats, not yet", seats(8), held: old, false),
            Row("even fewer seats", seats(8), held: shown("r2", nil, users: 7), true),
            Row("no seats any more", seats(0), held: shown("r2", nil), true),
            Row("seats where nothing was held", seats(5), before: nil, held: shown("r1", nil, users: 5), true),
            Row("a pool that is not there", seats(1), before: nil, held: shown("r1", nil), false),
            Row("a module", OrderedItems(modules: ["AP"]), held: shown("r2", nil, modules: ["GL", "AP"]), true),
            Row(
                "a module in another case", OrderedItems(modules: ["ap"]), held: shown("r2", nil, modules: ["AP"]), true
            ),
            Row(
                "one module of two", OrderedItems(modules: ["AP", "AR"]), held: shown("r2", nil, modules: ["AP"]), false
            ),
            Row(
                "all of it", OrderedItems(expires: LocalDay("2028-01-31"), seats: seats(12).seats, modules: ["AP"]),
                held: shown("r2", "2028-01-31", users: 12, modules: ["AP"]), true),
            Row(
                "all but the seats", OrderedItems(expires: LocalDay("2028-01-31"), seats: seats(12).seats),
                held: shown("r2", "2028-01-31", users: 11), false),
            Row(
                "nothing named, and another revision", OrderedItems(), held: shown("r2", "2027-01-31", users: 10), true),
            Row("nothing named, and the same revision", OrderedItems(), held: old, false),
            Row("nothing named, where nothing was held", OrderedItems(), before: nil, held: old, true),
        ]
    }

    @Test("It shows it where all that was named is there", arguments: Row.all)
    func shown(_ row: Row) {
        #expect(row.items.isShown(by: row.held, after: row.before, in: .utc) == row.isShown)
    }

    @Test("An instant counts as the day that it is at the customer's")
    func instant() throws {
        let end = try #require(Instant("2028-02-01T03:00:00Z"))
        let held = OrderedItems.Shown(revision: "r2", entitlement: Entitlement(dates: ["expires": .instant(end)]))
        let items = OrderedItems(expires: LocalDay("2028-02-01"))
        #expect(items.isShown(by: held, after: nil, in: .utc))
        let toronto = try SystemZones.zone("America/Toronto")
        #expect(!items.isShown(by: held, after: nil, in: toronto))
    }

    @Test("A renewal is shown by validTo where that is the vendor's name for the last day")
    func validTo() throws {
        let ordered = OrderedItems(expires: LocalDay("2028-01-31"))
        for (day, isShown) in [("2028-01-30", false), ("2028-01-31", true), ("2028-06-30", true)] {
            let held = OrderedItems.Shown(
                revision: "r2",
                entitlement: Entitlement(dates: [
                    "validFrom": .day(ordered.expires ?? LocalDay(number: 0)),
                    "validTo": try #require(DateValue(day)),
                ]))
            #expect(ordered.isShown(by: held, after: Row.old, in: .utc) == isShown)
        }
    }
}
