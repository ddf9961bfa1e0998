import Foundation
import Testing

@Suite("Seats, as scripts claim them")
struct SeatCommandTests {
    private static let installation = "maple-sage300"

    /// An installation with two seats for users and one for web users.
    private func withSeats(_ body: (Estate) async throws -> Void) async throws {
        try await Estate.with { estate in
            _ = try await estate.standIn(Self.book())
            try await estate.add()
            try await estate.must("refresh", Self.installation)
            try await body(estate)
        }
    }

    private static func book(users: Int = 2, faults: String? = nil) -> String {
        Client.maple.book(faults: faults).replacing("users: 10", with: "users: \(users)").replacing(
            "webUsers: 5", with: "webUsers: 1")
    }

    private func claim(_ estate: Estate, _ arguments: String...) async throws -> Finished {
        try await estate.run(["seats", "claim", Self.installation] + arguments)
    }

    @Test("A claim is granted with exit code 0 and refused with 4, and says so as text, as JSON, and quietly")
    func claims() async throws {
        try await withSeats { estate in
            let granted = try await claim(estate, "--user", "ann", "--host", "pc1", "--json")
            #expect(granted.code == 0)
            let json = try granted.json
            #expect(json["granted"] == true && json["pool"] == "users" && json["access"] == "full")
            #expect(json["inUse"] == 1 && json["limit"] == 2 && json["until"]?.string?.hasSuffix("Z") == true)
            let quiet = try await claim(estate, "--user", "bob", "--quiet")
            let session = quiet.out.trimmingCharacters(in: .newlines)
            #expect(quiet.code == 0 && session.wholeMatch(of: /[0-9a-f-]{36}/) != nil, "\(quiet)")
            let refused = try await claim(estate, "--user", "cid")
            #expect(refused.code == 4 && refused.err.isEmpty, "\(refused)")
            #expect(refused.out.contains("All 2 seats (users) are taken.") && refused.out.contains("ann at pc1"))
            #expect(refused.out.contains("The next is free "))
            let no = try await claim(estate, "--user", "cid", "--json")
            #expect(try no.code == 4 && no.json["granted"] == false)
            #expect(try no.json["holders"]?.array?.map { $0["user"] } == ["ann", "bob"])
            #expect(try no.json["nextFree"] == json["until"])
            let silent = try await claim(estate, "--user", "cid", "--quiet")
            #expect(silent.code == 4 && silent.out.isEmpty)
            let unknown = try await claim(estate, "--user", "cid", "--pool", "registers")
            #expect(unknown.code == 4 && unknown.out.contains("it has users (2), webUsers (1)"))
            let nobody = try await estate.run("seats", "claim", "nobody", "--user", "ann")
            #expect(nobody.code == 1 && nobody.err.contains("nobody"))
            // The session alone is enough.
            #expect(try await estate.must("seats", "release", "--session", session).out.contains("bob"))
            #expect(try await claim(estate, "--user", "cid").code == 0)
        }
    }

    @Test("The list is an array of objects with what scripts read of a session")
    func list() async throws {
        try await withSeats { estate in
            #expect(try await estate.json("seats", "list", Self.installation) == .array([]))
            #expect(try await claim(estate, "--user", "ann", "--host", "pc1", "--session", "a").code == 0)
            #expect(try await claim(estate, "--user", "web", "--pool", "webUsers", "--session", "w").code == 0)
            let list = try #require(try await estate.json("seats", "list", Self.installation).array)
            #expect(list.map { $0["session"] } == ["a", "w"])
            let first = try #require(list.first)
            #expect(first["user"] == "ann" && first["pool"] == "users" && first["host"] == "pc1")
            for key in ["since", "until"] { #expect(first[key]?.string?.hasSuffix("Z") == true) }
            #expect(list.last?["host"] == "")
            let web = try await estate.json("seats", "list", Self.installation, "--pool", "webUsers")
            #expect(web.array?.map { $0["user"] } == ["web"])
            let table = try await estate.must("seats", "list", Self.installation).out
            #expect(table.contains("SESSION") && table.contains("ann") && table.contains("pc1"))
            let users = try await estate.json("seats", "users", Self.installation)
            #expect(users.array?.map { $0["user"] } == ["ann", "web"])
        }
    }

    @Test("A session is renewed and released by its ID, or by whose it is; what has ended is no for a renewal alone")
    func renewing() async throws {
        try await withSeats { estate in
            for _ in 1...2 { #expect(try await claim(estate, "--user", "ann", "--session", "a").code == 0) }
            #expect(try await estate.json("seats", "list", Self.installation).array?.count == 1)
            let renewed = try await estate.run("seats", "renew", "--session", "a", "--quiet")
            #expect(renewed.code == 0 && renewed.out == "a\n")
            #expect(try await estate.run("seats", "renew", Self.installation, "--user", "ann").code == 0)
            let taken = try await claim(estate, "--user", "bob", "--session", "a")
            #expect(taken.code == 1 && taken.err.contains("\"a\""))
            let released = try await estate.run("seats", "release", Self.installation, "--user", "ann", "--json")
            #expect(try released.code == 0 && released.json["released"] == true)
            for arguments in [["--session", "a"], [Self.installation, "--user", "ann"]] {
                let again = try await estate.run(["seats", "release"] + arguments)
                #expect(again.code == 0 && again.out.contains("No such session was open"), "\(again)")
                #expect(try await estate.run(["seats", "renew"] + arguments).code == 4)
            }
        }
    }

    @Test("An administrator ends a session, and a user's name is erased")
    func ending() async throws {
        try await withSeats { estate in
            for (user, session) in [("ann", "a"), ("bob", "b")] {
                #expect(try await claim(estate, "--user", user, "--session", session).code == 0)
            }
            #expect(try await estate.must("seats", "end", "--session", "a", "--reason", "left").out.contains("ann"))
            #expect(try await estate.run("seats", "end", "--session", "a").code == 1)
            #expect(try await estate.run("seats", "renew", "--session", "a").code == 4)
            let people = try await estate.must("people", "list").out
            #expect(people.contains("Names of products' users: 2 of maple"))
            let erased = try await estate.must("people", "erase", "--customer", "maple", "--user", "bob", "--json").json
            #expect(erased["installations"] == 1 && erased["sessionsEnded"] == 1 && erased["isOffDisk"] == true)
            #expect(try await estate.json("seats", "list", Self.installation) == .array([]))
            let trail = try await estate.must("audit", "list").out
            #expect(trail.contains("seats.end") && trail.contains("people.eraseUser") && !trail.contains("bob"))
            #expect(try await estate.must("seats", "recount", Self.installation).out.contains("counted as it is"))
        }
    }

    @Test("Without access there is no seat, and the reason is the countdown's")
    func standing() async throws {
        try await Estate.with { estate in
            let vendor = try await estate.standIn(Self.book())
            try await estate.add()
            try vendor.rewrite("sage300: []\n")
            let refused = try await claim(estate, "--user", "ann")
            #expect(refused.code == 4 && refused.out.hasPrefix("No seat: "), "\(refused)")
            #expect(refused.out.contains("A refresh was due: "))
            try vendor.rewrite(Self.book().replacing("expires: +210d", with: "expires: -60d"))
            try await estate.must("refresh", Self.installation)
            let readOnly = try await claim(estate, "--user", "ann", "--json")
            #expect(try readOnly.code == 0 && readOnly.json["access"] == "read-only")
            #expect(try readOnly.json["reason"]?.string?.contains("Read-only") == true)
        }
    }

    @Test("A refresh that takes longer than a login waits goes on by itself, and ends")
    func detached() async throws {
        try await Estate.with { estate in
            let vendor = try await estate.standIn(Self.book())
            let profiles = try estate.write(
                """
                extends: sage300-subscription
                name: quick
                seats: { loginWait: 1s }

                """, to: "profiles/quick.yaml")
            let shipped = Program.profiles + "/sage300-subscription.yaml"
            let folder = URL(fileURLWithPath: profiles).deletingLastPathComponent().path
            try FileManager.default.copyItem(atPath: shipped, toPath: folder + "/sage300-subscription.yaml")
            estate.set("GATEHOUSE_PROFILES", folder)
            try await estate.add(profile: "quick")
            try await estate.must("refresh", Self.installation)
            // The window has come, and the vendor takes its time.
            try StoreFile(estate).run("UPDATE installations SET refresh_due = 0")
            try vendor.rewrite(Self.book(users: 7, faults: "{ latency: 4000 }"))
            let login = try await claim(estate, "--user", "ann", "--json")
            #expect(login.code == 0 && login.took < .seconds(30), "\(login)")
            #expect(try login.json["refresh"]?["ended"] == false && login.json["limit"] == 2)
            try await estate.until("the refresh has ended") {
                try await estate.json("operations", "list").array?.first?["status"] == "done"
                    && StoreFile(estate).number("SELECT COUNT(*) FROM installations WHERE refresh_due > 0") == 1
            }
            #expect(try await claim(estate, "--user", "bob", "--json").json["limit"] == 7)
            let trail = try await estate.json("audit", "list").array ?? []
            #expect(trail.contains { $0["act"] == "refresh" && $0["detail"]?.string?.contains("login") == true })
        }
    }
}
