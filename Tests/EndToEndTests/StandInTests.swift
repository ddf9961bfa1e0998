import Foundation
import Glibc
import Testing

@Suite("The stand-in vendor, as a program")
struct StandInTests {
    @Test("It prints one line of JSON when it is ready, with its address and key, and ends when it is told to")
    func ready() async throws {
        try await Estate.with { estate in
            let standIn = try await estate.standIn(Client.maple.book())
            #expect(standIn.url.hasPrefix("http://127.0.0.1:") && !standIn.url.hasSuffix(":0"))
            #expect(Data(base64Encoded: standIn.publicKey)?.count == 32)
            standIn.child.signal(SIGTERM)
            let finished = try await standIn.child.finished()
            #expect(finished.code == 0, "\(finished)")
            #expect(finished.out.split(separator: "\n").count == 1)
            #expect(try JSON(finished.out).keys == ["url", "publicKey"])
            let mode =
                try FileManager.default.attributesOfItem(atPath: standIn.book + ".key")[.posixPermissions] as? Int
            #expect(mode == 0o600, "its key is its own")
            let again = try await estate.standIn(Client.maple.book())
            #expect(again.publicKey == standIn.publicKey, "the key is made once")
        }
    }

    @Test("The examples are a portfolio to try things out on")
    func examples() async throws {
        try await Estate.with { estate in
            let book = try String(contentsOfFile: Program.examples + "/book.yaml", encoding: .utf8)
            let standIn = try await estate.standIn(book)
            let shell = try await Child(
                "/bin/sh", [Program.examples + "/portfolio.sh"],
                environment: [
                    "PATH": "/usr/bin:/bin", "GATEHOUSE": Program.path, "SITES": estate.sites,
                    "GATEHOUSE_STORE": estate.store, "GATEHOUSE_PROFILES": Program.profiles,
                ], folder: estate.folder, limit: .seconds(60)
            ).finished()
            #expect(shell.code == 0, "\(shell)")
            let refresh = try await estate.run("refresh", "--all")
            #expect(refresh.code == 1, "one has the serial number of the release before")
            #expect(refresh.err.contains("northfield-sage300: rejected"))
            let rows = try await estate.json("status").array ?? []
            let levels = Dictionary(
                rows.map { ($0["installation"]?.string ?? "", $0["level"]?.string ?? "") }, uniquingKeysWith: { $1 })
            #expect(
                levels == [
                    "northfield-sage300": "unlicensed", "oldmill-sage300": "restricted", "cedar-sage300": "grace",
                    "summit-sage300": "grace", "harbour-sage300": "notice", "lakeshore-sage300": "notice",
                    "maple-sage300": "licensed", "wharfedale-sage200": "notice", "tamar-sage200": "notice",
                    "tamar-office": "unlicensed", "granite-sage100": "licensed", "maple-pos-cloud": "unlicensed",
                    "maple-pos-hq": "unlicensed", "maple-pos-front": "unlicensed", "harbour-autodesk": "unlicensed",
                    "lakeshore-crm": "unlicensed",
                ])
            #expect(try await estate.run("allows", "oldmill-sage300", "post").code == 4)
            #expect(!standIn.child.hasEnded)
        }
    }

    @Test("A book with a mistake is told with file, line and column, and nothing is served")
    func wrongBook() async throws {
        try await Estate.with { estate in
            let book = try estate.write(Client.maple.book(expires: "soon"), to: "book.yaml")
            let finished = try await estate.run("sandbox", "--book", book)
            #expect(finished.code == 1)
            #expect(finished.out.isEmpty)
            #expect(finished.err.contains("\(book):6:"), "\(finished)")
            let missing = try await estate.run("sandbox", "--book", estate.folder + "/nothing.yaml")
            #expect(missing.code == 1)
            #expect(missing.err.contains(estate.folder + "/nothing.yaml"))
        }
    }

    @Test("A port that is taken is told")
    func takenPort() async throws {
        try await Estate.with { estate in
            let standIn = try await estate.standIn(Client.maple.book())
            let address = try #require(standIn.url.split(separator: "/").last.map(String.init))
            let finished = try await estate.run("sandbox", "--book", standIn.book, "--listen", address)
            #expect(finished.code == 1)
            #expect(finished.out.isEmpty)
            #expect(finished.err.contains(address), "\(finished)")
        }
    }

    @Test("An edit of the book shows in the next refresh; a mistake in it leaves the last good one in force")
    func reread() async throws {
        try await Estate.with { estate in
            let standIn = try await estate.standIn(Client.maple.book(expires: "2031-01-31"))
            try await estate.add()
            try await estate.must("refresh", "maple-sage300")
            try standIn.rewrite(Client.maple.book(expires: "2032-01-31"))
            #expect(try await estate.must("refresh", "maple-sage300").out.contains("2032-01-31"))
            try standIn.rewrite("sage300: [\n")
            #expect(try await estate.must("refresh", "maple-sage300").out.contains("unchanged"))
            let seen = await standIn.child.seen { !$0.err.isEmpty }
            #expect(String(decoding: seen.err, as: UTF8.self).contains(standIn.book))
            try standIn.rewrite(Client.maple.book(expires: "2033-01-31"))
            #expect(try await estate.must("refresh", "maple-sage300").out.contains("2033-01-31"))
        }
    }

    @Test(
        "Over TLS a vendor is believed only where the profile's authority vouches for it",
        .enabled(if: Program.found("openssl") != nil, "the openssl command is not there, to make a certificate with"))
    func encrypted() async throws {
        try await Estate.with { estate in
            let certificate = try await Certificate.make(in: estate)
            let standIn = try await estate.standIn(
                Client.maple.book(), "--tls-certificate", certificate.file, "--tls-key", certificate.key)
            #expect(standIn.url.hasPrefix("https://127.0.0.1:"))
            let shipped = try String(contentsOfFile: Program.profiles + "/sage300-subscription.yaml", encoding: .utf8)
            try estate.write(shipped, to: "profiles/sage300-subscription.yaml")
            estate.set("GATEHOUSE_PROFILES", estate.folder + "/profiles")
            let file = try #require(try await estate.add().first)
            let stranger = try await estate.run("refresh", "maple-sage300")
            #expect(stranger.code != 0)
            #expect(stranger.err.contains("certificate"), "\(stranger)")
            #expect(FileOnDisk(file) == nil)
            try estate.write(
                shipped.replacing("  path: /sage300\n", with: "  path: /sage300\n  authorities: \(certificate.file)\n"),
                to: "profiles/sage300-subscription.yaml")
            try await estate.must("refresh", "maple-sage300")
            #expect(FileOnDisk(file).map { standIn.hasSigned($0.bytes) } == true)
            let plain = standIn.url.replacing("https://", with: "http://")
            estate.set("GATEHOUSE_VENDOR_URL", plain)
            #expect(try await estate.run("refresh", "maple-sage300").code != 0)
            estate.set("GATEHOUSE_VENDOR_URL", "http://licensing.example.com")
            let insecure = try await estate.run("refresh", "maple-sage300")
            #expect(insecure.code == 1, "plain http leaves this machine never")
            #expect(insecure.err.contains("https"))
        }
    }
}
