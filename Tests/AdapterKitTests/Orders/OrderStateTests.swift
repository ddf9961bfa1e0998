import AdapterKit
import Testing

@Suite("How an order stands")
struct OrderStateTests {
    @Test(
        "An order is on its way for 48 elapsed hours, whatever the clocks do",
        arguments: try Fixtures.rows("order-states.csv"))
    func vectors(_ row: Fixtures.Row) throws {
        let placed = try row.need(try row.instant("placed"), "placed")
        let now = try row.need(try row.instant("at"), "at")
        let state = OrderState(placed: placed, applied: try row.instant("appliedAt"), at: now)
        #expect(state == OrderState(rawValue: row["order"]), "\(row.testDescription): \(state)")
        #expect(OrderState.until(placed: placed).milliseconds - placed.milliseconds == 48 * 3_600_000)
    }

    @Test("It is open until it is applied, and it is applied from the very instant")
    func open() throws {
        let placed = try #require(Instant("2026-11-22T10:00:00Z"))
        let applied = placed.adding(hours: 60)
        #expect(OrderState(placed: placed, applied: applied, at: applied.adding(milliseconds: -1)) == .overdue)
        #expect(OrderState(placed: placed, applied: applied, at: applied) == .applied)
        #expect(OrderState.allCases.filter(\.isOpen) == [.propagating, .overdue])
    }
}
