import Foundation
import Testing

@Suite("Sage 200", .timeLimit(.minutes(5)))
struct Sage200Tests {
    private static let serial = "2000-7F31-0042"

    private static func book(users: Int = 12, validTo: String = "+220d", _ faults: String = "") -> String {
        """
        sage200:
          - accountNumber: A1042207
            serialNumber: \(serial)-K
            name: Wharfedale Joinery & Sons Ltd
            validFrom: -145d
            validTo: \(validTo)
            users: \(users)
            webUsers: 4
            modules:
              - { code: FIN, name: Financials }
          - accountNumber: A1042207
            serialNumber: \(serial)-T
            name: Wharfedale Joinery & Sons Ltd
            validFrom: -145d
            validTo: \(validTo)
            users: 2
            testAndRecovery: true
        \(faults)
        """
    }

    /// Adds an installation of Sage 200 to a customer that is there.
    private func add(
        _ installation: String = "maple-sage200", to estate: Estate, serial: String = serial + "-K",
        profile: String = "sage200-online"
    ) async throws {
        try await estate.must(
            "installations", "add", installation, "--customer", "maple", "--profile", profile,
            "--identity", "accountNumber=A1042207", "--identity", "serialNumber=\(serial)")
    }

    private func customer(in estate: Estate) async throws {
        try await estate.must("customers", "add", "maple", "--name", "Maple", "--time-zone", "Europe/London")
    }

    @Test("Beside Sage 300 it is refreshed, shown and explained; what was added is picked up")
    func besideSage300() async throws {
        try await Estate.with { estate in
            let standIn = try await estate.standIn(Client.maple.book() + Self.book())
            try await estate.add(.maple)
            try await add(to: estate)
            try await estate.must("refresh", "--all")
            let rows = try await estate.json("status").array ?? []
            let products = rows.map { ($0["installation"]?.string ?? "", $0["level"]?.string ?? "") }
            #expect(products.map(\.0).sorted() == ["maple-sage200", "maple-sage300"])
            #expect(products.allSatisfy { $0.1 == "licensed" })

            let shown = try await estate.must("installations", "show", "maple-sage200").out
            for fact in ["validFrom", "validTo", "lastFetched", "testAndRecovery", "Wharfedale", "FIN", "12"] {
                #expect(shown.contains(fact), "\(fact) is not in \(shown)")
            }
            let explained = try await estate.must("explain", "maple-sage200").out
            #expect(explained.contains("Nothing needs to be done."), "\(explained)")

            try standIn.rewrite(Client.maple.book() + Self.book(users: 14, validTo: "+585d"))
            let added = try await estate.must("refresh", "maple-sage200").out
            #expect(added.contains("updated") && added.contains("14 users") && added.contains("until 20"), "\(added)")
            #expect(try await estate.must("refresh", "maple-sage200").out.contains("unchanged"))
            let renewals = try await estate.json("renewals", "--within", "600d")["renewals"]?.array ?? []
            #expect(renewals.contains { $0["installation"]?.string == "maple-sage200" })
        }
    }

    @Test("Its users are named: a seat is one user's, whatever sessions there are")
    func namedUsers() async throws {
        try await Estate.with { estate in
            _ = try await estate.standIn(Self.book(users: 1))
            try await customer(in: estate)
            try await add(to: estate)
            try await estate.must("refresh", "maple-sage200")
            for session in ["one", "two"] {
                try await estate.must("seats", "claim", "maple-sage200", "--user", "ann", "--session", session)
            }
            #expect(try await estate.run("seats", "claim", "maple-sage200", "--user", "bob").code == 4)
            try await estate.must("seats", "claim", "maple-sage200", "--user", "bob", "--pool", "webUsers")
        }
    }

    @Test("A test-and-recovery license says so; a number that does not match is named")
    func otherSerials() async throws {
        try await Estate.with { estate in
            _ = try await estate.standIn(Self.book())
            try await customer(in: estate)
            try await add("maple-recovery", to: estate, serial: Self.serial + "-T")
            let refresh = try await estate.must("refresh", "maple-recovery")
            #expect(refresh.out.contains("test-and-recovery license"), "\(refresh)")
            try await add("maple-wrong", to: estate, serial: Self.serial + "-X")
            let rejected = try await estate.run("refresh", "maple-wrong")
            #expect(rejected.code == 1)
            #expect(rejected.err.contains("correct the installation's serialNumber"), "\(rejected)")
        }
    }

    @Test("Without the Internet one thing is told, without the licensing server another; both are code 3")
    func unreachable() async throws {
        try await Estate.with { estate in
            let standIn = try await estate.standIn(Self.book())
            try await customer(in: estate)
            for profile in ["sage200-online", "sage200-on-premise"] {
                try await add("maple-\(profile)", to: estate, profile: profile)
            }
            estate.set("GATEHOUSE_VENDOR_URL", "http://127.0.0.1:1")
            let down = try await estate.run("refresh", "maple-sage200-online")
            #expect(down.code == 3)
            #expect(down.err.contains("The licensing server 127.0.0.1:1 is unavailable, although"), "\(down)")
            #expect(down.err.contains("port 443 through to licensing.services.sage.com, and"), "\(down)")

            // Another probe: what the first one said counts for a minute.
            estate.set("GATEHOUSE_PROBE_URL", "http://localhost:1")
            let away = try await estate.run("refresh", "maple-sage200-on-premise")
            #expect(away.code == 3)
            #expect(away.err.contains("There is no connection to the Internet: neither localhost:1 nor"), "\(away)")
            #expect(away.err.contains("port 443 through to licensing.services.sage.com and localhost:1"), "\(away)")

            estate.set("GATEHOUSE_VENDOR_URL", standIn.url)
            try await estate.must("refresh", "maple-sage200-online", "maple-sage200-on-premise")
        }
    }

    @Test(
        "Through a proxy that wants a password, to a pinned key, the licence is fetched; no command shows the password",
        .enabled(if: Program.found("openssl") != nil, "the openssl command is not there, to make a certificate with"),
        .enabled(if: Program.found("tinyproxy") != nil, "tinyproxy is not installed"))
    func proxy() async throws {
        try await Estate.with { estate in
            let certificate = try await Certificate.make(in: estate)
            let standIn = try await estate.standIn(
                Self.book(), "--tls-certificate", certificate.file, "--tls-key", certificate.key)
            let proxy = try await TinyProxy.start(in: estate, user: "mole", password: "s3cretWord")
            try FileManager.default.createDirectory(
                atPath: estate.folder + "/profiles", withIntermediateDirectories: true)
            for name in ["sage200-online", "sage200-on-premise"] {
                let shipped = try String(contentsOfFile: "\(Program.profiles)/\(name).yaml", encoding: .utf8)
                try estate.write(shipped, to: "profiles/\(name).yaml")
            }
            func write(proxy: String, pin: String = certificate.pin) throws {
                try estate.write(
                    """
                    extends: sage200-online
                    name: sage200-proxied
                    vendor: { proxy: "\(proxy)", pin: "\(pin)", authorities: \(certificate.file) }

                    """, to: "profiles/sage200-proxied.yaml")
            }
            estate.set("GATEHOUSE_PROFILES", estate.folder + "/profiles")
            estate.set("PROXY_PASSWORD", "s3cretWord")
            let place = "http://mole:${PROXY_PASSWORD}@127.0.0.1:\(proxy.port)"
            try write(proxy: place)
            try await customer(in: estate)
            try await add(to: estate, profile: "sage200-proxied")
            let refresh = try await estate.must("refresh", "maple-sage200")
            #expect(refresh.out.contains("updated"), "\(refresh)")
            #expect(proxy.log.contains("CONNECT \(standIn.url.dropFirst(8))"), "\(proxy.log)")

            let wrong = try await estate.run(["refresh", "maple-sage200"], with: ["PROXY_PASSWORD": "n0tTheWord"])
            #expect(wrong.code == 3 && wrong.err.contains("127.0.0.1:\(proxy.port)"), "\(wrong)")
            #expect(wrong.err.contains("check the proxy's user name and password"), "\(wrong)")

            for arguments in [
                ["profiles", "show", "sage200-proxied", "--resolved"], ["profiles", "show", "sage200-proxied"],
                ["profiles", "show", "sage200-proxied", "--resolved", "--json"], ["doctor"], ["doctor", "--json"],
                ["explain", "maple-sage200"], ["explain", "maple-sage200", "--json"], ["adapters", "list", "--json"],
                ["audit", "list", "--json"], ["history", "maple-sage200"], ["operations", "list", "--json"],
                ["profiles", "lint", estate.folder + "/profiles/sage200-proxied.yaml"],
            ] {
                let said = "\(try await estate.run(arguments))"
                #expect(!said.contains("s3cretWord") && !said.contains("n0tTheWord"), "\(arguments)")
            }
            #expect(!"\(refresh) \(wrong)".contains("s3cretWord") && !"\(wrong)".contains("n0tTheWord"))

            try write(proxy: place, pin: "sha256//A6EHv/POEL4dcN0Y50vAmWfk1jCbpQ1fHdyGZBJVMbg=")
            let impostor = try await estate.run("refresh", "maple-sage200")
            #expect(impostor.code == 1 && impostor.err.contains("not the pinned one"), "\(impostor)")
        }
    }
}
