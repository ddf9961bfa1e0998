import AdapterKit
import Foundation
import GatewayProfiles
import MarkedText
import MarkedYAML
import Sage300
import Testing

@Suite("A profile as it takes effect")
struct EffectiveProfileTests {
    /// Sage 300's adapter with settings, one of them secret.
    private static let adapter: AdapterDescriptor = {
        var descriptor = Sage300().descriptor
        descriptor.settings = [
            Field(name: "region", title: "Region", required: false, help: "Where it is."),
            Field(name: "token", title: "Token", pattern: "[a-z0-9]+", required: false, secret: true, help: "A token."),
        ]
        return descriptor
    }()

    private static func reader(_ environment: [String: String] = [:]) -> ProfileReader {
        ProfileReader(adapters: [adapter], environment: environment)
    }

    private static func effective(
        _ name: String, in folder: Folder, _ environment: [String: String] = [:]
    ) throws -> EffectiveProfile {
        let set = ProfileSet(folders: [folder.path], reader: reader(environment))
        try #require(set.broken.map(\.problems.description) == [])
        return try #require(set.effective(name))
    }

    /// The text without its comments.
    private static func bare(_ yaml: String) -> [Substring] {
        yaml.split(separator: "\n").filter { !$0.hasPrefix("#") }.map {
            $0[..<($0.range(of: "  #")?.lowerBound ?? $0.endIndex)]
        }
    }

    /// Texts that must come back as they are, in YAML's various ways to write them.
    static let places = [
        #""a: b # c""#, #"'it''s'"#, #""quote \" backslash \\ tab \t""#, "plain: text".replacing(":", with: " -"),
        "\"~\"",
        "'- x'", "'{a}'", "'[a'", "'*a'", "'&a'", "'!a'", "'|'", "'>'", "\"'\"", "'#x'", "日本 👍", "é", "'@x'", "'%x'",
        "\"\\u202E\"", "\"line\\nbreak\"", "'ends: '", "'ends:'", "' blank '", "a $$5 and $$$${NO}", "'true'", "012",
        "'...'", "'---'",
        "|\n  a block\n  of lines",
    ]

    @Test("It is a profile that says the same, and takes effect as the same", arguments: places)
    func roundTrip(place: String) throws {
        try Folder.with { folder in
            try folder.write("sample", ProfileText.good.replacing("where: Help > About", with: "where: \(place)"))
            try folder.write(
                "acme",
                """
                extends: sample
                name: acme
                vendor: { timeoutSeconds: "${TIMEOUT:-7}", keys: { "odd: id": "" } }
                countdowns: { modules: ~, "a # b": { from: expires, stages: [ { at: "${AT}", level: notice } ] } }
                """)
            let first = try Self.effective("acme", in: folder, ["AT": "3d"])
            try Folder.with { other in
                try other.write("copy", first.yaml)
                let second = try Self.effective("acme", in: other)
                #expect(Self.bare(second.yaml) == Self.bare(first.yaml))
                #expect(second.values.map(\.path) == first.values.map(\.path))
                #expect(second.values.map(\.text) == first.values.map(\.text))
                let made = try Self.reader(["AT": "3d"]).read(path: other.path + "/copy.yaml")
                let meant = try #require(
                    ProfileSet(folders: [folder.path], reader: Self.reader(["AT": "3d"])).profiles["acme"])
                #expect(made.vendor == meant.vendor && made.place == meant.place && made.settings == meant.settings)
                #expect(made.rules.countdowns == meant.rules.countdowns && made.deliveries == meant.deliveries)
                #expect(made.parent == nil && made.refreshDays == meant.refreshDays)
            }
        }
    }

    @Test("Each value tells its file and line, the variables it holds, and whether it is only a default")
    func provenance() throws {
        try Folder.with { folder in
            try folder.write("sample", ProfileText.good)
            try folder.write("acme", "extends: sample\nname: acme\nwhere: ${A} ${B:-b}\n")
            let effective = try Self.effective("acme", in: folder, ["A": "a"])
            let lines = effective.yaml.split(separator: "\n")
            #expect(lines.contains("name: acme  # acme.yaml:2"))
            #expect(lines.contains("product: Sample Product  # sample.yaml:2"))
            #expect(lines.contains("where: \"a b\"  # acme.yaml:3, A, default of B"))
            #expect(lines.contains("  timeoutSeconds: 30  # not set: the default"))
            #expect(lines.contains("      - at: 0d  # sample.yaml:19"))
            #expect(effective.files == ["acme.yaml", "sample.yaml"].map { "\(folder.path)/\($0)" })
            let place = try #require(effective.values.first { $0.path == "where" })
            #expect(place.variables.map(\.name) == ["A", "B"] && place.variables.map(\.isDefault) == [false, true])
            let stage = try #require(effective.values.first { $0.path == "countdowns.subscription.stages[1].level" })
            #expect(stage.text == "restricted" && stage.mark?.line == 20)
            #expect(effective.values.first { $0.path == "vendor.timeoutSeconds" }?.mark == nil)
            #expect(!effective.values.contains { $0.path == "extends" })
        }
    }

    @Test("A secret is masked; one that a variable holds is named by the variable")
    func secrets() throws {
        try Folder.with { folder in
            try folder.write("a", ProfileText.good + "settings: { region: eu, token: hunter2 }\n")
            let literal = try Self.effective("sample", in: folder)
            #expect(!literal.yaml.contains("hunter2") && literal.yaml.contains("token: \"********\""))
            #expect(literal.values.first { $0.path == "settings.token" }?.text == "********")
            #expect(literal.values.first { $0.path == "settings.region" }?.text == "eu")
            try folder.write(
                "a",
                ProfileText.good.replacing("  path:", with: "  proxy: http://u:pw1@proxy:3128\n  path:")
                    + "settings: { token: '${TOKEN:-none}' }\n")
            let named = try Self.effective("sample", in: folder, ["TOKEN": "hunter2"])
            #expect(named.yaml.contains("token: \"${TOKEN}\"  # a.yaml:") && !named.yaml.contains("hunter2"))
            #expect(!named.yaml.contains("pw1"))
            let unset = try Self.effective("sample", in: folder)
            #expect(!unset.yaml.contains("none"))
        }
    }

    @Test("A secret that is wrong is not shown by what is told of it")
    func wrongSecret() {
        let text = ProfileText.good + "settings: { token: 'Hunter 2' }\n"
        let error = #expect(throws: DiagnosticsError.self) {
            try Self.reader().read(Array(text.utf8), file: "sample.yaml")
        }
        #expect(error?.description.contains("must be") == false && error?.description.contains("token (Token)") == true)
        #expect(error?.description.contains("Hunter") == false)
    }
}
