import Foundation
import Testing

@Suite("What helps to write profiles, as commands show it")
struct ProfileToolTests {
    @Test("The reference pages and the JSON Schema are what the program tells now: else run make docs")
    func reference() async throws {
        try await Estate.with { estate in
            let home = URL(fileURLWithPath: Program.profiles).deletingLastPathComponent().path
            let made = Process()
            made.executableURL = URL(fileURLWithPath: home + "/Tools/make-reference")
            made.arguments = [Program.path, estate.folder + "/reference"]
            made.environment = estate.variables
            try made.run()
            made.waitUntilExit()
            #expect(made.terminationStatus == 0)
            let now = try Self.files(below: estate.folder + "/reference")
            let kept = try Self.files(below: home + "/docs/reference")
            #expect(now.keys.sorted() == kept.keys.sorted())
            #expect(now.keys.contains("adapters/subscription.md") && now.keys.contains("profile.schema.json"))
            for (name, text) in now { #expect(kept[name] == text, "docs/reference/\(name) is out of date: make docs") }
        }
    }

    private static func files(below folder: String) throws -> [String: String] {
        var files: [String: String] = [:]
        for name in try FileManager.default.subpathsOfDirectory(atPath: folder) {
            guard name.hasSuffix(".md") || name.hasSuffix(".json") else { continue }
            files[name] = try String(contentsOfFile: folder + "/" + name, encoding: .utf8)
        }
        return files
    }

    @Test("Every shipped profile names the schema, so that editors complete it")
    func schemaComment() throws {
        for name in try FileManager.default.contentsOfDirectory(atPath: Program.profiles) where name.hasSuffix(".yaml")
        {
            let text = try String(contentsOfFile: Program.profiles + "/" + name, encoding: .utf8)
            #expect(
                text.hasPrefix("# yaml-language-server: $schema=../docs/reference/profile.schema.json\n"), "\(name)")
        }
    }

    @Test("A variation on a shipped profile is linted, shown with the places of its values, and lints again")
    func variation() async throws {
        try await Estate.with { estate in
            let shipped = try String(contentsOfFile: Program.profiles + "/sage300-subscription.yaml", encoding: .utf8)
            try estate.write(shipped, to: "profiles/sage300-subscription.yaml")
            let path = try estate.write(
                "extends: sage300-subscription\nname: acme\nrefresh: { every: 7d }\n", to: "profiles/acme.yaml")
            estate.set("GATEHOUSE_PROFILES", estate.folder + "/profiles")
            estate.set("GATEHOUSE_VENDOR_URL", "https://vendor.example")
            try await estate.must("profiles", "lint", path)
            let list = try await estate.json("profiles", "list").array ?? []
            #expect(list.first { $0["name"] == "acme" }?["extends"] == "sage300-subscription")
            let yaml = try await estate.must("profiles", "show", "acme", "--resolved").out
            #expect(yaml.contains("every: 7d  # acme.yaml:3\n"))
            #expect(yaml.contains("https://vendor.example\"  # sage300-subscription.yaml:"))
            #expect(yaml.contains(", GATEHOUSE_VENDOR_URL\n"))
            let copy = try estate.write(yaml, to: "copy/acme.yaml")
            try await estate.must("profiles", "lint", copy)
            let data = try await estate.json("profiles", "show", "acme", "--resolved")
            let every = try #require(data["values"]?.array?.first { $0["path"] == "refresh.every" })
            #expect(every["value"] == "7d" && every["file"] == .string(path) && every["line"] == 3)
        }
    }

    @Test("lint shows the line with a caret, and with --json the same as data")
    func lint() async throws {
        try await Estate.with { estate in
            let path = try estate.write(
                "extends: sage300-subscripton\nname: acme\nvendor: {\taddress: 日本, pth: x }\n", to: "acme.yaml")
            let told = try await estate.run("profiles", "lint", path)
            #expect(told.code == 1)
            #expect(
                told.err == """
                    \(path):1:10: error: there is no profile "sage300-subscripton" to extend
                        extends: sage300-subscripton
                                 ^~~~~~~~~~~~~~~~~~~
                        help: did you mean "sage300-subscription"?
                    \(path):3:20: error: expected an address such as https://licensing.example.com, found "日本"
                        vendor: {       address: 日本, pth: x }
                                                 ^~~~
                    \(path):3:24: error: unknown key "pth"
                        vendor: {       address: 日本, pth: x }
                                                       ^~~
                        help: did you mean "path"?

                    """)
            let data = try await estate.run("profiles", "lint", path, "--json")
            #expect(data.code == 1 && data.err.isEmpty)
            #expect(data.out.contains("\"line\" : 3") && data.out.contains("\"severity\" : \"error\""))
        }
    }

    @Test("adapters show tells what an adapter needs, and of an unknown one which there are")
    func adapter() async throws {
        try await Estate.with { estate in
            let text = try await estate.must("adapters", "show", "subscription").out
            for word in ["clientID", "Serial Number", "sharedData", "entitlements", "vendorExpired"] {
                #expect(text.contains(word), "\(word)")
            }
            let data = try await estate.json("adapters", "show", "subscription")
            #expect(data["protocol"] == "subscription" && data["capabilities"] == .array(["online-refresh"]))
            #expect(data["identity"]?.array?.count == 3)
            let unknown = try await estate.run("adapters", "show", "subscriptoin")
            #expect(unknown.code == 1)
            #expect(unknown.err.contains("did you mean \"subscription\"?"))
        }
    }
}
