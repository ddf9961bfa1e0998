import AdapterKit
import Foundation
import GatewayAPI
import GatewayStore
import Testing

@testable import GatewayCore

@Suite("What a standing says of an order")
struct OrderStandingTests {
    /// A row of the table of order states, which AdapterKit's tests share.
    struct Row: CustomTestStringConvertible, Sendable {
        var testDescription: String
        var zone: String
        var placed: Instant
        var at: Instant
        var state: OrderState

        static func all() throws -> [Row] {
            let path = GatewayFixture.repository + "/Tests/AdapterKitTests/Fixtures/order-states.csv"
            let lines = try String(contentsOfFile: path, encoding: .utf8).split(separator: "\n").dropFirst()
            return try lines.compactMap { line in
                let fields = line.split(separator: ",", omittingEmptySubsequences: false).map(String.init)
                guard let placed = Instant(fields[2]), let at = Instant(fields[4]),
                    let state = OrderState(rawValue: fields[5])
                else { throw TestFailure("\(line)") }
                guard state.isOpen else { return nil }
                return Row(testDescription: fields[0], zone: fields[1], placed: placed, at: at, state: state)
            }
        }
    }

    @Test("An open order is told and changes nothing else", arguments: try Row.all())
    func unchanged(_ row: Row) async throws {
        let entry = SubscriptionFixture.Entry(id: "maple", expires: "2027-01-31", zone: row.zone)
        try await SubscriptionFixture.with([entry], at: "\(row.placed.adding(hours: -1))") { test in
            try await test.open { gateway in
                try await test.add(entry, to: gateway)
                #expect(try await gateway.refresh("maple").outcome == .updated)
                test.time.set(row.placed)
                let before = try await gateway.standing("maple", at: .instant(row.at))
                _ = try await gateway.perform(
                    AddOrder(
                        installation: "maple", placed: .now, items: OrderedItems(expires: LocalDay("2040-01-31"))))
                var after = try await gateway.standing("maple", at: .instant(row.at))
                let message = try #require(after.messages.last)
                after.messages.removeLast()
                let until = row.placed.adding(hours: 48)
                #expect(
                    message.contains(row.state == .overdue ? "is overdue since \(until)" : "on its way, until \(until)")
                )
                #expect(message.contains("gatehouse orders list") == (row.state == .overdue))
                after.refreshDue = before.refreshDue
                #expect(after == before)
                let earlier = try await gateway.standing("maple", at: .instant(row.placed.adding(seconds: -1)))
                #expect(!earlier.messages.contains { $0.contains("order") }, "it was not placed yet")
            }
        }
    }

    @Test("Read-only by the rule although a renewal is on its way, and full once it has come (VECTORS G4)")
    func renewal() async throws {
        let entry = SubscriptionFixture.Entry(id: "maple", expires: "2027-01-31")
        try await SubscriptionFixture.with([entry], at: "2027-03-17T20:00:00Z") { test in
            try await test.open { gateway in
                try await test.add(entry, to: gateway)
                #expect(try await gateway.refresh("maple").outcome == .updated)
                _ = try await gateway.perform(
                    AddOrder(
                        installation: "maple", placed: .now, items: OrderedItems(expires: LocalDay("2028-01-31"))))
                try test.time.set("2027-03-18T04:00:00Z")
                #expect(try await gateway.refresh("maple", .schedule).outcome == .unchanged)
                let waiting = try await gateway.standing("maple")
                #expect(waiting.level == .restricted && waiting.access == .readOnly)
                #expect(waiting.messages.last?.contains("on its way, until 2027-03-19T20:00:00Z") == true)
                #expect(try await gateway.perform(Allows(installation: "maple", action: .post)).allowed == false)
                try test.write([SubscriptionFixture.Entry(id: "maple", expires: "2028-01-31")])
                try test.time.set("2027-03-19T13:00:00Z")
                #expect(try await gateway.refresh("maple", .schedule).outcome == .updated)
                let renewed = try await gateway.standing("maple")
                #expect(renewed.level == .licensed && renewed.access == .full && renewed.messages.isEmpty)
                let order = try #require(try await gateway.perform(ListOrders()).first)
                #expect(order.state == .applied && order.applied == test.time.now)
            }
        }
    }

    @Test("Without an entitlement the steps to get one come first, then what was ordered")
    func unlicensed() async throws {
        try await EditFixture.with { _, gateway in
            _ = try await gateway.perform(AddOrder(installation: "n1", placed: .now))
            let row = try await gateway.standing("n1")
            #expect(row.level == .unlicensed && row.messages.count == 2)
            #expect(row.messages[0].contains("no entitlement yet") && row.messages[1].contains("on its way"))
        }
    }

    @Test("A timeline has each open order from when it was placed, and when it is overdue")
    func timeline() async throws {
        try await EditFixture.with { test, gateway in
            #expect(try await gateway.refresh("n1").outcome == .updated)
            let plain = try await gateway.perform(ShowTimeline(installation: "n1"))
            let order = try await gateway.perform(
                AddOrder(installation: "n1", placed: .instant(test.time.now.adding(hours: -2)), reference: "PO-1"))
            let timeline = try await gateway.perform(ShowTimeline(installation: "n1"))
            let orders = timeline.changes.filter { $0.cause.hasPrefix("order") }
            #expect(orders.map(\.cause) == ["order placed", "order overdue"])
            #expect(orders.map(\.at) == [order.placed, order.until])
            #expect(orders.allSatisfy { $0.level == .licensed && $0.message?.contains("PO-1") == true })
            #expect(timeline.changes.map(\.at) == timeline.changes.map(\.at).sorted())
            #expect(timeline.changes.count == plain.changes.count + 2)
            _ = try await gateway.perform(WithdrawOrder(id: order.id))
            #expect(try await gateway.perform(ShowTimeline(installation: "n1")).changes.count == plain.changes.count)
        }
    }
}
