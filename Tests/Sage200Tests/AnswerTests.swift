import AdapterKit
import AdapterTestKit
import Sage200
import Testing

@Suite("Sage 200: what the vendor answers")
struct AnswerTests {
    @Test(
        "An answer that is not what the protocol says is refused with the element and line",
        arguments: [
            ("<entitlement version=\"1\"", "<entitlement version=\"2\"", "it knows 1"),
            ("status=\"changed\"", "status=\"granted\"", "status that is none of"),
            ("<accountNumber>A1042207</accountNumber>", "", "lacks the element \"accountNumber\""),
            ("A1042207", "", "Element \"accountNumber\" on line 3 is empty"),
            ("2000-7F31-0042-K</s", "1</serialNumber><serialNumber>2</s", "a second time"),
            ("<revision>r8</revision>", "", "lacks the element \"revision\""),
            ("2026-11-22T10:00:00Z", "yesterday", "Element \"issued\" on line 5 must be a time"),
            ("<name>Wharfedale Joinery &amp; Sons Ltd</name>", "", "lacks the element \"name\""),
            ("<testAndRecovery>false</testAndRecovery>", "", "lacks the element \"testAndRecovery\""),
            (">false<", ">no<", "must be one of true, false; it is \"no\""),
            (">false<", ">FALSE<", "must be one of true, false"),
            ("<validFrom>2026-07-01</validFrom>", "", "lacks the element \"validFrom\""),
            ("<validTo>2027-06-30</validTo>", "", "lacks the element \"validTo\""),
            ("2027-06-30", "2027-06-31", "Element \"validTo\" on line 10 must be a day of the calendar"),
            ("2027-06-30", "2026-06-30", "Element \"validTo\" on line 10 is before validFrom, 2026-07-01"),
            ("<users>12</users>", "", "lacks the element \"users\""),
            ("<users>12<", "<users>12.5<", "must be a whole number from 0 to 1000000"),
            ("<webUsers>4<", "<webUsers>-4<", "must be a whole number from 0 to 1000000; it is \"-4\""),
            ("code=\"COM\"", "code=\"FIN\"", "names the code FIN a second time"),
            ("name=\"Financials\"", "", "lacks the attribute name"),
            ("<?xml version=\"1.0\" encoding=\"UTF-8\"?>", "<!DOCTYPE entitlement>", "DOCTYPE"),
            ("Wharfedale", "&company;", "entity"),
            ("</entitlement>\n", "", "ends within <entitlement>"),
        ] as [(String, String, String)])
    func malformed(_ good: String, _ bad: String, _ why: String) throws {
        let event = try ProtocolPage.answer("changed").replacing(good, bad)
        let error = #expect(throws: AdapterError.self) { try ProtocolPage.outcome(event) }
        #expect(error?.code == .malformed)
        #expect(error?.message.contains(why) == true, "\(error?.message ?? "")")
        #expect(error?.message.contains("the protocol \"online-offline\" says") == true)
    }

    @Test("A license of a single day is one; a year without seats or modules is one too")
    func least() throws {
        let day = try ProtocolPage.answer("changed").replacing("2027-06-30", "2026-07-01")
        #expect(try ProtocolPage.grant(day)?.entitlement.dates["validTo"] == DateValue("2026-07-01"))
        let nothing = try ProtocolPage.answer("changed").replacing("<users>12<", "<users>0<")
            .replacing("<modules>", "<modules></modules><other>").replacing("</modules>\n</ent", "</other>\n</ent")
        let grant = try #require(try ProtocolPage.grant(nothing))
        #expect(grant.entitlement.seats.first?.count == 0 && grant.entitlement.modules.isEmpty)
    }

    @Test("A test-and-recovery license is told as a remark and among the details")
    func testAndRecovery() throws {
        let event = try ProtocolPage.answer("changed").replacing(">false<", ">true<")
        let entitlement = try #require(try ProtocolPage.grant(event)).entitlement
        #expect(entitlement.details["testAndRecovery"] == "yes")
        #expect(
            entitlement.remarks == [
                "The serial number is that of a test-and-recovery license: it is for testing and for recovery, not for "
                    + "daily work."
            ])
    }

    @Test(
        "A rejection says which field, where it is seen and what to do",
        arguments: [
            ("accountNumber", "unknown", "The vendor has no record of Account Number \"A1042207\"."),
            (
                "accountNumber", "mismatch",
                "The Account Number \"A1042207\" does not match the vendor's record, to the letter."
            ),
            ("serialNumber", "unknown", "The Serial Number does not match the vendor's record of this account."),
        ])
    func rejections(_ field: String, _ reason: String, _ what: String) throws {
        let event = try ProtocolPage.answer("rejected").replacing(">serialNumber<", ">\(field)<")
            .replacing(">mismatch<", ">\(reason)<")
        var facts = ProtocolPage.facts
        facts.place = ""
        let error = #expect(throws: AdapterError.self) { try ProtocolPage.outcome(event, facts) }
        #expect(error?.code == .rejected && error?.field == field)
        let rest = " Nothing was updated. Compare it with the product's System Administration and correct the "
        #expect(error?.message.hasPrefix(what + rest) == true, "\(error?.message ?? "")")
    }

    @Test(
        "A rejection that is not what the protocol says rejects nothing",
        arguments: [
            (">serialNumber<", ">clientID<", "must be one of accountNumber, serialNumber"),
            (">mismatch<", ">superseded<", "must be one of unknown, mismatch"),
            ("<reason>mismatch</reason>", "", "lacks the element \"reason\""),
        ])
    func malformedRejections(_ good: String, _ bad: String, _ why: String) throws {
        let event = try ProtocolPage.answer("rejected").replacing(good, bad)
        let error = #expect(throws: AdapterError.self) { try ProtocolPage.outcome(event) }
        #expect(error?.code == .malformed && error?.field == nil)
        #expect(error?.message.contains(why) == true, "\(error?.message ?? "")")
    }
}
