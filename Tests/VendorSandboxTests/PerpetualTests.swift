import AdapterKit
import Testing
import VendorFormats
import VendorSandbox

/// A request that activates a set of module keys.
private struct ModuleKeys: VendorQuestion {
    static let path = "/sage300-perpetual/v1/activation"
    static let purpose = "module-keys/activation"

    var nonce = freshNonce()
    var keys = [
        "serialNumber": "SPT-0093-55172", "release": "Sage 300 2026", "activationKey.GL": "4QX7-K0MD-22RV",
        "activationKey.AP": "9WHB-71TZ-C5LN",
    ]

    var identity: KeyValuePairs<String, String> {
        ["serialNumber": "SPT-0093-55172", "release": "Sage 300 2025"]
    }
    var heldRevision: String? { nil }

    var bytes: [UInt8] {
        get throws { try KeyQuestion(operation: Self.freshNonce(), nonce: nonce, before: identity, keys: keys).bytes }
    }
}

@Suite("What the stand-in answers to module keys")
struct PerpetualTests {
    private static let book = """
        sage300-perpetual:
          - serialNumber: SPT-0093-55172
            release: Sage 300 2026
            company: Bow River Mechanical Ltd.
            reseller: Foothills Accounting Software
            edition: Advanced
            users: 6
            modules:
              - { code: GL, name: General Ledger, activationKey: 4QX7-K0MD-22RV }
              - { code: AP, name: Accounts Payable, activationKey: 9WHB-71TZ-C5LN }
            maintenanceUntil: 2027-05-31

        """

    @Test("A complete set is activated, with the file that holds a key for each module")
    func activated() async throws {
        try await RunningSandbox.with(Self.book) { sandbox in
            let answer = try await sandbox.ask(ModuleKeys())
            #expect(answer.status == "activated" && answer["release"] == "Sage 300 2026")
            #expect(answer["maintenanceUntil"] == "2027-05-31" && answer["users"] == "6")
            let registration = try Registration(answer.document.required("registration"))
            let modules = try registration.document.required("Modules")
            #expect(modules.entries.map(\.key) == ["GL", "AP"] && modules.value("AP") == "9WHB-71TZ-C5LN")
        }
    }

    @Test(
        "A set that is not that of the record is refused by the module",
        arguments: [
            (["serialNumber": "SPT-1"], "serialNumber", "unknown"),
            (["release": "Sage 300 2025"], "release", "mismatch"),
            (["activationKey.AP": nil], "activationKey.AP", "missing"),
            (["activationKey.GL": "9WHB-71TZ-C5LN"], "activationKey.GL", "mismatch"),
            (["activationKey.OE": "AAAA-BBBB", "activationKey.IC": "AAAA-CCCC"], "activationKey.IC", "unknown"),
        ] as [([String: String?], String, String)])
    func refused(_ change: [String: String?], _ field: String, _ reason: String) async throws {
        try await RunningSandbox.with(Self.book) { sandbox in
            var question = ModuleKeys()
            for (name, value) in change { question.keys[name] = value }
            let answer = try await sandbox.ask(question)
            #expect(answer.status == "rejected" && answer["field"] == field && answer["reason"] == reason)
            #expect(!answer.reply.text.contains("4QX7"))
        }
    }

    @Test(
        "What can't be right in the book is told at its place",
        arguments: [
            ("code: AP", "code: gl", "stands here twice"), ("code: AP", "code: A/P", "only letters, digits, - and _"),
            ("edition: Advanced", "edition: Deluxe", "Deluxe"),
            (", activationKey: 9WHB-71TZ-C5LN", "", "\"activationKey\""),
        ])
    func mistakes(_ good: String, _ bad: String, _ why: String) async throws {
        let told = try await Books.refusal(of: Self.book.replacing(good, with: bad))
        #expect(told.contains(why), "\(told)")
    }
}
