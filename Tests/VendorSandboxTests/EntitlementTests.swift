import AdapterKit
import Foundation
import Testing
import VendorFormats
import VendorSandbox

@Suite("What the stand-in answers about an entitlement")
struct EntitlementTests {
    @Test("A request whose three values match gets the whole grant, signed over its nonce")
    func changed() async throws {
        try await RunningSandbox.with(Books.one()) { sandbox in
            let answer = try await sandbox.ask(Question())
            #expect(answer.reply.headers["content-type"] == "application/xml")
            #expect(answer.reply.headers["cache-control"] == "no-store")
            #expect(answer.document.name == "entitlement" && answer.document.attribute("version") == "1")
            #expect(answer.status == "changed")
            #expect(answer["clientID"] == "30017482")
            #expect(answer["clientName"] == "Maple & Ridge Foods Ltd.")
            #expect(answer["serialNumber"] == "SCX26-0417-88213")
            #expect(answer["issued"] == "2026-11-22T10:00:00Z")
            #expect(answer["release"] == "Sage 300 2026")
            #expect(answer["edition"] == "Premium" && answer["region"] == "NA")
            #expect(answer["expires"] == "2027-01-31")
            #expect(answer["vendorStatus"] == "active")
            #expect(answer["users"] == "10" && answer["webUsers"] == "5")
            let modules = try answer.document.required("modules").children
            #expect(modules.map { $0.attribute("code") } == ["GL", "AP"])
            #expect(modules.map { $0.attribute("name") } == ["General Ledger", "Accounts <Payable> & \"more\""])
            #expect(modules.map { $0.attribute("expires") } == [nil, "2026-12-31"])
        }
    }

    @Test("Every answer says that it comes from a stand-in")
    func saysWhatItIs() async throws {
        try await RunningSandbox.with(Books.one()) { sandbox in
            let answer = try await sandbox.ask(Question())
            #expect(answer.reply.text.contains("<!-- From the sandbox, a stand-in."))
            #expect(answer.reply.headers["server"]?.contains("stand-in") == true)
            let index = try await sandbox.exchange("GET", "/")
            #expect(index.status == 200)
            #expect(index.text.contains("stands in") && index.text.contains("Sage 300 subscription: 1 customer"))
            #expect(index.text.contains("POST /sage300/v1/entitlement") && index.text.contains(sandbox.ready.publicKey))
            let missing = try await sandbox.exchange("GET", "/sage300")
            #expect(missing.status == 404 && missing.text.hasPrefix("Stand-in vendor: "))
        }
    }

    struct Mismatch: Sendable, CustomTestStringConvertible {
        var question: Question
        var field: String
        var reason: String
        var release: String?

        var testDescription: String { "\(field) \(reason): \(question.clientID), \(question.clientName)" }
    }

    @Test(
        "What does not match is told by its field, in the page's order, and nothing is granted",
        arguments: [
            Mismatch(question: Question(clientID: "30017483"), field: "clientID", reason: "unknown"),
            Mismatch(
                question: Question(clientID: "x", clientName: "x", serialNumber: "x"), field: "clientID",
                reason: "unknown"),
            Mismatch(
                question: Question(clientName: "Maple & Ridge Foods Ltd"), field: "clientName", reason: "mismatch"),
            Mismatch(
                question: Question(clientName: "maple & ridge foods ltd."), field: "clientName", reason: "mismatch"),
            Mismatch(question: Question(clientName: "x", serialNumber: "x"), field: "clientName", reason: "mismatch"),
            Mismatch(question: Question(serialNumber: "SCX26-0417-88214"), field: "serialNumber", reason: "mismatch"),
            Mismatch(
                question: Question(serialNumber: "SCX25-0417-51120"), field: "serialNumber", reason: "superseded",
                release: "Sage 300 2026"),
        ])
    func rejected(_ mismatch: Mismatch) async throws {
        try await RunningSandbox.with(Books.one()) { sandbox in
            let answer = try await sandbox.ask(mismatch.question)
            #expect(answer.status == "rejected")
            #expect(answer["field"] == mismatch.field && answer["reason"] == mismatch.reason)
            #expect(answer["currentRelease"] == mismatch.release)
            #expect(answer["expires"] == nil && !answer.reply.text.contains("88213"))
        }
    }

    @Test("Texts that Unicode takes for equal are not the same bytes")
    func bytes() async throws {
        let composed = "Caf\u{E9} Ltd."
        let book = Books.one().replacing("Maple & Ridge Foods Ltd.", with: composed)
        try await RunningSandbox.with(book) { sandbox in
            let same = try await sandbox.ask(Question(clientName: composed))
            #expect(same.status == "changed")
            let equivalent = try await sandbox.ask(Question(clientName: "Cafe\u{301} Ltd."))
            #expect(equivalent["field"] == "clientName")
        }
    }

    @Test("The present revision gets 'unchanged'; another one, and none, get the grant")
    func unchanged() async throws {
        try await RunningSandbox.with(Books.one()) { sandbox in
            let first = try await sandbox.ask(Question())
            let revision = try #require(first["revision"])
            let again = try await sandbox.ask(Question(heldRevision: revision))
            #expect(again.status == "unchanged")
            #expect(again["revision"] == revision && again["clientName"] == "Maple & Ridge Foods Ltd.")
            #expect(again["expires"] == nil)
            try await #expect(sandbox.ask(Question(heldRevision: "r0")).status == "changed")
            try await #expect(sandbox.ask(Question())["revision"] == revision)
        }
    }

    @Test(
        "The revision changes with what is granted, and only then",
        arguments: [
            (Books.one(users: 11), true), (Books.one(expires: "2027-02-01"), true),
            (Books.one("status: expired"), true), (Books.one("edition: Standard"), true),
            (Books.one("region: EU"), true), (Books.one().replacing("General Ledger", with: "Ledger"), true),
            (Books.one().replacing("Sage 300 2026", with: "Sage 300 2027"), true),
            (Books.one().replacing("2025", with: "2024"), false), ("# A comment.\n" + Books.one(), false),
            (Books.one("status: active"), false), (Books.one(expires: "+70d"), false),
        ])
    func revision(_ edit: (book: String, changes: Bool)) async throws {
        try await RunningSandbox.with(Books.one()) { sandbox in
            let revision = try #require(try await sandbox.ask(Question())["revision"])
            try sandbox.folder.write(edit.book)
            let answer = try await sandbox.ask(Question(heldRevision: revision))
            #expect(answer.status == (edit.changes ? "changed" : "unchanged"))
        }
    }

    @Test("A new name of the customer is a change too")
    func renamed() async throws {
        try await RunningSandbox.with(Books.one()) { sandbox in
            let revision = try #require(try await sandbox.ask(Question())["revision"])
            try sandbox.folder.write(Books.one().replacing("Maple & Ridge Foods Ltd.", with: "Maple Ltd."))
            let answer = try await sandbox.ask(Question(clientName: "Maple Ltd.", heldRevision: revision))
            #expect(answer.status == "changed" && answer["clientName"] == "Maple Ltd.")
        }
    }

    @Test("Days counted from today move with the stand-in's clock, in UTC")
    func relativeDays() async throws {
        try await RunningSandbox.with(Books.one(expires: "+70d")) { sandbox in
            try sandbox.clock.set("2026-11-22T23:59:59Z")
            let before = try await sandbox.ask(Question())
            #expect(before["expires"] == "2027-01-31")
            try sandbox.clock.set("2026-11-23T00:00:00Z")
            let after = try await sandbox.ask(Question(heldRevision: before["revision"]))
            #expect(after.status == "changed" && after["expires"] == "2027-02-01")
        }
    }

    @Test("No answer is issued before an earlier one, though the clock goes back")
    func issued() async throws {
        try await RunningSandbox.with(Books.one()) { sandbox in
            try sandbox.clock.set("2026-11-22T12:00:00.250Z")
            try await #expect(sandbox.ask(Question())["issued"] == "2026-11-22T12:00:00.250Z")
            try sandbox.clock.set("2026-11-20T12:00:00Z")
            try await #expect(sandbox.ask(Question())["issued"] == "2026-11-22T12:00:00.250Z")
        }
    }

    @Test(
        "Since when a status holds is what the book says, or when its days ended, or when it was first seen",
        arguments: [
            ("2027-01-31", "status: active", "2000-01-01T00:00:00Z"),
            ("2027-01-31", "status: active\nstatusSince: -3d", "2026-11-19T00:00:00Z"),
            ("2027-01-31", "status: active\nstatusSince: 0d", "2026-11-22T00:00:00Z"),
            ("2027-01-31", "status: expired\nstatusSince: 2026-11-20T15:30:00+02:00", "2026-11-20T13:30:00Z"),
            ("2027-01-31", "status: expired", "2026-11-22T10:00:00Z"),
            ("2026-11-01", "status: expired", "2026-11-02T00:00:00Z"),
        ])
    func since(_ row: (expires: String, lines: String, since: String)) async throws {
        try await RunningSandbox.with(Books.one(expires: row.expires, row.lines)) { sandbox in
            try await #expect(sandbox.ask(Question()).since == row.since)
        }
    }

    @Test("An edit of the status alone begins it at that moment, and a further edit does not move it")
    func sinceEdit() async throws {
        try await RunningSandbox.with(Books.one()) { sandbox in
            try sandbox.clock.set("2026-11-23T09:00:00Z")
            try sandbox.folder.write(Books.one("status: expired"))
            try await #expect(sandbox.ask(Question()).since == "2026-11-23T09:00:00Z")
            try sandbox.clock.set("2026-11-24T09:00:00Z")
            try sandbox.folder.write(Books.one(users: 3, "status: expired"))
            let later = try await sandbox.ask(Question())
            #expect(later.since == "2026-11-23T09:00:00Z" && later["users"] == "3")
            try sandbox.folder.write(Books.one("status: active"))
            try await #expect(sandbox.ask(Question()).since == "2026-11-24T09:00:00Z")
        }
    }
}
