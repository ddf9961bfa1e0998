import AdapterKit
import Foundation
import GatewayAPI
import GatewayStore
import Testing

@testable import GatewayCore

@Suite("Changing a customer, and who can be asked")
struct CustomerEditTests {
    @Test("A name, a time zone and notes are changed together, and the trail tells what was and what is")
    func set() async throws {
        try await EditFixture.with { _, gateway in
            let view = try await gateway.perform(
                SetCustomer(
                    id: "north", displayName: " North Group ", timeZone: "Europe/London", notes: "Ask Jo.\r\nTwice."))
            #expect(view.name == "North Group" && view.timeZone == "Europe/London" && view.notes == "Ask Jo.\nTwice.")
            #expect(try await gateway.perform(ShowCustomer(id: "north")) == view)
            let record = try #require(try await gateway.perform(ListAudit(limit: 1)).first)
            #expect(record.act == "customers.set" && record.subject == "north")
            #expect(
                record.detail
                    == #"name: "North Ltd." → "North Group"; time zone: "America/Toronto" → "Europe/London"; notes set"#
            )
            _ = try await gateway.perform(SetCustomer(id: "north", displayName: "North Group", notes: ""))
            #expect(try await gateway.perform(ListAudit(limit: 1)).first?.detail == "notes cleared")
        }
    }

    @Test("In another time zone the same dates are other instants, and nothing else is rewritten")
    func zone() async throws {
        try await EditFixture.with { test, gateway in
            #expect(try await gateway.refresh("n1").outcome == .updated)
            let before = try await gateway.stored("n1")
            _ = try await gateway.perform(SetCustomer(id: "north", timeZone: "UTC"))
            let utc = try await gateway.standing("n1").until
            _ = try await gateway.perform(SetCustomer(id: "north", timeZone: "Pacific/Kiritimati"))
            #expect(try await gateway.standing("n1").until == utc?.adding(hours: -14))
            var after = try await gateway.stored("n1")
            after.timeZone = before.timeZone
            #expect(after == before)
        }
    }

    @Test(
        "What is wrong is refused, and nothing is changed",
        arguments: [
            (SetCustomer(id: "north", displayName: " "), "1 to 200"),
            (SetCustomer(id: "north", displayName: "Fine", timeZone: "America/Torronto"), "America/Toronto"),
            (SetCustomer(id: "north", notes: "a\u{1B}[2J"), "control characters"),
            (SetCustomer(id: "north", notes: String(repeating: "x", count: 4001)), "4000"),
            (SetCustomer(id: "north"), "what is to change"), (SetCustomer(id: "nobody", notes: ""), "no customer"),
        ])
    func refused(_ row: (call: SetCustomer, says: String)) async throws {
        try await EditFixture.with { _, gateway in
            let before = try await gateway.perform(ShowCustomer(id: "north"))
            let records = try await gateway.perform(ListAudit()).count
            let error = await callError { _ = try await gateway.perform(row.call) }
            #expect(error?.message.contains(row.says) == true, "\(error as Any)")
            #expect(try await gateway.perform(ShowCustomer(id: "north")) == before)
            #expect(try await gateway.perform(ListAudit()).count == records)
        }
    }

    @Test("Contacts are listed by role; what is removed is gone, and no record keeps a name")
    func contacts() async throws {
        try await EditFixture.with { test, gateway in
            for (role, name) in [
                (ContactRole.support, "Sam"), (.technical, "Tia"), (.owner, "Olu"), (.technical, "Tom"),
            ] {
                test.time.pass(seconds: 1)
                _ = try await gateway.perform(
                    AddContact(
                        customer: "north", role: role, personName: name, email: "\(name)@north.example",
                        phone: "+1 416 555-0100 x12"))
            }
            let list = try await gateway.perform(ListContacts(customer: "north"))
            #expect(list.map(\.name) == ["Olu", "Tia", "Tom", "Sam"])
            let tia = list[1]
            #expect(try await gateway.perform(RemoveContact(customer: "north", contact: tia.id)) == tia)
            #expect(try await gateway.perform(ListContacts(customer: "north")).map(\.name) == ["Olu", "Tom", "Sam"])
            let again = await callError {
                _ = try await gateway.perform(RemoveContact(customer: "north", contact: tia.id))
            }
            #expect(again?.code == .notFound && again?.message.contains("contacts list north") == true)
            let trail = try await gateway.perform(ListAudit()).filter { $0.act.hasPrefix("customers.contacts") }
            #expect(trail.count == 5 && trail.first?.detail == "contact \(tia.id), technical")
            let told = trail.map(\.detail).joined()
            #expect(["Olu", "Tia", "Tom", "Sam", "north.example", "555"].allSatisfy { !told.contains($0) })
        }
    }

    @Test(
        "A contact without a name, or with what is no address or number, is refused",
        arguments: [
            ("", "", "", ["1 to 200"]), ("Jo", "jo", "", ["name@example.com"]), ("Jo", "jo@", "", ["none"]),
            ("Jo", "jo@a@b", "", ["none"]), ("Jo", "jo smith@b.example", "", ["none"]),
            ("Jo", "a..b@c.example", "", ["none"]),
            ("Jo", "Jo <jo@b.example>", "", ["none"]), ("Jo", "", "call me", ["telephone"]),
            ("Jo", "", "12", ["3 to 20"]),
            ("Jo", "", "+1\u{1B}416555", ["telephone"]), ("", "x", "y", ["1 to 200", "mail", "telephone"]),
        ] as [(String, String, String, [String])])
    func wrongContacts(_ row: (name: String, email: String, phone: String, says: [String])) async throws {
        try await EditFixture.with { _, gateway async throws in
            let error = await callError {
                _ = try await gateway.perform(
                    AddContact(
                        customer: "north", role: .owner, personName: row.name, email: row.email, phone: row.phone))
            }
            #expect(error?.code == .invalid)
            for word in row.says { #expect(error?.message.contains(word) == true, "\(error as Any)") }
            #expect(try await gateway.perform(ListContacts(customer: "north")).isEmpty)
        }
    }

    @Test("The very same contact is not added twice, and not to a customer that is not there")
    func twice() async throws {
        try await EditFixture.with { _, gateway in
            let call = AddContact(customer: "north", role: .owner, personName: "Olu", email: "olu@north.example")
            _ = try await gateway.perform(call)
            #expect(await callError { _ = try await gateway.perform(call) }?.code == .conflict)
            var other = call
            other.customer = "nobody"
            #expect(await callError { _ = try await gateway.perform(other) }?.code == .notFound)
        }
    }
}
