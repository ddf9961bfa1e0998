import AdapterKit
import Foundation
import GatewayAPI
import GatewayStore
import Testing

@testable import GatewayCore

@Suite("What needs a person")
struct TodoTests {
    private func todo(_ gateway: Gateway, _ call: ListTodo = ListTodo()) async throws -> [TodoItem] {
        try await gateway.perform(call)
    }

    private func kinds(_ gateway: Gateway) async throws -> [TodoItem.Kind] { try await todo(gateway).map(\.kind) }

    @Test("A request to make, one to send and an answer to ask after come and go with the mail loop")
    func offline() async throws {
        try await OfflineFixture.withGateway { test, gateway in
            let due = try #require(try await todo(gateway).first)
            #expect(due.kind == .request && due.command == "gatehouse offline request maple --output FILE.xml")
            let request = try await gateway.request()
            let send = try await todo(gateway)
            #expect(send.map(\.kind) == [.send] && send.first?.since == request.requested)
            _ = try await gateway.perform(MarkOfflineSent(installations: ["maple"]))
            #expect(try await kinds(gateway) == [])
            test.time.pass(hours: 24 * 5)
            let reply = try await todo(gateway)
            #expect(reply.map(\.kind) == [.reply] && reply.first?.since == request.requested)
            #expect(reply.first?.command == "gatehouse offline import maple FILE.ent")
            _ = try await gateway.take(test.answer(request))
            #expect(try await kinds(gateway) == [])
            test.time.pass(hours: 24 * 21)
            #expect(try await kinds(gateway) == [.request])
        }
    }

    @Test("A step is listed until it is done or given up")
    func steps() async throws {
        try await ByHandFixture.withGateway { _, gateway in
            #expect(try await kinds(gateway) == [])
            let operation = try await gateway.ask("office")
            let other = try await gateway.ask("plant")
            let items = try await todo(gateway)
            #expect(items.map(\.kind) == [.step, .step])
            #expect(items.first?.what == "Refresh the license of Sage 200 by hand.")
            #expect(items.first?.command == "gatehouse steps show \(operation)")
            _ = try await gateway.perform(CompleteStep(operation: operation, step: 1, values: ByHandValues.first))
            _ = try await gateway.perform(CancelStep(operation: other))
            #expect(try await kinds(gateway) == [])
        }
    }

    @Test("An overdue order is listed until it arrives, and meanwhile nobody is told to renew what was ordered")
    func orders() async throws {
        try await OfflineFixture.with([.init(validTo: "2026-12-10")]) { test in
            try await test.open { gateway in
                try await test.add(.init(validTo: "2026-12-10"), to: gateway, profile: "sage200-online")
                _ = try await gateway.refresh("maple")
                let renewal = try #require(try await todo(gateway).first)
                #expect(renewal.kind == .renewal && renewal.what == "Renew Sage 200, which ends on 2026-12-10.")
                let order = try await gateway.perform(
                    AddOrder(
                        installation: "maple", placed: .now, items: OrderedItems(expires: LocalDay("2027-12-10")),
                        reference: "PO-7"))
                #expect(try await kinds(gateway) == [])
                test.time.set(order.until)
                let overdue = try await todo(gateway)
                #expect(overdue.contains { $0.kind == .order && $0.what.contains("PO-7") && $0.since == order.until })
                try test.write([.init(validTo: "2027-12-10")])
                _ = try await gateway.refresh("maple")
                #expect(try await kinds(gateway) == [])
            }
        }
    }

    @Test("A refused identity is listed with the vendor's reason until it is put right")
    func identity() async throws {
        try await OfflineFixture.with { test in
            try await test.open { gateway in
                try await test.add(.init(serial: "WRONG"), to: gateway, profile: "sage200-online")
                #expect(try await gateway.refresh("maple").outcome == .rejected)
                let item = try #require(try await todo(gateway).first)
                #expect(item.kind == .identity && item.what.contains("The Serial Number does not match"))
                #expect(item.command == "gatehouse installations show maple" && item.since == test.time.now)
                _ = try await gateway.perform(
                    SetInstallation(id: "maple", identity: ["serialNumber": OfflineFixture.License.maple.serial]))
                #expect(try await kinds(gateway) == [])
                _ = try await gateway.refresh("maple")
                #expect(try await kinds(gateway) == [])
            }
        }
    }

    @Test("A renewal is listed 30 days ahead, on the day and after it, until the license is renewed")
    func renewal() async throws {
        try await ByHandFixture.withGateway(at: "2026-11-10T10:00:00Z") { test, gateway in
            try await gateway.record("plant", ["expires": "2026-12-11", "modules": "GL=2026-11-20"])
            #expect(
                try await todo(gateway).map(\.what) == ["Renew the module GL of Sage 300, which ends on 2026-11-20."])
            try await gateway.record("plant", ["modules": "none"])
            #expect(try await kinds(gateway) == [])
            for (at, words) in [
                ("2026-11-11T00:00:00Z", "ends on 2026-12-11"), ("2026-12-11T12:00:00Z", "ends today"),
                ("2026-12-20T12:00:00Z", "ended on 2026-12-11"),
            ] {
                try test.time.set(at)
                let items = try await todo(gateway)
                #expect(items.map(\.what) == ["Renew Sage 300, which \(words)."], "\(at)")
            }
            try await gateway.record("plant", ["expires": "2027-12-11"])
            #expect(try await kinds(gateway) == [])
        }
    }

    @Test("The soonest loss of access comes first, what is lost already before it; owner, customer and scope choose")
    func order() async throws {
        try await ByHandFixture.withGateway { test, gateway in
            try await gateway.record("plant", ["expires": "2026-11-30"])
            try await gateway.record("office", ByHandValues.first)
            test.time.pass(hours: 24)
            _ = try await gateway.ask("plant")
            _ = try await gateway.ask("office")
            var items = try await todo(gateway)
            #expect(items.map(\.installation) == ["office", "plant", "plant"])
            #expect(items.map(\.kind) == [.step, .renewal, .step])
            test.time.pass(hours: 24 * 60)
            items = try await todo(gateway)
            let lost = items.compactMap(\.fullUntil)
            #expect(lost.count == items.count && lost == lost.sorted() && lost.allSatisfy { $0 <= test.time.now })
            _ = try await gateway.perform(SetInstallation(id: "office", facts: FactChanges(owner: "kim")))
            #expect(Set(try await todo(gateway, ListTodo(owner: "kim")).map(\.installation)) == ["office"])
            #expect(try await todo(gateway, ListTodo(owner: "nobody")).isEmpty)
            #expect(Set(try await todo(gateway, ListTodo(customer: "plant")).map(\.installation)) == ["plant"])
            let scoped = try await gateway.perform(ListTodo(), by: .limited(to: "office"))
            #expect(Set(scoped.map(\.installation)) == ["office"])
            let other = await callError {
                _ = try await gateway.perform(ListTodo(customer: "plant"), by: .limited(to: "office"))
            }
            #expect(other?.code == .notFound)
        }
    }

    @Test("Nothing of what is archived needs anybody")
    func archived() async throws {
        try await ByHandFixture.withGateway { _, gateway in
            try await gateway.record("plant", ["expires": "2026-11-30"])
            _ = try await gateway.ask("office")
            #expect(try await todo(gateway).count == 2)
            _ = try await gateway.perform(ArchiveCustomer(id: "plant"))
            _ = try await gateway.perform(ArchiveInstallation(id: "office"))
            #expect(try await kinds(gateway) == [])
        }
    }
}
