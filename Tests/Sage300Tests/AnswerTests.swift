import AdapterKit
import AdapterTestKit
import Sage300
import Testing
import VendorFormats

@Suite("Sage 300: what the vendor answers")
struct AnswerTests {
    let adapter = Sage300()
    let facts = ProtocolPage.facts

    @Test(
        "An answer that is not what the protocol says is refused with the element and line",
        arguments: [
            ("<entitlement ", "<grant ", "does not end <grant>"),
            (" version=\"1\"", "", "lacks the attribute version"),
            ("version=\"1\"", "version=\"2\"", "it knows 1"),
            (" status=\"changed\"", "", "lacks the attribute status"),
            ("status=\"changed\"", "status=\"granted\"", "status that is none of"),
            ("<clientID>30017482</clientID>", "", "lacks the element \"clientID\""),
            ("30017482", "", "Element \"clientID\" on line 3 is empty"),
            ("30017482", "3<b/>", "Element \"clientID\" on line 3 holds elements"),
            ("30017482</clientID>", "3</clientID><clientID>3</clientID>", "a second time"),
            ("<revision>r42</revision>", "", "lacks the element \"revision\""),
            ("r42", "r 42", "must hold only letters, digits"),
            ("2026-11-22T10:00:00Z", "2026-11-22", "Element \"issued\" on line 6 must be a time"),
            ("2027-01-31", "2027-02-31", "Element \"expires\" on line 11 must be a day of the calendar"),
            ("2027-01-31", "2027-01-31T00:00:00Z", "Element \"expires\" on line 11 must be a day of the calendar"),
            ("<expires>2027-01-31</expires>", "", "lacks the element \"expires\""),
            (">active<", ">paused<", "must be one of active, expired; it is \"paused\""),
            (" since=\"2026-02-01T05:00:00Z\"", "", "lacks the attribute since"),
            ("2026-02-01T05:00:00Z", "2026-11-22T10:00:01Z", "later than the document itself"),
            ("<users>10</users>", "", "lacks the element \"users\""),
            ("<users>10<", "<users>-1<", "must be a whole number from 0 to 1000000; it is \"-1\""),
            ("<webUsers>5<", "<webUsers>1000001<", "must be a whole number from 0 to 1000000"),
            ("<webUsers>5<", "<webUsers>5.0<", "must be a whole number from 0 to 1000000"),
            ("<seats>", "<seats>ten", "holds text between its elements"),
            ("code=\"AP\"", "code=\"GL\"", "names the code GL a second time"),
            ("code=\"AP\"", "", "lacks the attribute code"),
            ("code=\"AP\"", "code=\"A P\"", "must hold only letters, digits"),
            ("name=\"General Ledger\"", "name=\"\"", "attribute name on line 18 is empty"),
            ("expires=\"2026-12-31\"", "expires=\"\"", "attribute expires on line 19 is empty"),
            ("expires=\"2026-12-31\"", "expires=\"never\"", "must be a day of the calendar"),
            ("<release>Sage 300 2026</release>", "", "lacks the element \"release\""),
            ("Premium", "", "Element \"edition\" on line 9 is empty"),
            ("<?xml version=\"1.0\" encoding=\"UTF-8\"?>", "<!DOCTYPE entitlement>", "DOCTYPE"),
            ("Premium", "&premium;", "entity"),
            ("encoding=\"UTF-8\"", "encoding=\"latin1\"", "encoding"),
            ("</entitlement>\n", "", "ends within <entitlement>"),
        ] as [(String, String, String)])
    func malformed(_ good: String, _ bad: String, _ why: String) throws {
        let error = #expect(throws: AdapterError.self) { try resume(changed(good, bad)) }
        #expect(error?.code == .malformed)
        #expect(error?.message.contains(why) == true, "\(error?.message ?? "")")
        #expect(error?.message.hasPrefix("The vendor's answer is signed but not what the protocol") == true)
    }

    @Test("Elements and attributes that version 1 gains later are passed over")
    func unknownElements() throws {
        let grant = try granted(
            changed("<edition>", "<tier level=\"3\"><edition>Gold</edition></tier><edition color=\"red\">"))
        #expect(grant.entitlement.edition == "Premium")
    }

    @Test("A mark that the vendor made once the date had passed is no date of its own")
    func markedAfterExpiry() throws {
        let grant = try granted(changed(">active<", ">expired<").replacing("2027-01-31", "2026-01-31"))
        #expect(grant.entitlement.vendorStatus == .expired)
        #expect(grant.entitlement.dates == ["expires": try #require(DateValue("2026-01-31"))])
    }

    @Test("The vendor's expired before the date of expiry is a date of its own")
    func vendorExpired() throws {
        let grant = try granted(changed(">active<", ">expired<"))
        #expect(grant.entitlement.vendorStatus == .expired)
        #expect(grant.entitlement.dates["vendorExpired"] == DateValue("2026-02-01T05:00:00Z"))
        #expect(grant.entitlement.dates["expires"] == DateValue("2027-01-31"))
    }

    @Test("Active after the expiry is reported as it is, and holds no date but the expiry")
    func activeAfterExpiry() throws {
        let grant = try granted(changed("2027-01-31", "2026-01-31"))
        #expect(grant.entitlement.vendorStatus == .active)
        #expect(grant.entitlement.dates == ["expires": try #require(DateValue("2026-01-31"))])
    }

    @Test(
        "An edition or region that a subscription does not have is told, and not refused",
        arguments: [
            ("Premium", "Standard", "edition \"Standard\""), (">NA<", ">UK<", "region \"UK\""),
        ])
    func remarks(_ good: String, _ bad: String, _ what: String) throws {
        let remarks = try granted(changed(good, bad)).entitlement.remarks
        #expect(remarks.count == 1)
        #expect(remarks.first?.contains(what) == true)
        #expect(remarks.first?.hasSuffix(".") == true)
    }

    @Test("No modules at all, and two hundred, are grants; one more is not")
    func moduleCount() throws {
        func modules(_ count: Int) throws -> Event {
            let list = (0..<count).map { "<module code=\"M\($0)\" name=\"Module\"/>" }.joined()
            return try changed("<modules>", "<modules>\(list)</modules><other>").replacing(
                "</modules>\n</ent", "</other>\n</ent")
        }
        #expect(try granted(modules(0)).entitlement.modules.isEmpty)
        #expect(try granted(modules(200)).entitlement.modules.count == 200)
        let error = #expect(throws: AdapterError.self) { try resume(modules(201)) }
        #expect(error?.message.contains("more than 200 modules") == true)
    }

    @Test(
        "A status other than 200 says whether to try again",
        arguments: [
            (400, .malformed, "HTTP 400"), (401, .malformed, "HTTP 401"), (404, .malformed, "HTTP 404"),
            (204, .malformed, "HTTP 204"), (301, .malformed, "HTTP 301"), (408, .unreachable, "HTTP 408"),
            (425, .unreachable, "HTTP 425"), (429, .unreachable, "HTTP 429"), (503, .unreachable, "HTTP 503"),
        ] as [(Int, AdapterError.Code, String)])
    func statuses(_ status: Int, _ code: AdapterError.Code, _ what: String) {
        let error = #expect(throws: AdapterError.self) {
            try resume(.answer(Response(status: status, body: Array("<html>".utf8))))
        }
        #expect(error?.code == code)
        #expect(error?.message.contains(what) == true)
    }

    @Test("Unchanged since another revision than was asked about is a conflict", arguments: ["r41", nil])
    func unchangedSinceAnother(_ held: String?) throws {
        let answer = try ProtocolPage.answer("unchanged").replacing("<revision>r41<", "<revision>r40<")
        let error = #expect(throws: AdapterError.self) { try resume(answer, held: held) }
        #expect(error?.code == .conflict)
        #expect(error?.message.contains("\"r40\"") == true)
        #expect(error?.message.contains(held.map { "\"\($0)\"" } ?? "none") == true)
    }

    @Test("A time that comes where an answer is waited for is no answer")
    func time() {
        let error = #expect(throws: AdapterError.self) { try resume(.time) }
        #expect(error?.code == .malformed)
    }

    // MARK: Help

    private func changed(_ good: String, _ bad: String) throws -> Event {
        try ProtocolPage.answer("changed").replacing(good, bad)
    }

    private func resume(_ event: Event, held: String? = "r41") throws -> Step {
        try adapter.resume(Sage300.State(heldRevision: held), with: event, facts: facts).step
    }

    private func granted(_ event: Event) throws -> Grant {
        guard case .finish(.updated(let grant)) = try resume(event) else {
            throw AdapterError(.malformed, "The answer is no grant.")
        }
        return grant
    }
}
