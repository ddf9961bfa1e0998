import AdapterKit
import GatewayProfiles
import MarkedText
import MarkedYAML
import Testing

/// One mistake: what of the good profile is replaced, by what, with a mark before the place to be told.
struct ProfileMistake: CustomTestStringConvertible, Sendable {
    var what: String
    var replace: String
    var with: String
    /// What is taken away besides.
    var without: String
    var says: String

    init(_ what: String, _ replace: String, _ with: String, without: String = "", says: String) {
        self.what = what
        self.replace = replace
        self.with = with
        self.without = without
        self.says = says
    }

    var testDescription: String { what }

    static let all: [ProfileMistake] = [
        // The profile itself.
        .init("no name", "name: sample\nproduct", "‸product", says: "missing key \"name\""),
        .init("an upper-case name", "name: sample", "name: ‸Sample", says: "lower-case letters"),
        .init("a name that is a path", "name: sample", "name: ‸../sample", says: "lower-case letters"),
        .init(
            "a long name", "name: sample", "name: ‸" + String(repeating: "x", count: 65), says: "at most 64"),
        .init("an empty product", "product: Sample Product", "product:‸ ", says: "a text"),
        .init("a list for a product", "product: Sample Product", "product: ‸[a, b]", says: "found a list"),
        .init(
            "a protocol that nobody speaks", "protocol: subscription", "protocol: ‸subscriptoin",
            says:
                "expected one of \"device-token\", \"module-keys\", \"online-offline\", \"product-key\", \"recorded\", \"subscription\""
        ),
        .init("a misspelled key", "product:", "‸prodcut:", says: "unknown key \"prodcut\""),
        .init("an unknown key", "where: Help > About", "‸colour: red", says: "unknown key \"colour\""),
        .init("a key that comes twice", "where: Help > About", "where: a\n‸where: b", says: "where"),
        // The vendor.
        .init("no vendor address", "  address: https://licensing.example.com\n  path", "  ‸path", says: "\"address\""),
        .init("no URL", "https://licensing.example.com", "‸licensing.example.com", says: "an address"),
        .init("another scheme", "https://licensing.example.com", "‸ftp://licensing.example.com", says: "an address"),
        .init("a query", "https://licensing.example.com", "‸https://licensing.example.com/?a=b", says: "an address"),
        .init("no host", "https://licensing.example.com", "‸https:///path", says: "an address"),
        .init("a path without its slash", "path: /sample", "path: ‸sample", says: "a path"),
        .init("a path with a slash behind it", "path: /sample", "path: ‸/sample/", says: "a path"),
        .init(
            "a key of 31 bytes", "A6EHv/POEL4dcN0Y50vAmWfk1jCbpQ1fHdyGZBJVMbg=",
            "‸A6EHv/POEL4dcN0Y50vAmWfk1jCbpQ1fHdyGZBJVMQ==", says: "32 bytes in base64"),
        .init(
            "a key in hexadecimal", "A6EHv/POEL4dcN0Y50vAmWfk1jCbpQ1fHdyGZBJVMbg=", "‸03a107bff3ce10be1d70dd18e74bc099",
            says: "32 bytes in base64"),
        .init("a pin of another hash", "  path: /sample", "  pin: ‸sha1//AAAA", says: "a pinned key"),
        .init("a pin of another length", "  path: /sample", "  pin: ‸sha256//AAAA", says: "a pinned key"),
        .init("no time at all", "  path: /sample", "  timeoutSeconds: ‸0", says: "from 1 to 300"),
        .init("too much time", "  path: /sample", "  timeoutSeconds: ‸301", says: "from 1 to 300"),
        .init("a number in words", "  path: /sample", "  timeoutSeconds: ‸thirty", says: "from 1 to 300"),
        .init("an unknown vendor key", "  path: /sample", "  ‸adress: x", says: "unknown key \"adress\""),
        .init(
            "a variable that is not set", "https://licensing.example.com", "https://‸${LICENSING_HOST}",
            says: "LICENSING_HOST is not set"),
        // Refresh, settings, deliveries.
        .init("hours between refreshes", "every: 14d", "every: ‸336h", says: "calendar days"),
        .init("no days between refreshes", "every: 14d", "every: ‸0d", says: "calendar days"),
        .init("a negative period", "every: 14d", "every: ‸-14d", says: "calendar days"),
        .init("a bare number", "every: 14d", "every: ‸14", says: "calendar days"),
        .init("a misspelled period", "  every: 14d", "  ‸evry: 14d", says: "unknown key \"evry\""),
        .init("an unknown setting", "where: Help > About", "settings: { ‸speed: high }", says: "unknown key \"speed\""),
        .init(
            "an unknown delivery", "deliver:\n  entitlements", "deliver:\n  ‸other: /x\n  entitlements",
            says: "unknown key \"other\""),
        .init(
            "no destination for a required delivery", "name: sample", "‸name: sample",
            without: "deliver:\n  entitlements: \"{site.sharedData}/entitlements.xml\"\n",
            says: "missing key \"deliver\""),
        // Seats.
        .init("seats as a list", "where: Help > About", "seats: ‸[a]", says: "found a list"),
        .init("an unknown key of seats", "where: Help > About", "seats: { ‸endAfter: 12h }", says: "\"endAfter\""),
        .init("a session of seconds", "where: Help > About", "seats: { endsAfter: ‸59s }", says: "from 1m to 30d"),
        .init("a session of a year", "where: Help > About", "seats: { endsAfter: ‸31d }", says: "from 1m to 30d"),
        .init("a session without a unit", "where: Help > About", "seats: { endsAfter: ‸12 }", says: "from 1m to 30d"),
        .init("a session of weeks", "where: Help > About", "seats: { endsAfter: ‸2w }", says: "from 1m to 30d"),
        .init("a negative session", "where: Help > About", "seats: { endsAfter: ‸-1h }", says: "from 1m to 30d"),
        .init("a login that waits for minutes", "where: Help > About", "seats: { loginWait: ‸61s }", says: "0s to 60s"),
        .init(
            "another rule over the limit", "where: Help > About", "seats: { overLimit: ‸allow }",
            says: "one of \"deny\", \"record\""),
        .init(
            "a pool that is named as a module is counted", "where: Help > About",
            "seats: { pools: { ‸\"module:GL\": {} } }",
            says: "letters, digits"),
        .init(
            "a kind of pool that there is not", "where: Help > About",
            "seats: { pools: { users: { kind: ‸floating } } }",
            says: "one of \"concurrent\", \"named\""),
        .init(
            "fewer than no seats kept", "where: Help > About", "seats: { pools: { users: { reserved: ‸-1 } } }",
            says: "from 0 to"),
        .init(
            "an unknown key of a pool", "where: Help > About", "seats: { pools: { users: { ‸limit: 5 } } }",
            says: "unknown key \"limit\""),
        .init(
            "a pool that comes twice", "where: Help > About", "seats: { pools: { users: {}, ‸users: {} } }",
            says: "users"),
        .init(
            "a module's name with a space", "where: Help > About", "seats: { modules: { ‸\"G L\": 1 } }",
            says: "letters"),
        .init(
            "a module's limit in words", "where: Help > About", "seats: { modules: { GL: ‸many } }", says: "from 0 to"),
        // Countdowns.
        .init(
            "an unknown date", "[expires, vendorExpired]", "[expires, ‸vendorExpird]",
            says: "did you mean \"vendorExpired\""),
        .init("one unknown date", "[expires, vendorExpired]", "‸expiry", says: "no date named \"expiry\""),
        .init("a date twice", "[expires, vendorExpired]", "[expires, ‸expires]", says: "named twice"),
        .init(
            "the modules' date among others", "[expires, vendorExpired]", "[expires, ‸modules.expires]",
            says: "can't be mixed"),
        .init("no dates", "[expires, vendorExpired]", "‸[]", says: "at least an element"),
        .init("an offset without a unit", "at: 45d", "at: ‸45", says: "an offset"),
        .init("an offset in weeks", "at: 45d", "at: ‸6w", says: "an offset"),
        .init("stages out of order", "at: 45d", "at: ‸-1d", says: "put the stages in order of time"),
        .init("two stages at one time", "at: 45d", "at: ‸0d", says: "the same time"),
        .init("an unknown level", "level: restricted }", "level: ‸restrictd }", says: "did you mean \"restricted\""),
        .init(
            "a stage that is unlicensed", "level: restricted }", "level: ‸unlicensed }",
            says: "a stage that ends access is \"stopped\""),
        .init("a stage without a level", "- { at: 45d, level: restricted }", "- ‸{ at: 45d }", says: "\"level\""),
        .init("an unknown placeholder", "\"{module} has ended.\"", "\"‸{modul} has ended.\"", says: "modul"),
        .init("an open brace", "\"{module} has ended.\"", "\"‸{module has ended.\"", says: "{"),
        .init(
            "a module where there is none", "\"{product} is read-only in {daysToLoss}.\"",
            "\"‸{module} is read-only in {daysToLoss}.\"", says: "{module} has a meaning only"),
        .init(
            "days to a loss that never comes", "\"{module} has ended.\"", "\"{module} ends in ‸{daysToLoss}.\"",
            says: "no later stage"),
        .init(
            "a place in the product that is not said", "\"{product} is read-only", "\"‸{where}: read-only",
            without: "where: Help > About\n", says: "{where} has no answer here"),
        .init("a broken date format", "dateFormat: dd/MM/yyyy", "dateFormat: ‸dd/QQ/yyyy", says: "Q"),
        .init(
            "a site value that no adapter knows", "{site.sharedData}/", "‸{site.sharedDate}/",
            says: "did you mean {site.sharedData}?"),
        .init(
            "an identity value that no adapter knows", "{site.sharedData}/", "{site.sharedData}/‸{identity.nonsense}/",
            says: "identity values known here: clientID, clientName, serialNumber"),
        .init(
            "a destination that begins nowhere", "\"{site.sharedData}/", "\"‸shared/",
            says: "begin it with {site.NAME} or a slash"),
        .init(
            "a destination that begins with an identity", "\"{site.sharedData}/", "\"‸{identity.clientID}/",
            says: "begin it with {site.NAME} or a slash"),
        .init("no destination", "\"{site.sharedData}/entitlements.xml\"", "\"‸\"", says: "is empty"),
        .init(
            "a destination that leads upwards", "{site.sharedData}/", "{site.sharedData}/‸../", says: "leads upwards"),
        .init(
            "a destination that ends upwards", "{site.sharedData}/entitlements.xml", "/a/{site.sharedData}/‸..",
            says: "leads upwards"),
        .init("a destination that stays", "{site.sharedData}/", "/‸./", says: "the name \".\""),
        .init("two slashes", "{site.sharedData}/", "{site.sharedData}‸//", says: "without a name"),
        .init("a slash at the end", "{site.sharedData}/entitlements.xml", "/a‸/", says: "without a name"),
        .init("another kind of value", "{site.sharedData}/", "‸{place.sharedData}/", says: "{site.NAME}"),
        .init("a brace in a destination", "{site.sharedData}/", "{site.sharedData}/‸}", says: "without its {"),
        .init("an open brace in a destination", "{site.sharedData}/", "a/‸{site.sharedData/", says: "is not closed"),
        .init(
            "a placeholder between wide characters", "\"{module} has ended.\"", "\"日本 ‸{modul} 日本\"", says: "modul"),
        .init("a truth that is none", "optional: true", "optional: ‸yes", says: "\"true\", \"false\""),
    ]
}

@Suite("What is wrong with a profile")
struct MistakeTests {
    @Test("The profile that the others are made of is right")
    func good() throws {
        #expect(ProfileText.problems(ProfileText.good).map(\.description) == [])
        #expect(try ProfileText.read(ProfileText.good).name == "sample")
    }

    @Test("Each mistake is told at its place, once, and nothing else is", arguments: ProfileMistake.all)
    func mistake(_ mistake: ProfileMistake) throws {
        let good = ProfileText.good.replacing(mistake.without, with: "")
        try #require(good.contains(mistake.replace), "the good profile has no \(mistake.replace)")
        let (text, places) = ProfileText.places(in: good.replacing(mistake.replace, with: mistake.with))
        let problems = ProfileText.problems(text)
        let shown = problems.map(\.description).joined(separator: "\n")
        #expect(problems.map(\.mark.start.description) == places, "\(shown)")
        #expect(problems.allSatisfy { $0.severity == .error && $0.file == "sample.yaml" })
        #expect(shown.contains(mistake.says), "\(shown)")
        let place = try #require(places.first)
        #expect(shown.hasPrefix("sample.yaml:\(place): error: "), "\(shown)")
    }

    @Test("What is no YAML is told with the place at which it ends to be")
    func syntax() throws {
        let (text, places) = ProfileText.places(
            in: "name: sample\nproduct: \"an open quote\nprotocol: subscription\n")
        #expect(places.isEmpty)
        let problems = ProfileText.problems(text)
        #expect(problems.count == 1 && (2...4).contains(problems[0].mark.line))
        #expect(ProfileText.problems("").count == 1)
        #expect(ProfileText.problems("- a\n- b\n").first?.mark.start.description == "1:1")
    }

    @Test("All that is wrong is told at once, in the order of the file")
    func allAtOnce() {
        let (text, places) = ProfileText.places(
            in: """
                name: ‸Sample
                product:‸
                protocol: subscription
                vendor:
                  address: ‸licensing
                  keys:
                    first: ‸short
                  timeoutSeconds: ‸0
                  ‸adress: x
                refresh: { every: ‸2w }
                deliver: { entitlements: "{site.sharedData}/entitlements.xml" }
                countdowns:
                  subscription:
                    from: expires
                    stages:
                      - { at: ‸soon, level: ‸bad }
                ‸colour: red
                """)
        let problems = ProfileText.problems(text)
        #expect(
            problems.map(\.mark.start.description) == places, "\(problems.map(\.description).joined(separator: "\n"))")
    }

    @Test("Several mistakes in the countdowns are told at once, each at its own mark")
    func countdowns() {
        let (text, places) = ProfileText.places(
            in: """
                name: sample
                product: Sample
                protocol: subscription
                vendor: { address: "" }
                deliver: { entitlements: "{site.sharedData}/entitlements.xml" }
                dateFormat: ‸QQ
                countdowns:
                  first:
                    from: ‸expiry
                    stages:
                      - { at: 0d, level: grace, message: "‸{nonsense}" }
                      - { at: ‸-5d, level: ‸unlicensed }
                  second:
                    from:
                      - expires
                      - ‸expires
                    stages:
                      - at: 0d
                        level: stopped
                        message: "‸{lossDate}"
                """)
        let problems = ProfileText.problems(text)
        #expect(
            problems.map(\.mark.start.description) == places, "\(problems.map(\.description).joined(separator: "\n"))")
    }

    @Test("Whatever does not depend on the adapter is told although nobody speaks the protocol")
    func unknownProtocol() {
        let (text, places) = ProfileText.places(
            in: """
                name: sample
                product: Sample
                protocol: ‸carrier-pigeon
                vendor: { address: ‸licensing, ‸adress: x }
                settings: { speed: ‸[high] }
                deliver: { a: "‸shared/{site.anything}/‸..", b: "{site.x}/‸{nothing}", c: ‸{} }
                dateFormat: ‸QQ
                countdowns:
                  first:
                    from: [anyDate, ‸anyDate]
                    stages:
                      - { at: 5d, level: grace, message: "‸{nonsense} ‸{where}" }
                      - { at: ‸4d, level: stopped, message: "‸{lossDate}" }
                """)
        let problems = ProfileText.problems(text)
        #expect(
            problems.map(\.mark.start.description) == places, "\(problems.map(\.description).joined(separator: "\n"))")
    }

    @Test("Where a misspelled protocol can mean only one, what depends on its adapter is told at once, too")
    func misspelledProtocol() {
        let (text, places) = ProfileText.places(
            in: ProfileText.good.replacing("protocol: subscription", with: "protocol: ‸subscripton")
                .replacing("where: Help > About", with: "settings: { ‸speed: high }")
                .replacing("{site.sharedData}", with: "‸{site.sharedDate}")
                .replacing("vendorExpired", with: "‸vendorExpird"))
        let problems = ProfileText.problems(text)
        #expect(
            problems.map(\.mark.start.description) == places, "\(problems.map(\.description).joined(separator: "\n"))")
    }

    @Test("Dots in a destination are no way upwards where they are part of a name")
    func dots() throws {
        for template in [
            "{site.sharedData}/..a/b..", "{site.sharedData}../a", "/a/..{identity.clientID}", "/.a/{site.b}",
        ] {
            let text = ProfileText.good.replacing("{site.sharedData}/entitlements.xml", with: template)
            #expect(ProfileText.problems(text).filter { !$0.message.contains("\"b\"") }.isEmpty, "\(template)")
        }
    }

    @Test("A stage is compared with what stands in the file, whatever could not be read between")
    func order() {
        let (text, places) = ProfileText.places(
            in: ProfileText.good.replacing(
                "- { at: 45d, level: restricted }",
                with: [
                    "{ at: 10d, level: grace }", "{ at: ‸99999999999999d, level: grace }", "{ at: 20d, level: grace }",
                    "{ at: ‸soon, level: grace }", "{ at: ‸5d, level: restricted, message: \"‸{module}\" }",
                ].map { "- " + $0 }.joined(separator: "\n      ")))
        let problems = ProfileText.problems(text)
        let shown = problems.map(\.description).joined(separator: "\n")
        #expect(problems.map(\.mark.start.description) == places, "\(shown)")
        #expect(shown.contains("found \"99999999999999d\"") && shown.contains("5d is earlier than 20d"), "\(shown)")
        let first = ProfileText.problems(
            ProfileText.good.replacing("at: 0d, level: grace", with: "at: 99999999999999d, level: grace"))
        #expect(first.count == 1, "nothing is known of the order before it")
    }

    @Test("A value from the environment is not shown, since it may be a secret")
    func secret() {
        let text = ProfileText.good.replacing("https://licensing.example.com", with: "${ADDRESS}")
        let problems = ProfileText.problems(text, ["ADDRESS": "hunter2-is-no-address"])
        #expect(problems.count == 1)
        #expect(!problems.map(\.description).joined().contains("hunter2"))
    }

    @Test("A profile may leave out whatever has a meaning when it is absent")
    func least() throws {
        let profile = try ProfileText.read(
            """
            name: sample
            product: Sample
            protocol: subscription
            vendor: { address: "" }
            deliver: { entitlements: "{site.sharedData}/entitlements.xml" }
            countdowns: {}
            """)
        #expect(profile.refreshDays == nil && profile.place.isEmpty && profile.settings.isEmpty)
        #expect(profile.vendor.timeout == 30_000 && profile.vendor.keys.isEmpty)
        #expect(profile.vendor.proxy == nil && profile.vendor.pin == nil && profile.vendor.authorities == nil)
    }
}
