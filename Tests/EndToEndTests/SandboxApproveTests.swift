import Foundation
import Glibc
import Testing

@Suite("The stand-in's POS pages, for scripts")
struct SandboxApproveTests {
    /// A server and the store below it, whose code is asked for once a second.
    private static let book = """
        pos:
          interval: 1s
          organizations:
            - name: Maple Ltd.
              login: { name: mara, password: lantern }
              devices:
                - { name: Head Office, edition: Corporate, serverID: SRV-1 }
                - { name: Store 12, edition: Store, serverID: SRV-12, hubName: Head Office, hubURL: "https://hq.example" }

        """

    private static func add(to estate: Estate) async throws {
        try await estate.must("customers", "add", "maple", "--name", "Maple Ltd.", "--time-zone", "America/Chicago")
        for id in ["hq", "store"] {
            try await estate.must("installations", "add", id, "--customer", "maple", "--profile", "pos-token")
        }
    }

    @Test("A license is acquired, checked and drawn without a browser, and none of its tokens is printed")
    func acquire() async throws {
        try await Estate.with { estate in
            let standIn = try await estate.standIn(Self.book)
            let place = ["--book", standIn.book, "--url", standIn.url]
            try await Self.add(to: estate)
            for (id, device) in [("hq", "SRV-1"), ("store", "Store 12")] {
                let begun = try await estate.must("authorize", id, "--begin", "--json").json
                let code = try #require(begun["notice"]?["code"]?.string)
                let early = try await estate.run("authorize", id, "--complete")
                #expect(early.code == 4 && early.out.contains(code))
                let approved = try await estate.must(
                    ["sandbox", "approve"] + place + ["--user-code", code, "--device", device])
                #expect(approved.out == "The stand-in's page: \(device) is authorized.\n")
                #expect(try await estate.must("authorize", id).out.contains("updated"))
                #expect(try await estate.must("tokens", "show", id).out.contains("Licensed"))
            }
            let token = try await estate.must(["sandbox", "token"] + place + ["--device", "SRV-12"]).out
            let presented = token.split(separator: "\n").map(String.init)
            try #require(presented.count == 1)
            let taken = try await estate.must("tokens", "verify", "hq", presented[0])
            #expect(taken.out.hasPrefix("taken: Store Store 12, server ID SRV-12, until "))
            let wrong = try await estate.run("tokens", "verify", "hq", presented[0] + "A")
            #expect(wrong.code == 4 && wrong.err.hasPrefix("refused ("))
            #expect(try await estate.must("hubs", "maple").out.contains("└─ store (Store 12, Store): Licensed"))
        }
    }

    @Test("Whoever waits for a code to be typed may be interrupted, and nothing is lost")
    func interrupted() async throws {
        try await Estate.with { estate in
            let standIn = try await estate.standIn(Self.book)
            try await Self.add(to: estate)
            let waiting = try estate.start(["authorize", "hq"])
            _ = await waiting.seen { String(decoding: $0.out, as: UTF8.self).contains("Until") }
            waiting.signal(SIGTERM)
            let ended = try await waiting.finished()
            #expect(ended.code == 130 && ended.err.contains("`gatehouse authorize hq` goes on"), "\(ended)")
            let code = try await estate.must("authorize", "hq", "--begin", "--quiet").out.split(separator: "\n")
            #expect(code.count == 1 && ended.out.contains(code[0]), "the same code, alone")
            try await estate.must(
                "sandbox", "approve", "--book", standIn.book, "--url", standIn.url, "--user-code", String(code[0]),
                "--device", "SRV-1")
            #expect(try await estate.must("authorize", "hq").out.contains("updated"))
        }
    }

    @Test("A code may be denied; what the page refuses is told, and a device that the book has not is named")
    func refused() async throws {
        try await Estate.with { estate in
            let standIn = try await estate.standIn(Self.book)
            try await Self.add(to: estate)
            func approve(_ code: String, _ device: String, _ more: String...) async throws -> Finished {
                try await estate.run(
                    [
                        "sandbox", "approve", "--book", standIn.book, "--url", standIn.url, "--user-code", code,
                        "--device",
                    ]
                        + [device] + more)
            }
            let unknown = try await approve("BCDF-GHJK", "SRV-9")
            #expect(unknown.code == 1 && unknown.err.contains("no device SRV-9"))
            #expect(try await approve("BCDF-GHJK", "SRV-1").code == 1)
            let begun = try await estate.must("authorize", "hq", "--begin", "--json").json
            let code = try #require(begun["notice"]?["code"]?.string)
            #expect(try await approve(code, "SRV-1", "--deny").out.contains("is denied"))
            let denied = try await estate.run("authorize", "hq")
            #expect(denied.code == 1, "\(denied)")
            #expect(
                try await estate.run("sandbox", "token", "--book", standIn.book, "--url", standIn.url, "--device", "x")
                    .code
                    == 1)
        }
    }

    @Test(
        "Over TLS it is believed by the certificate that it was started with",
        .enabled(if: Program.found("openssl") != nil, "the openssl command is not there, to make a certificate with"))
    func encrypted() async throws {
        try await Estate.with { estate in
            let certificate = try await Certificate.make(in: estate)
            let standIn = try await estate.standIn(
                Self.book, "--tls-certificate", certificate.file, "--tls-key", certificate.key)
            try estate.write(
                "extends: pos-token\nname: pos\nvendor: { authorities: \"\(certificate.file)\" }\n",
                to: "profiles/pos.yaml")
            let shipped = try String(contentsOfFile: Program.profiles + "/pos-token.yaml", encoding: .utf8)
            try estate.write(shipped, to: "profiles/pos-token.yaml")
            estate.set("GATEHOUSE_PROFILES", estate.folder + "/profiles")
            try await estate.must("customers", "add", "maple", "--name", "Maple", "--time-zone", "UTC")
            try await estate.must("installations", "add", "hq", "--customer", "maple", "--profile", "pos")
            let code = try #require(try await estate.json("authorize", "hq", "--begin")["notice"]?["code"]?.string)
            let words = [
                "sandbox", "approve", "--book", standIn.book, "--url", standIn.url, "--user-code", code, "--device",
                "SRV-1",
            ]
            let stranger = try await estate.run(words)
            #expect(stranger.code == 3 && stranger.err.contains("certificate"), "\(stranger)")
            try await estate.must(words + ["--tls-certificate", certificate.file])
            #expect(try await estate.must("authorize", "hq").out.contains("updated"))
        }
    }

    @Test("Whoever is not the stand-in gets no login")
    func stranger() async throws {
        try await Estate.with { estate in
            let book = try estate.write(Self.book, to: "book.yaml")
            let vendor = try estate.vendor()
            let finished = try await estate.run(
                "sandbox", "approve", "--book", book, "--url", vendor.url, "--user-code", "BCDF-GHJK", "--device",
                "SRV-1")
            #expect(finished.code == 1 && finished.err.contains("for the stand-in alone"), "\(finished)")
            let plain = try await estate.run(
                "sandbox", "approve", "--book", book, "--url", "http://pos.example", "--user-code", "B", "--device",
                "SRV-1")
            #expect(plain.code == 1, "\(plain)")
            let nobody = try await estate.run(
                "sandbox", "approve", "--book", book, "--url", "http://127.0.0.1:1", "--user-code", "B", "--device",
                "SRV-1")
            #expect(nobody.code == 3, "\(nobody)")
        }
    }
}
