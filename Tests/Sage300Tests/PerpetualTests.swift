import AdapterKit
import AdapterTestKit
import Crypto
import Foundation
import Sage300
import Testing
import VendorFormats

/// The worked example of docs/protocols/module-keys.md.
private enum PerpetualPage {
    static let keys = [
        "serialNumber": "SPT-0093-55172", "release": "Sage 300 2026", "activationKey.GL": "4QX7-K0MD-22RV",
        "activationKey.AP": "9WHB-71TZ-C5LN", "activationKey.IC": "PN3E-6YVA-08KS",
    ]

    static let facts = Facts(
        operation: "019abc5e-7c00-7a3e-9d11-4f2a6b8c0d1e", now: Instant(milliseconds: 1_795_341_599_000),
        nonce: "b3d81f06a2c94e7788f1d0c9a45e6b12",
        identity: ["serialNumber": "SPT-0093-55172", "release": "Sage 300 2025"],
        held: Facts.Held(
            revision: "r1", issued: Instant(milliseconds: 1_792_659_600_000), modules: ["GL", "AP"]))

    static var page: WorkedExample {
        get throws { try WorkedExample(page: "../../docs/protocols/module-keys.md") }
    }

    static func answer(_ name: String) throws -> Event {
        try page.answer(name, purpose: "module-keys/activation", nonce: facts.nonce)
    }

    static func grant(_ event: Event) throws -> Grant? {
        let adapter = Sage300Perpetual()
        let state = try adapter.upgrade(facts, keys: keys).state
        guard case .finish(.updated(let grant)) = try adapter.resume(state, with: event, facts: facts).step else {
            return nil
        }
        return grant
    }
}

@Suite("Sage 300 perpetual")
struct PerpetualTests {
    @Test("The adapter holds to the contract in every scenario")
    func conformance() throws {
        let rows: [(String, String, Bool, VendorScenario.Expectation)] = [
            ("a new release", "activated", false, .updated), ("answer lost", "activated", true, .updated),
            ("a module's key is missing", "activation-rejected", false, .error(.rejected, field: "activationKey.IC")),
        ]
        var scenarios = try rows.map { name, block, loses, expected in
            let bytes = Array(try SignedDocument(PerpetualPage.page.block(block)).payload)
            return VendorScenario(name, keys: PerpetualPage.keys, losesAnswer: loses, expected: expected) { _, _, _ in
                .payload(bytes)
            }
        }
        scenarios.append(
            VendorScenario("out of order", keys: PerpetualPage.keys, expected: .error(.unreachable)) { _, _, _ in
                .status(429)
            })
        try AdapterConformance(Sage300Perpetual(), facts: PerpetualPage.facts, scenarios: scenarios).check()
        let adapter = AnyAdapter(Sage300Perpetual())
        #expect(adapter.capabilities == [.keyUpgrade] && adapter.inspects)
    }

    @Test("A malformed key and a missing one are told together, each as what it is")
    func problems() {
        var keys = PerpetualPage.keys
        keys["activationKey.GL"] = "4qx7"
        keys["activationKey.AP"] = nil
        keys["release"] = nil
        let found = AnyAdapter(Sage300Perpetual()).keys?.problems(with: keys, PerpetualPage.facts) ?? []
        #expect(Set(found.map(\.field)) == ["activationKey.GL", "release", "activationKey"], "\(found)")
        let lacking = found.first { $0.field == "activationKey" }?.message ?? ""
        #expect(lacking.hasPrefix("The keys lack those of AP. An activation takes the place"), "\(lacking)")
    }

    @Test("The adapter's activation is the page's, to the byte")
    func request() throws {
        guard
            case .send(let request) = try Sage300Perpetual().upgrade(PerpetualPage.facts, keys: PerpetualPage.keys).step
        else {
            Issue.record("nothing was sent")
            return
        }
        let block = try PerpetualPage.page.block("activation-request")
        #expect(request.body == block && request.once && request.isSecret)
        let question = try ActivationQuestion(block, fields: ["serialNumber", "release"])
        #expect(question.keys == PerpetualPage.keys && question.before == PerpetualPage.facts.identity)
    }

    @Test("Its answer grants the release, the modules and the file with their keys")
    func activated() throws {
        let grant = try #require(try PerpetualPage.grant(PerpetualPage.answer("activated")))
        #expect(grant.attestation.subject == ["serialNumber": "SPT-0093-55172", "release": "Sage 300 2026"])
        let entitlement = grant.entitlement
        #expect(entitlement.edition == "Advanced" && entitlement.modules.map(\.code) == ["GL", "AP", "IC"])
        #expect(entitlement.seats == [.init(name: "users", count: 6)] && entitlement.end == nil)
        #expect(entitlement.dates == ["maintenanceUntil": .day(try #require(LocalDay("2027-05-31")))])
        let block = String(decoding: try PerpetualPage.page.block("registration", of: "ini"), as: UTF8.self)
        #expect(grant.files.map(\.delivery) == ["moduleKeys"])
        #expect(grant.files.first?.contents == Array(block.replacing("\n", with: "\r\n").utf8))
    }

    @Test("The signatures of the page are right", arguments: ["activated", "activation-rejected"])
    func signatures(_ name: String) throws {
        let signed = try SignedDocument(PerpetualPage.page.block(name))
        let example = try Curve25519.Signing.PrivateKey(rawRepresentation: Data(0..<32)).publicKey
        let bytes = SignedDocument.signedBytes(
            purpose: "module-keys/activation", nonce: PerpetualPage.facts.nonce, payload: signed.payload)
        #expect(example.isValidSignature(signed.signature, for: bytes))
    }

    @Test("A refused set names the module whose key is missing")
    func refused() throws {
        let error = #expect(throws: AdapterError.self) {
            try PerpetualPage.grant(PerpetualPage.answer("activation-rejected"))
        }
        #expect(error?.field == "activationKey.IC")
        #expect(
            error?.message.hasPrefix(
                "The set is not complete: the Activation Key of IC is in the vendor's record and was not among the keys."
            )
                == true)
    }

    @Test(
        "An answer that is not what the protocol says is refused",
        arguments: [
            (">Advanced<", ">Deluxe<", "must be one of Standard, Advanced, Premium"),
            ("name=\"Inventory Control\"", "name=\"Inventory Control\" expires=\"2027-01-01\"", "a module that ends"),
            ("code=\"IC\"", "code=\"OE\"", "has no OE"),
            ("  <module code=\"IC\" name=\"Inventory Control\"/>\n", "", "keys of other modules than are granted"),
            ("<users>6<", "<users>60<", "has another Users"),
            ("<release>Sage 300 2026<", "<release>7.2<", "another Release"),
        ])
    func malformed(_ good: String, _ bad: String, _ why: String) throws {
        let event = try PerpetualPage.answer("activated").replacing(good, bad)
        let error = #expect(throws: AdapterError.self) { try PerpetualPage.grant(event) }
        #expect(error?.code == .malformed && error?.message.contains(why) == true, "\(error?.message ?? "")")
    }

    private static func problems(_ change: [String: String?]) -> [FieldProblem] {
        var keys = PerpetualPage.keys
        for (name, value) in change { keys[name] = value }
        return AnyAdapter(Sage300Perpetual()).keys?.problems(with: keys, PerpetualPage.facts) ?? []
    }

    @Test("A set that lacks a module that is held is refused before the vendor is asked, with the modules named")
    func incomplete() {
        #expect(Self.problems([:]) == [])
        let found = Self.problems(["activationKey.GL": nil, "activationKey.AP": nil])
        #expect(found.map(\.field) == ["activationKey"])
        #expect(
            found.first?.message
                == "The keys lack those of GL, AP. A new release needs a complete new set: Sage 300 2026 takes no key of "
                + "another. Ask the vendor for them, and give all of them at once.")
        let same = Self.problems(["activationKey.AP": nil, "release": "Sage 300 2025"])
        #expect(same.first?.message.contains("takes the place of the whole set") == true)
    }

    @Test("One key for two modules, an example of a key and a code that is none are told by the module")
    func mistakes() {
        #expect(
            Self.problems(["activationKey.IC": "4QX7-K0MD-22RV"]).map(\.field) == ["activationKey.IC"])
        #expect(Self.problems(["activationKey.IC": "XXXX-XXXX"]).map(\.field) == ["activationKey.IC"])
        #expect(Self.problems(["activationKey.I C": "PN3E-6YVA"]).map(\.field) == ["activationKey.I C"])
        #expect(Self.problems(["activationKey.IC": "pn3e"]).map(\.field) == ["activationKey.IC"])
    }

    @Test("Its registration file is shown with every module's key masked")
    func registration() throws {
        let lines = try Sage300Perpetual().registration(PerpetualPage.page.block("registration", of: "ini"))
        #expect(
            lines.map { "\($0.title): \($0.value)" } == [
                "Company Name: Bow River Mechanical Ltd.", "Reseller: Foothills Accounting Software",
                "Serial Number: SPT-0093-55172", "Release: Sage 300 2026", "Edition: Advanced", "Users: 6",
                "Activation Key of GL: ********", "Activation Key of AP: ********", "Activation Key of IC: ********",
            ])
    }
}
