import AdapterKit
import AdapterTestKit
import Crypto
import Foundation
import Sage200
import Testing
import VendorFormats

@Suite("Sage 200: the protocol page's worked example")
struct ProtocolPageTests {
    @Test("The adapter's request is the page's, to the byte")
    func request() throws {
        let transition = try Sage200().refresh(ProtocolPage.facts)
        #expect(
            transition.step
                == .send(
                    Request(
                        method: "POST", path: "/v1/entitlement",
                        headers: ["Content-Type": "application/xml", "Accept": "application/xml"],
                        body: try ProtocolPage.page.block("request"), trust: .signed(purpose: "online-offline/answer")))
        )
    }

    @Test("Its changed answer is a grant with what the licence page shows, and no file")
    func changed() throws {
        let grant = try #require(try ProtocolPage.grant(ProtocolPage.answer("changed")))
        let issued = try #require(Instant("2026-11-22T10:00:00Z"))
        #expect(grant.attestation == Attestation(subject: ProtocolPage.facts.identity, issued: issued))
        #expect(grant.revision == "r8" && grant.files.isEmpty)
        #expect(
            grant.entitlement
                == Entitlement(
                    dates: [
                        "validFrom": try #require(DateValue("2026-07-01")),
                        "validTo": try #require(DateValue("2027-06-30")),
                    ],
                    seats: [.init(name: "users", count: 12), .init(name: "webUsers", count: 4)],
                    modules: [
                        .init(code: "FIN", name: "Financials"), .init(code: "COM", name: "Commercials"),
                        .init(
                            code: "BOM", name: "Bill of Materials", expires: DateValue("2026-12-31")),
                    ],
                    details: [
                        "accountName": "Wharfedale Joinery & Sons Ltd", "lastFetched": "2026-11-22T10:00:00Z",
                        "testAndRecovery": "no",
                    ]))
    }

    @Test("Its unchanged answer leaves what is held")
    func unchanged() throws {
        let issued = try #require(Instant("2026-11-22T10:00:00Z"))
        let attestation = Attestation(subject: ProtocolPage.facts.identity, issued: issued)
        #expect(try ProtocolPage.outcome(ProtocolPage.answer("unchanged")) == .finish(.unchanged(attestation)))
    }

    @Test("Its rejected answer names the field, where to look and what to do, and repeats no serial number")
    func rejected() throws {
        let error = #expect(throws: AdapterError.self) {
            try ProtocolPage.outcome(ProtocolPage.answer("rejected"))
        }
        #expect(
            error
                == AdapterError(
                    .rejected,
                    "The Serial Number does not match the vendor's record of this account. Nothing was updated. Compare "
                        + "it with System Administration > Licence and correct the installation's serialNumber. If it is "
                        + "right there, the vendor's record is wrong: ask the vendor.", field: "serialNumber"))
    }

    @Test(
        "Every signature of the page is right, for its own purpose and nonce alone",
        arguments: [
            ("changed", "online-offline/answer"), ("unchanged", "online-offline/answer"),
            ("rejected", "online-offline/answer"), ("entitlement", "online-offline/entitlement"),
        ])
    func signatures(_ name: String, _ purpose: String) throws {
        let signed = try SignedDocument(ProtocolPage.page.block(name))
        let nonce = name == "entitlement" ? ProtocolPage.offlineNonce : ProtocolPage.facts.nonce
        #expect(signed.purpose == purpose && signed.nonce == nonce && signed.keyID == "example-1")
        let example = try Curve25519.Signing.PrivateKey(rawRepresentation: Data(0..<32)).publicKey
        for known in ["online-offline/answer", "online-offline/entitlement"] {
            let bytes = SignedDocument.signedBytes(purpose: known, nonce: nonce, payload: signed.payload)
            #expect(example.isValidSignature(signed.signature, for: bytes) == (known == purpose))
        }
    }

    @Test("The entitlement file grants what the online answer grants, issued at another time")
    func entitlementFile() throws {
        let file = Event.answer(
            Response(status: 200, body: Array(try SignedDocument(ProtocolPage.page.block("entitlement")).payload)))
        var offline = try #require(try ProtocolPage.grant(file))
        let online = try #require(try ProtocolPage.grant(ProtocolPage.answer("changed")))
        #expect(offline.attestation.issued == Instant("2026-11-24T15:30:00Z"))
        offline.entitlement.details["lastFetched"] = online.entitlement.details["lastFetched"]
        #expect(offline.entitlement == online.entitlement && offline.revision == online.revision)
    }

    @Test("The request file names the installation, its own nonce, and what is held")
    func requestFile() throws {
        let request = try BoundedXML.read(ProtocolPage.page.block("offline-request"))
        #expect(request.name == "offlineRequest" && request.attribute("version") == "1")
        for (name, value) in ProtocolPage.facts.identity { #expect(try request.required(name).value() == value) }
        #expect(try request.required("nonce").value() == ProtocolPage.offlineNonce)
        let held = try #require(ProtocolPage.facts.held)
        #expect(try request.required("heldRevision").value() == held.revision)
        #expect(try request.required("heldIssued").instant() == held.issued)
        #expect(try request.required("requested").instant() == Instant("2026-11-22T10:02:00Z"))
    }
}
