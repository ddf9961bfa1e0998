import Foundation
import Testing

@Suite("Standings, asked for any day")
struct StandingCommandTests {
    /// The keys of an object of `status --json`, which scripts rely on.
    static let keys: Set<String> = [
        "customer", "installation", "product", "profile", "protocol", "level", "label", "access", "messages", "until",
        "fullUntil", "refreshDue", "lastContact", "seats", "timeZone", "unverified",
    ]

    @Test("status --json has every key of the contract, and null for what is not there")
    func keys() async throws {
        try await Estate.with { estate in
            #expect(try await estate.json("status") == .array([]))
            _ = try await estate.standIn(Client.maple.book())
            try await estate.add()
            let before = try await estate.standing()
            #expect(before.keys == Self.keys)
            for (key, value) in [
                "customer": "maple", "installation": "maple-sage300", "product": "Sage 300",
                "profile": "sage300-subscription", "protocol": "subscription", "level": "unlicensed",
                "label": "Not licensed", "access": "none", "until": .null, "fullUntil": .null, "refreshDue": .null,
                "lastContact": .null, "seats": .object([:]),
            ] as [String: JSON] {
                #expect(before[key] == value, "\(key)")
            }
            let steps = before["messages"]?.array?.first?.string ?? ""
            #expect(steps.contains("gatehouse refresh maple-sage300") && steps.contains("License Manager"))
            try await estate.must("refresh", "maple-sage300")
            let after = try await estate.standing()
            #expect(after.keys == Self.keys)
            #expect(after["level"] == "licensed" && after["label"] == "Licensed" && after["access"] == "full")
            #expect(after["seats"] == .object(["users": 10, "webUsers": 5]))
            for key in ["until", "fullUntil", "refreshDue", "lastContact"] {
                #expect(after[key]?.string?.hasSuffix("Z") == true, "\(key)")
            }
        }
    }

    /// One date in four time zones (VECTORS A1, A9, A10 and A12 have the like): each day's first instant is another.
    static let zones: [String: (restricted: String, atNoonUTC: String)] = [
        "America/Toronto": ("2027-03-18T04:00:00Z", "2027-03-18T12:00:00Z"),
        "Pacific/Kiritimati": ("2027-03-17T10:00:00Z", "2027-03-17T12:00:00Z"),
        "Pacific/Pago_Pago": ("2027-03-18T11:00:00Z", "2027-03-18T12:00:00Z"),
        "Europe/London": ("2027-03-18T00:00:00Z", "2027-03-18T12:00:00Z"),
    ]

    @Test(
        "A date without a time is the first instant of that day in the customer's own zone",
        arguments: zones.keys.sorted())
    func days(zone: String) async throws {
        let expected = try #require(Self.zones[zone])
        try await Estate.with { estate in
            _ = try await estate.standIn(Client.maple.book(expires: "2027-01-31"))
            try await estate.add(zone: zone)
            try await estate.must("refresh", "maple-sage300")
            for (day, level, label, access) in [
                ("2027-01-01", "licensed", "Licensed", "full"), ("2027-01-02", "notice", "Licensed", "full"),
                ("2027-01-31", "notice", "Licensed", "full"), ("2027-02-01", "grace", "Expired", "full"),
                ("2027-03-17", "grace", "Expired", "full"), ("2027-03-18", "restricted", "Read-only", "read-only"),
                ("2028-03-18", "restricted", "Read-only", "read-only"),
            ] {
                let row = try await estate.standing("--at", day)
                #expect(row["level"] == .string(level), "\(day)")
                #expect(row["label"] == .string(label), "\(day)")
                #expect(row["access"] == .string(access), "\(day)")
                #expect(row["fullUntil"] == .string(expected.restricted), "\(day)")
            }
            let grace = try await estate.standing("--at", "2027-02-10")
            #expect(grace["until"] == .string(expected.restricted))
            #expect(
                grace["messages"]?.array?.first?.string?.contains("36 days") == true, "L2: whole days of the calendar")
            let first = try await estate.standing("--at", expected.restricted)
            #expect(first["level"] == "restricted", "a stage holds from its instant on")
            let noon = try await estate.standing("--at", expected.atNoonUTC)
            #expect(noon["level"] == "restricted")
            #expect(try await estate.run("allows", "maple-sage300", "post", "--at", "2027-03-17").code == 0)
            #expect(try await estate.run("allows", "maple-sage300", "post", "--at", "2027-03-18").code == 4)
        }
    }

    @Test("An instant is the same one for every customer, and holds to the second")
    func instants() async throws {
        try await Estate.with { estate in
            _ = try await estate.standIn(Client.maple.book(expires: "2027-01-31"))
            try await estate.add()
            try await estate.must("refresh", "maple-sage300")
            for (at, level) in [
                ("2027-02-01T04:59:59Z", "notice"), ("2027-01-31T23:59:59-05:00", "notice"),
                ("2027-02-01T05:00:00Z", "grace"), ("2027-02-01T00:00:00-05:00", "grace"),
                ("2027-03-18T03:59:59Z", "grace"), ("2027-03-18T04:00:00Z", "restricted"),
            ] {
                #expect(try await estate.standing("--at", at)["level"] == .string(level), "\(at)")
            }
        }
    }

    @Test("--at only reads: nothing of the store changes")
    func reading() async throws {
        try await Estate.with { estate in
            _ = try await estate.standIn(Client.maple.book(expires: "2027-01-31"))
            try await estate.add()
            try await estate.must("refresh", "maple-sage300")
            let before = try await estate.picture(of: "maple-sage300")
            let trail = try await estate.json("audit", "list")
            try await estate.must("status", "--at", "2099-01-01")
            _ = try await estate.run("allows", "maple-sage300", "post", "--at", "2099-01-01")
            try await estate.must("timeline", "maple-sage300", "--at", "2099-01-01")
            #expect(try await estate.picture(of: "maple-sage300") == before)
            #expect(try await estate.json("audit", "list") == trail)
        }
    }

    /// By day of the subscription that ends on 2027-01-31: what each action's exit code is (VECTORS, block I).
    static let access: [String: [String: Int32]] = [
        "2027-01-15": ["view": 0, "report": 0, "enter": 0, "post": 0],
        "2027-02-15": ["view": 0, "report": 0, "enter": 0, "post": 0],
        "2027-03-20": ["view": 0, "report": 0, "enter": 4, "post": 4],
    ]

    @Test("What the access allows is an exit code, with the reason", arguments: access.keys.sorted())
    func allows(day: String) async throws {
        let codes = try #require(Self.access[day])
        try await Estate.with { estate in
            _ = try await estate.standIn(Client.maple.book(expires: "2027-01-31"))
            try await estate.add()
            for action in codes.keys {
                let before = try await estate.run("allows", "maple-sage300", action, "--at", day)
                #expect(before.code == 4, "nothing is allowed without an entitlement")
                #expect(before.out.contains("refresh maple-sage300"))
            }
            try await estate.must("refresh", "maple-sage300")
            for (action, code) in codes {
                let answer = try await estate.run("allows", "maple-sage300", action, "--at", day, "--json")
                #expect(answer.code == code, "\(action)")
                let json = try answer.json
                #expect(json["allowed"] == .bool(code == 0))
                #expect(json.keys == ["allowed", "level", "access", "reason"])
                #expect(json["reason"]?.string?.isEmpty == false)
                let text = try await estate.run("allows", "maple-sage300", action, "--at", day)
                #expect(text.code == code)
                #expect(text.out.hasPrefix(code == 0 ? "yes" : "no"))
                #expect(try await estate.run("allows", "maple-sage300", action, "--at", day, "--quiet").out.isEmpty)
            }
        }
    }

    @Test("A module that ends before the subscription is refused by itself")
    func modules() async throws {
        try await Estate.with { estate in
            let modules =
                "modules: [{ code: GL, name: General Ledger }, { code: PJC, name: Jobs, expires: 2026-12-31 }]"
            _ = try await estate.standIn("sage300:\n" + Client.maple.entry(expires: "2028-01-31", modules))
            try await estate.add()
            try await estate.must("refresh", "maple-sage300")
            func allows(_ arguments: String...) async throws -> Int32 {
                try await estate.run(["allows", "maple-sage300"] + arguments).code
            }
            #expect(try await allows("post", "--module", "PJC", "--at", "2026-12-31") == 0)
            #expect(try await allows("post", "--module", "PJC", "--at", "2027-01-01") == 4)
            #expect(try await allows("view", "--module", "PJC", "--at", "2027-01-01") == 0)
            #expect(try await allows("post", "--module", "GL", "--at", "2027-01-01") == 0)
            #expect(try await allows("post", "--at", "2027-01-01") == 0, "the product itself is licensed")
            #expect(try await allows("view", "--module", "XX", "--at", "2026-12-01") == 4, "there is none such")
        }
    }

    @Test("status lists soonest loss of full access first, and only what is asked for")
    func order() async throws {
        try await Estate.with { estate in
            let late = Client(
                id: "alder", customer: "Alder", clientID: "30019999", clientName: "Alder", serialNumber: "S-1")
            let never = Client(
                id: "yew", customer: "Yew", clientID: "30018888", clientName: "Yew", serialNumber: "S-2")
            _ = try await estate.standIn(
                "sage300:\n" + late.entry(expires: "+300d") + Client.cedar.entry(expires: "-10d")
                    + Client.maple.entry(expires: "+20d"))
            for client in [late, .cedar, .maple, never] { try await estate.add(client) }
            #expect(try await estate.run("refresh", "--all").code == 1, "the vendor does not know one of them")
            let rows = try await estate.json("status").array ?? []
            #expect(rows.map { $0["customer"] } == ["yew", "cedar", "maple", "alder"])
            #expect(rows.map { $0["level"] } == ["unlicensed", "grace", "notice", "licensed"])
            let table = try await estate.must("status").out
            let lines = table.split(separator: "\n")
            #expect(lines.first?.hasPrefix("CUSTOMER") == true)
            for heading in ["LEVEL", "LABEL", "SEATS", "NEXT CHANGE", "MESSAGE"] {
                #expect(lines.first?.contains(heading) == true, "\(heading)")
            }
            #expect(lines.dropFirst().map { $0.prefix { $0 != " " } } == ["yew", "cedar", "maple", "alder"])
            let some = try await estate.json("status", "--level", "grace", "--level", "notice").array ?? []
            #expect(some.map { $0["customer"] } == ["cedar", "maple"])
            #expect(try await estate.json("status", "--customer", "maple").array?.count == 1)
            #expect(try await estate.json("status", "--level", "stopped") == .array([]))
        }
    }

    @Test("The vendor's own word is told where it disagrees with the date")
    func vendorStatus() async throws {
        try await Estate.with { estate in
            _ = try await estate.standIn(
                "sage300:\n" + Client.maple.entry(expires: "+90d", "status: expired", "statusSince: -4d")
                    + Client.cedar.entry(expires: "-2d", "status: active", "edition: Standard"))
            try await estate.add()
            try await estate.add(.cedar)
            try await estate.must("refresh", "--all")
            let maple = try #require(try await estate.json("status", "--customer", "maple").array?.first)
            #expect(maple["level"] == "grace", "the grace begins when the vendor says so")
            #expect(maple["messages"]?.lines.contains("vendor's record says") == true)
            let cedar = try #require(try await estate.json("status", "--customer", "cedar").array?.first)
            #expect(cedar["level"] == "grace")
            #expect(cedar["messages"]?.lines.contains("active") == true)
            let shown = try await estate.json("installations", "show", "cedar-sage300")
            #expect(shown["entitlement"]?["edition"] == "Standard")
            #expect(shown["entitlement"]?["remarks"]?.lines.contains("Premium") == true)
        }
    }

    @Test("A timeline tells what happens when, drawn and as JSON")
    func timeline() async throws {
        try await Estate.with { estate in
            _ = try await estate.standIn(Client.maple.book(expires: "2027-01-31"))
            try await estate.add()
            try await estate.must("refresh", "maple-sage300")
            let json = try await estate.json("timeline", "maple-sage300")
            #expect(json["installation"] == "maple-sage300" && json["timeZone"] == "America/Toronto")
            let changes = (json["changes"]?.array ?? []).filter { $0["cause"] == "subscription" }
            #expect(
                changes.map { $0["at"] } == ["2027-01-02T05:00:00Z", "2027-02-01T05:00:00Z", "2027-03-18T04:00:00Z"])
            #expect(changes.map { $0["level"] } == ["notice", "grace", "restricted"])
            #expect(changes.map { $0["local"] } == ["2027-01-02 00:00", "2027-02-01 00:00", "2027-03-18 00:00"])
            #expect(json["changes"]?.array?.contains { $0["cause"] == "refresh due" } == true)
            let text = try await estate.must("timeline", "maple-sage300", "--at", "2027-02-10").out
            for word in ["2027-03-18 00:00", "Read-only", "now", "grace"] { #expect(text.contains(word), "\(word)") }
        }
    }
}
