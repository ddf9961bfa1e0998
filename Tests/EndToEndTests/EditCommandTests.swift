import Foundation
import Testing

@Suite("Editing, archiving and orders, as commands do it")
struct EditCommandTests {
    @Test("A server moves: files go to the new place with the next refresh, and everybody can read why")
    func move() async throws {
        try await Estate.with { estate in
            _ = try await estate.standIn(Client.maple.book())
            let old = try await estate.add()[0]
            try await estate.must("refresh", "maple-sage300")
            let new = try estate.site("moved/SharedData")
            let set = try await estate.must("installations", "set", "maple-sage300", "--site", "sharedData=\(new)")
            #expect(set.out.contains("Left alone from now on: \(old)."))
            #expect(set.out.contains("Next: gatehouse refresh maple-sage300"))
            try await estate.must("refresh", "--due")
            #expect(FileManager.default.fileExists(atPath: old))
            #expect(FileManager.default.fileExists(atPath: new + "/entitlements.xml"))
            let again = try await estate.must("installations", "set", "maple-sage300", "--site", "sharedData=\(new)")
            #expect(again.out.contains("nothing was changed") && again.err.isEmpty)
            let audit = try await estate.json("audit", "list").array ?? []
            let change = try #require(audit.first { $0["act"] == "installations.set" })
            #expect(change["detail"]?.string?.contains("SharedData\" → \"\(new)\"") == true)
            let outside = try await estate.must("installations", "set", "maple-sage300", "--site", "sharedData=/srv/x")
            #expect(outside.err.contains("gatehouse: warning: The destination \"/srv/x/entitlements.xml\""))
        }
    }

    @Test("Facts are set, shown and cleared, and wrong usage is told as such")
    func facts() async throws {
        try await Estate.with { estate in
            _ = try await estate.standIn(Client.maple.book())
            try await estate.add()
            try await estate.must(
                "installations", "set", "maple-sage300", "--name", "Main books", "--term", "annual", "--price",
                "1200.00 EUR", "--owner", "Ann Lee", "--emergency-plan", "Call the reseller.", "--notes", "One\nTwo")
            let shown = try await estate.must("installations", "show", "maple-sage300").out
            for word in ["Main books", "annual", "1200.00 EUR", "Ann Lee", "Call the reseller.", "One\n", "Two\n"] {
                #expect(shown.contains(word), "\(word)")
            }
            let list = try await estate.json("installations", "list").array ?? []
            #expect(list.first?["facts"]?["term"] == "annual" && list.first?["facts"]?["price"] == "1200.00 EUR")
            try await estate.must("installations", "set", "maple-sage300", "--owner", "", "--term", "")
            let view = try await estate.json("installations", "show", "maple-sage300")
            #expect(view["facts"]?.keys == ["name", "price", "emergencyPlan", "notes"])
            #expect(try await estate.run("installations", "set", "maple-sage300").code == 2)
            #expect(try await estate.run("customers", "set", "maple").code == 2)
            let wrong = try await estate.run("installations", "set", "maple-sage300", "--price", "12 euros")
            #expect(wrong.code == 1 && wrong.err.contains("1200.00 EUR"))
            #expect(
                try await estate.run("customers", "contacts", "add", "maple", "--role", "boss", "--name", "B").code == 2
            )
        }
    }

    @Test("The standing of an archived customer says that it is archived, and how it comes back")
    func archivedStatus() async throws {
        try await Estate.with { estate in
            _ = try await estate.standIn(Client.maple.book())
            try await estate.add()
            try await estate.must("customers", "archive", "maple")
            let status = try await estate.must("status", "--customer", "maple")
            #expect(status.out.hasPrefix("maple is archived, since 20") && status.out.contains("archive maple --undo"))
            #expect(try await estate.json("status", "--customer", "maple") == .array([]))
            for listing in ["timeline", "renewals", "orders list", "installations list"] {
                let words = listing.split(separator: " ").map(String.init)
                let out = try await estate.must(words + ["--customer", "maple"]).out
                #expect(out.hasPrefix("maple is archived, since 20"), "\(listing): \(out)")
            }
            let sheet = try await estate.must("customers", "sheet", "maple").out
            #expect(sheet.contains("Archived") && sheet.contains("no longer looked") && !sheet.contains("There are no"))
            let explained = try await estate.must("explain", "maple-sage300", "--user", "bob").out
            #expect(explained.contains("Archived") && explained.contains("customers archive maple --undo"))
            let unknown = try await estate.run("status", "--customer", "mapel")
            #expect(unknown.code == 1 && unknown.err.contains("did you mean \"maple\"?"))
        }
    }

    @Test("A customer is archived and brought back, with contacts and all")
    func archive() async throws {
        try await Estate.with { estate in
            _ = try await estate.standIn(Client.maple.book())
            try await estate.add()
            try await estate.must("refresh", "maple-sage300")
            try await estate.must(
                "customers", "contacts", "add", "maple", "--role", "technical", "--name", "Tia Ng", "--email",
                "tia@maple.example", "--phone", "+1 416 555-0100")
            try await estate.must("customers", "set", "maple", "--name", "Maple Group")
            let before = try await estate.picture(of: "maple-sage300")
            try await estate.must("customers", "archive", "maple")
            #expect(try await estate.json("status") == .array([]))
            #expect(try await estate.json("customers", "list") == .array([]))
            let refused = try await estate.run("refresh", "maple-sage300")
            #expect(refused.code == 1 && refused.err.contains("is archived"))
            #expect(try await estate.must("refresh", "--all").out.contains("Nothing to refresh."))
            let archived = try await estate.must("installations", "list", "--archived").out
            #expect(archived.contains("maple-sage300") && archived.contains("archived"))
            #expect(try await estate.must("installations", "show", "maple-sage300").out.contains("archived"))
            try await estate.must("customers", "archive", "maple", "--undo")
            #expect(try await estate.picture(of: "maple-sage300") == before)
            let contacts = try await estate.json("customers", "contacts", "list", "maple").array ?? []
            #expect(contacts.first?["name"] == "Tia Ng" && contacts.count == 1)
            #expect(try await estate.must("customers", "contacts", "list", "maple").out.contains("tia@maple.example"))
            let id = try #require(contacts.first?["id"]?.string)
            #expect(try await estate.must("customers", "contacts", "remove", "maple", id).out.contains("Tia Ng"))
            #expect(try await estate.must("audit", "list", "--json").out.contains("Tia Ng") == false)
        }
    }

    @Test("An order is waited for, told, shown by a refresh, or withdrawn")
    func orders() async throws {
        try await Estate.with { estate in
            let vendor = try await estate.standIn(Client.maple.book())
            try await estate.add()
            try await estate.must("refresh", "maple-sage300")
            let day = try await estate.run("orders", "add", "maple-sage300", "--placed", "2026-01-01")
            #expect(day.code == 1 && day.err.contains("2026-01-01T09:00:00-05:00"))
            #expect(try await estate.run("orders", "add", "maple-sage300", "--placed", "yesterday").code == 2)
            #expect(
                try await estate.run("orders", "add", "maple-sage300", "--placed", "now", "--seats", "users=many").code
                    == 2)
            let order = try await estate.json(
                "orders", "add", "maple-sage300", "--placed", "now", "--seats", "users=12", "--module", "GL",
                "--reference", "PO-4711")
            #expect(order["state"] == "propagating")
            let standing = try await estate.standing()
            #expect(standing["access"] == "full")
            #expect(standing["messages"]?.array?.last?.string?.contains("is on its way") == true)
            #expect(try await estate.must("timeline", "maple-sage300").out.contains("PO-4711"))
            #expect(try await estate.must("refresh", "--due").out.contains("1 unchanged"))
            #expect(try await estate.must("orders", "list", "--open").out.contains("propagating"))
            try vendor.rewrite(Client.maple.book().replacing("users: 10", with: "users: 12"))
            try await estate.must("refresh", "maple-sage300")
            let shown = try await estate.json("orders", "list", "--customer", "maple").array ?? []
            #expect(shown.first?["state"] == "applied" && shown.first?["appliedBy"]?.string != nil)
            #expect(try await estate.must("orders", "list", "--open").out == "None.\n")
            let mistaken = try await estate.json(
                "orders", "add", "maple-sage300", "--placed", "2025-01-01T09:00:00-05:00")
            #expect(mistaken["state"] == "overdue")
            #expect(try await estate.must("status").out.contains("overdue"))
            let id = try #require(mistaken["id"]?.string)
            try await estate.must("orders", "withdraw", id)
            #expect(try await estate.run("orders", "withdraw", id).code == 1)
            #expect(try await estate.must("status").out.contains("overdue") == false)
        }
    }
}
