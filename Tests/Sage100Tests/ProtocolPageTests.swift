import AdapterKit
import AdapterTestKit
import Crypto
import Foundation
import Sage100
import Testing
import VendorFormats

@Suite("Sage 100: the protocol page's worked example")
struct ProtocolPageTests {
    private static let headers = ["Content-Type": "application/xml", "Accept": "application/xml"]

    @Test("The adapter's activation is the page's, to the byte: made once, and secret")
    func activation() throws {
        let transition = try Sage100().upgrade(ProtocolPage.facts, keys: ProtocolPage.keys)
        #expect(
            transition.step
                == .send(
                    Request(
                        method: "POST", path: "/v1/activation", headers: Self.headers,
                        body: try ProtocolPage.page.block("activation-request"),
                        trust: .signed(purpose: "product-key/activation"), once: true, isSecret: true)))
        #expect(transition.state == .activation(nonce: ProtocolPage.facts.nonce))
        let journaled = String(decoding: try transition.step.json(), as: UTF8.self)
        #expect(journaled.contains("\"body\":\"\"") && journaled.contains("\"isSecret\":true"))
    }

    @Test("What became of it is asked as the page has it, as often as one likes")
    func inspection() throws {
        let sent = try Sage100().upgrade(ProtocolPage.facts, keys: ProtocolPage.keys).state
        let asked = try Sage100().inspect(sent, facts: ProtocolPage.inspecting)
        #expect(
            asked.step
                == .send(
                    Request(
                        method: "POST", path: "/v1/activation/inspect", headers: Self.headers,
                        body: try ProtocolPage.page.block("inspection-request"),
                        trust: .signed(purpose: "product-key/activation"))))
        #expect(try Sage100().inspect(asked.state, facts: ProtocolPage.inspecting) == asked)
    }

    @Test("The adapter's refresh is the page's, to the byte")
    func request() throws {
        let transition = try Sage100().refresh(ProtocolPage.refreshing)
        #expect(
            transition.step
                == .send(
                    Request(
                        method: "POST", path: "/v1/entitlement", headers: Self.headers,
                        body: try ProtocolPage.page.block("request"), trust: .signed(purpose: "product-key/answer"))))
        #expect(try Sage100().inspect(transition.state, facts: ProtocolPage.refreshing) == transition)
    }

    private static let entitlement = Entitlement(
        dates: ["expires": .day(LocalDay("2027-01-31") ?? LocalDay(number: 0))],
        seats: [.init(name: "users", count: 12)],
        modules: [
            .init(code: "G/L", name: "General Ledger"), .init(code: "A/P", name: "Accounts Payable"),
            .init(code: "A/R", name: "Accounts Receivable"), .init(code: "S/O", name: "Sales Order"),
        ], edition: "Advanced",
        details: ["company": "Granite State Fasteners LLC", "reseller": "Merrimack Business Systems"])

    @Test("Its activation grants what the keys bring, and the same file for the server and for terminal servers")
    func activated() throws {
        let grant = try #require(try ProtocolPage.grant(ProtocolPage.answer("activated")))
        let issued = try #require(Instant("2026-11-22T10:00:00Z"))
        let subject = ["customerNumber": "4000217743", "serialNumber": "1047926"]
        #expect(grant.attestation == Attestation(subject: subject, issued: issued))
        #expect(grant.revision == "r5" && grant.entitlement == Self.entitlement)
        let block = String(decoding: try ProtocolPage.page.block("registration", of: "ini"), as: UTF8.self)
        let file = Array(block.replacing("\n", with: "\r\n").utf8)
        #expect(
            grant.files == [
                Grant.File(delivery: "serverKeys", contents: file),
                Grant.File(delivery: "terminalKeys", contents: file),
            ])
    }

    @Test("Asked about later it is the same activation, issued at another time")
    func inspected() throws {
        let facts = ProtocolPage.inspecting
        var later = try #require(try ProtocolPage.grant(ProtocolPage.answer("inspected", facts), facts))
        let first = try #require(try ProtocolPage.grant(ProtocolPage.answer("activated")))
        #expect(later.attestation.issued == Instant("2026-11-22T10:07:30Z"))
        later.attestation.issued = first.attestation.issued
        #expect(later == first)
    }

    @Test("Keys that never arrived end it without a field: they may be sent again")
    func unknown() throws {
        let facts = ProtocolPage.inspecting
        let error = #expect(throws: AdapterError.self) {
            try ProtocolPage.outcome(ProtocolPage.answer("unknown", facts), facts)
        }
        #expect(
            error
                == AdapterError(
                    .rejected,
                    "The vendor never got the keys: nothing was changed there, and what was in force still is. The same "
                        + "keys may be activated again."))
    }

    @Test("A refused key is named with what to do, and not repeated")
    func refused() throws {
        let error = #expect(throws: AdapterError.self) {
            try ProtocolPage.outcome(ProtocolPage.answer("activation-rejected"))
        }
        #expect(
            error
                == AdapterError(
                    .rejected,
                    "The User Key is not the one of the vendor's record. No key was activated, and what was in force "
                        + "still is. Compare userKey with what the vendor sent, to the letter; if it is right, ask the "
                        + "vendor.", field: "userKey"))
    }

    @Test("Its refresh brings what changed and no file; unchanged leaves what is held; superseded says what to do")
    func refreshed() throws {
        let facts = ProtocolPage.refreshing
        let grant = try #require(try ProtocolPage.grant(ProtocolPage.answer("changed", facts), facts))
        var renewed = Self.entitlement
        renewed.dates["expires"] = DateValue("2028-01-31")
        #expect(grant.entitlement == renewed && grant.revision == "r6" && grant.files.isEmpty)
        let issued = try #require(Instant("2026-12-22T09:00:00Z"))
        #expect(
            try ProtocolPage.outcome(ProtocolPage.answer("unchanged", facts), facts)
                == .finish(.unchanged(Attestation(subject: facts.identity, issued: issued))))
        let error = #expect(throws: AdapterError.self) {
            try ProtocolPage.outcome(ProtocolPage.answer("rejected", facts), facts)
        }
        #expect(error?.code == .rejected && error?.field == "serialNumber")
        #expect(error?.message.hasPrefix("The Serial Number was superseded") == true)
    }

    @Test(
        "Every signature of the page is right, for its own purpose and nonce alone",
        arguments: [
            ("activated", 0), ("activation-rejected", 0), ("inspected", 1), ("unknown", 1), ("changed", 2),
            ("unchanged", 2), ("rejected", 2),
        ])
    func signatures(_ name: String, _ index: Int) throws {
        let signed = try SignedDocument(ProtocolPage.page.block(name))
        let facts = [ProtocolPage.facts, ProtocolPage.inspecting, ProtocolPage.refreshing][index]
        let purpose = index == 2 ? "product-key/answer" : "product-key/activation"
        #expect(signed.purpose == purpose && signed.nonce == facts.nonce && signed.keyID == "example-1")
        let example = try Curve25519.Signing.PrivateKey(rawRepresentation: Data(0..<32)).publicKey
        for known in ["product-key/answer", "product-key/activation"] {
            let bytes = SignedDocument.signedBytes(purpose: known, nonce: facts.nonce, payload: signed.payload)
            #expect(example.isValidSignature(signed.signature, for: bytes) == (known == purpose))
        }
    }

    @Test("The vendor reads the page's requests as they are meant")
    func questions() throws {
        let fields = ["customerNumber", "serialNumber"]
        let sent = try ActivationQuestion(ProtocolPage.page.block("activation-request"), fields: fields)
        #expect(sent.operation == ProtocolPage.facts.operation && sent.nonce == ProtocolPage.facts.nonce)
        #expect(sent.before == ProtocolPage.facts.identity && sent.keys == ProtocolPage.keys)
        let asked = try InspectionQuestion(ProtocolPage.page.block("inspection-request"))
        #expect(asked.operation == sent.operation && asked.asked == sent.nonce)
        #expect(asked.nonce == ProtocolPage.inspecting.nonce)
    }

    @Test("Its registration file is shown as tab 3 shows it, with the keys masked")
    func registration() throws {
        let lines = try Sage100().registration(ProtocolPage.page.block("registration", of: "ini"))
        #expect(
            lines.map { "\($0.title): \($0.value)" } == [
                "Company Name: Granite State Fasteners LLC", "Reseller: Merrimack Business Systems",
                "Serial Number: 1047926", "Customer Number: 4000217743", "User Key: ********",
                "Product Key: ********", "Edition: Advanced", "Users: 12", "Modules: G/L,A/P,A/R,S/O",
                "Expires: 2027-01-31",
            ])
    }
}
