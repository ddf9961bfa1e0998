import AdapterKit
import Sage300
import Testing
import VendorFormats

@Suite("The protocol page's worked example")
struct ProtocolPageTests {
    let adapter = Sage300()
    let facts = ProtocolPage.facts

    @Test("The adapter's request is the page's, to the byte")
    func request() throws {
        let transition = try adapter.refresh(facts)
        let request = Request(
            method: "POST", path: "/v1/entitlement",
            headers: ["Content-Type": "application/xml", "Accept": "application/xml"],
            body: try ProtocolPage.block("request"), trust: .signed(purpose: "subscription/answer"))
        #expect(transition.step == .send(request))
        #expect(transition.state == Sage300.State(heldRevision: "r41"))
    }

    @Test("Where nothing is held, no revision is named")
    func firstRequest() throws {
        var facts = facts
        facts.held = nil
        guard case .send(let request) = try adapter.refresh(facts).step else {
            Issue.record("it sends nothing")
            return
        }
        let body = String(decoding: request.body, as: UTF8.self)
        #expect(!body.contains("heldRevision"))
        #expect(body.contains("<serialNumber>SCX26-0417-88213</serialNumber>\n</entitlementRequest>\n"))
    }

    @Test("Its changed answer is a grant, and the whole signed document is entitlements.xml")
    func changed() throws {
        let outcome = try finish(ProtocolPage.answer("changed"))
        guard case .updated(let grant) = outcome else {
            Issue.record("it is \(outcome)")
            return
        }
        #expect(grant.attestation.subject == facts.identity)
        #expect(grant.attestation.issued == Instant("2026-11-22T10:00:00Z"))
        #expect(grant.revision == "r42")
        #expect(grant.files == [Grant.File(delivery: "entitlements", contents: try ProtocolPage.block("changed"))])
        let end = try #require(DateValue("2026-12-31"))
        #expect(
            grant.entitlement
                == Entitlement(
                    dates: ["expires": try #require(DateValue("2027-01-31"))],
                    seats: [
                        Entitlement.SeatPool(name: "users", count: 10),
                        Entitlement.SeatPool(name: "webUsers", count: 5),
                    ],
                    modules: [
                        Entitlement.Module(code: "GL", name: "General Ledger"),
                        Entitlement.Module(code: "AP", name: "Accounts Payable", expires: end),
                    ],
                    edition: "Premium", vendorStatus: .active,
                    details: [
                        "release": "Sage 300 2026", "region": "NA", "vendorStatusSince": "2026-02-01T05:00:00Z",
                    ]))
    }

    @Test("Its unchanged answer leaves what is held")
    func unchanged() throws {
        let attestation = Attestation(
            subject: facts.identity, issued: try #require(Instant("2026-11-22T10:00:00Z")))
        #expect(try finish(ProtocolPage.answer("unchanged")) == .unchanged(attestation))
    }

    @Test("Its rejected answer names the field, the current release, where to look, and what to do")
    func rejected() throws {
        let error = #expect(throws: AdapterError.self) { try finish(ProtocolPage.answer("rejected")) }
        #expect(
            error
                == AdapterError(
                    .rejected,
                    "The Serial Number was superseded: the vendor's record now has that of Sage 300 2026, and wants it "
                        + "whatever version is installed. Nothing was updated. Ask the vendor for the serial number of "
                        + "Sage 300 2026, enter it in Help > Licenses > License Manager, and correct the "
                        + "installation's serialNumber.", field: "serialNumber"))
    }

    private func finish(_ event: Event) throws -> Outcome? {
        let state = try adapter.refresh(facts).state
        guard case .finish(let outcome) = try adapter.resume(state, with: event, facts: facts).step else { return nil }
        return outcome
    }
}
