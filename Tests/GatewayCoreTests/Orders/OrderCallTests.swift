import AdapterKit
import Foundation
import GatewayAPI
import GatewayStore
import Testing

@testable import GatewayCore

@Suite("Recording orders")
struct OrderCallTests {
    @Test("An order is recorded as it was placed, listed newest first, and told in the trail")
    func add() async throws {
        try await EditFixture.with { test, gateway in
            let placed = test.time.now.adding(hours: -3)
            let items = OrderedItems(
                expires: LocalDay("2028-01-31"),
                seats: [.init(name: "users", count: 12), .init(name: "web", count: 3)],
                modules: ["GL", "AP"])
            let order = try await gateway.perform(
                AddOrder(installation: "n1", placed: .instant(placed), items: items, reference: " PO-4711 "))
            #expect(order.state == .propagating && order.placed == placed && order.until == placed.adding(hours: 48))
            #expect(order.items == items && order.reference == "PO-4711" && order.customer == "north")
            #expect(order.caller == Caller.msp.id && order.applied == nil && order.withdrawn == nil)
            let now = try await gateway.perform(AddOrder(installation: "n1", placed: .now))
            #expect(now.placed == test.time.now && now.items.isEmpty)
            #expect(try await gateway.perform(ListOrders()) == [now, order])
            let record = try #require(try await gateway.perform(ListAudit()).dropFirst().first)
            #expect(record.act == "orders.add" && record.subject == "n1")
            #expect(
                record.detail == "order \(order.id), placed \(placed), expires 2028-01-31, 12 users, 3 web, module GL, "
                    + "module AP, reference \"PO-4711\"")
        }
    }

    @Test(
        "What can't be is refused with what would be right, and nothing is recorded",
        arguments: [
            (
                AddOrder(installation: "n1", placed: .day(LocalDay(number: 20_779))),
                ["2026-11-22T09:00:00-05:00", "\"now\""]
            ),
            (AddOrder(installation: "n1", placed: .day(LocalDay(number: 20_650))), ["T09:00:00-04:00"]),
            (
                AddOrder(installation: "n1", placed: .instant(Instant(milliseconds: 1_795_341_600_001))),
                ["still to come"]
            ),
            (AddOrder(installation: "n9", placed: .now), ["no installation"]),
            (
                AddOrder(
                    installation: "n1", placed: .now,
                    items: OrderedItems(
                        seats: [.init(name: "a=b", count: -1), .init(name: "u", count: 1), .init(name: "u", count: 2)],
                        modules: ["A,B"])), ["\"a=b\"", "0 to 1000000", "given twice", "\"A,B\""]
            ),
            (AddOrder(installation: "n1", placed: .now, reference: "a\u{1B}b"), ["control characters"]),
        ])
    func refused(_ row: (call: AddOrder, says: [String])) async throws {
        try await EditFixture.with { _, gateway in
            let before = try await gateway.stored("n1")
            let error = await callError { _ = try await gateway.perform(row.call) }
            for word in row.says { #expect(error?.message.contains(word) == true, "\(error as Any)") }
            #expect(try await gateway.perform(ListOrders()).isEmpty)
            #expect(try await gateway.stored("n1") == before)
        }
    }

    @Test("A withdrawn order is waited for no more; one that is withdrawn or applied can't be withdrawn")
    func withdraw() async throws {
        try await EditFixture.with { test, gateway in
            let order = try await gateway.perform(AddOrder(installation: "n1", placed: .now))
            let kept = try await gateway.perform(
                AddOrder(installation: "n1", placed: .instant(test.time.now.adding(hours: -40))))
            test.time.pass(hours: 1)
            let withdrawn = try await gateway.perform(WithdrawOrder(id: order.id))
            #expect(withdrawn.state == .withdrawn && withdrawn.withdrawn == test.time.now)
            #expect(try await gateway.perform(ListOrders(open: true)).map(\.id) == [kept.id])
            #expect(try await gateway.stored("n1").orderUntil == kept.until)
            let again = await callError { _ = try await gateway.perform(WithdrawOrder(id: order.id)) }
            #expect(again?.code == .conflict && again?.message.contains("withdrawn already") == true)
            #expect(try await gateway.refresh("n1").outcome == .updated)
            let applied = await callError { _ = try await gateway.perform(WithdrawOrder(id: kept.id)) }
            #expect(applied?.code == .conflict && applied?.message.contains("a refresh showed it") == true)
            #expect(await callError { _ = try await gateway.perform(WithdrawOrder(id: "none")) }?.code == .notFound)
            #expect(
                try await gateway.perform(ListAudit()).contains { $0.act == "orders.withdraw" && $0.subject == "n1" })
        }
    }

    @Test("Orders are listed by customer and installation; an archived one's only when it is named")
    func list() async throws {
        try await EditFixture.with { test, gateway in
            try await test.add("n2", to: gateway)
            let first = try await gateway.perform(AddOrder(installation: "n1", placed: .now))
            test.time.pass(hours: 1)
            let second = try await gateway.perform(AddOrder(installation: "n2", placed: .now))
            #expect(try await gateway.perform(ListOrders(customer: "north")).map(\.id) == [second.id, first.id])
            #expect(try await gateway.perform(ListOrders(installation: "n1")).map(\.id) == [first.id])
            _ = try await gateway.perform(ArchiveInstallation(id: "n1"))
            #expect(try await gateway.perform(ListOrders(open: true)).map(\.id) == [second.id])
            #expect(try await gateway.perform(ListOrders(installation: "n1")).map(\.id) == [first.id])
            let error = await callError { _ = try await gateway.perform(AddOrder(installation: "n1", placed: .now)) }
            #expect(error?.code == .conflict && error?.message.contains("archive n1 --undo") == true)
            let unknown = await callError { _ = try await gateway.perform(ListOrders(customer: "nobody")) }
            #expect(unknown?.code == .notFound)
        }
    }
}
