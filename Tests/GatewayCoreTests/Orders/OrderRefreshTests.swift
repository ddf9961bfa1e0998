import AdapterKit
import Foundation
import GatewayAPI
import GatewayStore
import Synchronization
import Testing

@testable import GatewayCore

@Suite("Refreshing while an order is on its way")
struct OrderRefreshTests {
    private static let entry = SubscriptionFixture.Entry(id: "maple", expires: "2027-01-31", zone: "America/Chicago")
    private static let renewed = SubscriptionFixture.Entry(
        id: "maple", expires: "2028-01-31", zone: "America/Chicago")

    private func withMaple(
        at now: String = "2026-11-22T10:00:00Z", _ body: (SubscriptionFixture, Gateway) async throws -> Void
    ) async throws {
        try await SubscriptionFixture.with([Self.entry], at: now) { test in
            try await test.open { gateway in
                try await test.add(Self.entry, to: gateway)
                #expect(try await gateway.refresh("maple").outcome == .updated)
                try await body(test, gateway)
            }
        }
    }

    private func order(_ gateway: Gateway, _ items: OrderedItems = OrderedItems()) async throws -> OrderView {
        try await gateway.perform(AddOrder(installation: "maple", placed: .now, items: items, reference: "PO-1"))
    }

    private func state(_ gateway: Gateway) async throws -> OrderState? {
        try await gateway.perform(ListOrders()).first?.state
    }

    @Test("It is asked about at once and hourly until the order is overdue; then as often as ever")
    func hourly() async throws {
        try await withMaple { test, gateway in
            test.time.pass(hours: 24)
            #expect(try await gateway.refresh("maple", .schedule).outcome == .notDue)
            let order = try await order(gateway, OrderedItems(expires: LocalDay("2028-01-31")))
            #expect(try await gateway.stored("maple").refreshDue == test.time.now)
            for _ in 1...3 {
                let asked = test.time.now
                #expect(try await gateway.refresh("maple", .schedule).outcome == .unchanged)
                #expect(try await gateway.stored("maple").refreshDue == asked.adding(hours: 1))
                #expect(try await gateway.refresh("maple", .schedule).outcome == .notDue)
                test.time.pass(hours: 1)
            }
            #expect(try await state(gateway) == .propagating, "an unchanged answer shows nothing")
            test.time.set(order.until.adding(milliseconds: -1))
            #expect(try await gateway.refresh("maple", .schedule).outcome == .unchanged)
            let last = try await gateway.stored("maple").refreshDue
            #expect(last == order.until.adding(hours: 1, milliseconds: -1))
            test.time.set(order.until)
            #expect(try await state(gateway) == .overdue)
            test.time.pass(hours: 1)
            #expect(try await gateway.refresh("maple", .schedule).outcome == .unchanged)
            let zone = try gateway.zones.zone(named: "America/Chicago")
            #expect(try await gateway.stored("maple").refreshDue == zone.instant(test.time.now, addingDays: 14))
            #expect(try await state(gateway) == .overdue)
        }
    }

    @Test("Once a refresh shows it, it is applied by that very operation, and nobody asks hourly any more")
    func applied() async throws {
        try await withMaple { test, gateway in
            let order = try await order(gateway, OrderedItems(expires: LocalDay("2028-01-31")))
            test.time.pass(hours: 1)
            #expect(try await gateway.refresh("maple", .schedule).outcome == .unchanged)
            try test.write([Self.renewed])
            test.time.pass(hours: 1)
            let report = try await gateway.perform(Refresh(selection: .due, trigger: .schedule))
            let result = try #require(report.results.first)
            #expect(result.outcome == .updated && result.orders == [order.id] && report.ordersApplied == 1)
            #expect(result.message.hasSuffix(" It shows the order \"PO-1\", which is applied."))
            let told = try await gateway.perform(ListOperations()).first
            #expect(told?.message == result.message, "who waited for it reads the same")
            let shown = try #require(try await gateway.perform(ListOrders()).first)
            #expect(shown.state == .applied && shown.applied == test.time.now && shown.appliedBy == result.operation)
            let record = try await gateway.stored("maple")
            let zone = try gateway.zones.zone(named: "America/Chicago")
            #expect(record.orderUntil == nil && record.refreshDue == zone.instant(test.time.now, addingDays: 14))
            #expect(try await gateway.standing("maple").messages.isEmpty)
            let operation = try await gateway.perform(ShowOperation(id: result.operation ?? ""))
            #expect(operation.steps.contains { $0.kind == "order" && $0.detail.contains(order.id) })
            let trail = try await gateway.perform(ListAudit())
            #expect(trail.first?.act == "orders.applied" && trail.first?.detail.contains(order.id) == true)
        }
    }

    @Test("An order that is overdue is applied all the same, once it is shown")
    func late() async throws {
        try await withMaple { test, gateway in
            _ = try await order(gateway, OrderedItems(expires: LocalDay("2028-01-31")))
            test.time.pass(hours: 24 * 5)
            #expect(try await gateway.refresh("maple", .schedule).outcome == .unchanged)
            #expect(try await state(gateway) == .overdue)
            try test.write([Self.renewed])
            #expect(try await gateway.refresh("maple").outcome == .updated)
            #expect(try await state(gateway) == .applied)
        }
    }

    @Test("What was held when it was recorded late shows it with the next answer, even an unchanged one")
    func recordedLate() async throws {
        try await withMaple { test, gateway in
            let placed = test.time.now.adding(hours: 1)
            test.time.pass(hours: 2)
            try test.write([Self.renewed])
            #expect(try await gateway.refresh("maple").outcome == .updated)
            test.time.pass(hours: 2)
            for items in [OrderedItems(), OrderedItems(expires: LocalDay("2028-01-31"))] {
                _ = try await gateway.perform(AddOrder(installation: "maple", placed: .instant(placed), items: items))
            }
            #expect(try await gateway.refresh("maple", .schedule).outcome == .unchanged)
            #expect(try await gateway.perform(ListOrders()).map(\.state) == [.applied, .applied])
        }
    }

    @Test("An order that names nothing is applied with the first change, and not before")
    func unnamed() async throws {
        try await withMaple { test, gateway in
            _ = try await order(gateway)
            test.time.pass(hours: 1)
            #expect(try await gateway.refresh("maple", .schedule).outcome == .unchanged)
            #expect(try await state(gateway) == .propagating)
            // Asked for anew, the vendor grants the same under the same mark: that is no change.
            _ = try await gateway.perform(
                SetInstallation(id: "maple", site: ["sharedData": [test.fixture.site("moved")]]))
            test.time.pass(hours: 1)
            #expect(try await gateway.refresh("maple", .schedule).outcome == .updated)
            #expect(try await state(gateway) == .propagating)
            try test.write([Self.renewed])
            test.time.pass(hours: 1)
            #expect(try await gateway.refresh("maple", .schedule).outcome == .updated)
            #expect(try await state(gateway) == .applied)
        }
    }

    @Test("Of several orders each is applied by what shows it, and the last that is open keeps the hour")
    func several() async throws {
        try await withMaple { test, gateway in
            let seats = try await order(gateway, OrderedItems(seats: [.init(name: "users", count: 10)]))
            test.time.pass(hours: 47)
            let renewal = try await order(gateway, OrderedItems(expires: LocalDay("2028-01-31")))
            #expect(try await gateway.stored("maple").orderUntil == renewal.until)
            #expect(try await gateway.refresh("maple", .schedule).outcome == .unchanged)
            let states = try await gateway.perform(ListOrders())
            #expect(states.map(\.id) == [renewal.id, seats.id] && states.map(\.state) == [.propagating, .applied])
            #expect(try await gateway.stored("maple").refreshDue == test.time.now.adding(hours: 1))
        }
    }

    @Test("A refusal is tried again within the hour while an order is on its way, since it may be what is awaited")
    func refusal() async throws {
        try await SubscriptionFixture.with([SubscriptionFixture.Entry(id: "other", expires: "2027-01-31")]) { test in
            try await test.open { gateway in
                try await test.add(Self.entry, to: gateway)
                #expect(try await gateway.refresh("maple").outcome == .rejected)
                #expect(try await gateway.refresh("maple", .schedule).outcome == .notDue)
                _ = try await order(gateway)
                #expect(try await gateway.refresh("maple", .schedule).outcome == .rejected)
                #expect(try await gateway.stored("maple").nextTry == test.time.now.adding(hours: 1))
                try test.write([Self.entry])
                test.time.pass(hours: 1)
                #expect(try await gateway.refresh("maple", .schedule).outcome == .updated)
                #expect(try await state(gateway) == .applied)
            }
        }
    }

    @Test("An order that is recorded while a refresh is under way is asked about within the hour")
    func underWay() async throws {
        let gateway = Mutex<Gateway?>(nil)
        try await EditFixture.with(vendor: { _ in
            if let gateway = gateway.withLock({ $0 }) {
                let done = DispatchSemaphore(value: 0)
                Task {
                    _ = try? await gateway.perform(AddOrder(installation: "n1", placed: .now))
                    done.signal()
                }
                done.wait()
            }
            return .reply(200, "r1")
        }) { test, open async throws in
            #expect(try await open.refresh("n1").outcome == .updated)
            test.time.pass(hours: 1)
            gateway.withLock { $0 = open }
            #expect(try await open.refresh("n1").outcome == .unchanged)
            gateway.withLock { $0 = nil }
            #expect(try await open.perform(ListOrders()).count == 1)
            #expect(try await open.stored("n1").refreshDue == test.time.now.adding(hours: 1))
        }
    }

    @Test("A profile that wants no refresh by itself is not asked about hourly either")
    func never() async throws {
        try await TestGateway.with(ScriptedAdapter.asking(), refresh: "") { _ in
            .reply(200, "r1")
        } _: { test in
            try await test.open(ScriptedAdapter.asking()) { gateway async throws in
                #expect(try await gateway.refresh("n1").outcome == .updated)
                _ = try await gateway.perform(AddOrder(installation: "n1", placed: .now))
                #expect(try await gateway.refresh("n1", .schedule).outcome == .notDue)
                #expect(try await gateway.refresh("n1").outcome == .unchanged)
                #expect(try await gateway.stored("n1").refreshDue == nil)
            }
        }
    }

    @Test(
        "Once an order is overdue the next refresh is due by the customer's wall again (VECTORS F)",
        arguments: [
            ("America/Chicago", "2026-10-25T14:00:00Z", "2026-11-08T15:00:00Z"),
            ("America/Chicago", "2026-03-01T15:00:00Z", "2026-03-15T14:00:00Z"),
            ("America/New_York", "2028-02-15T14:00:00Z", "2028-02-29T14:00:00Z"),
        ])
    func due(_ row: (zone: String, refreshed: String, due: String)) async throws {
        let entry = SubscriptionFixture.Entry(id: "maple", expires: "2038-01-31", zone: row.zone)
        try await SubscriptionFixture.with([entry], at: row.refreshed) { test in
            try await test.open { gateway in
                try await test.add(entry, to: gateway)
                for (hours, due) in [(-48, Instant(row.due)), (-47, test.time.now.adding(hours: 1))] {
                    let order = try await gateway.perform(
                        AddOrder(
                            installation: "maple", placed: .instant(test.time.now.adding(hours: hours)),
                            items: OrderedItems(expires: LocalDay("2040-01-31"))))
                    #expect([.updated, .unchanged].contains(try await gateway.refresh("maple").outcome))
                    #expect(try await gateway.stored("maple").refreshDue == due)
                    _ = try await gateway.perform(WithdrawOrder(id: order.id))
                }
            }
        }
    }
}
