import AdapterKit
import AdapterTestKit
import Foundation
import Sage100
import Testing

@Suite("Sage 100: what the vendor answers to keys")
struct AnswerTests {
    /// The activation with another registration file.
    private static func replacing(_ good: String, _ bad: String) throws -> Event {
        let file = try ProtocolPage.page.block("registration", of: "ini")
        let text = String(decoding: file, as: UTF8.self).replacing("\n", with: "\r\n")
        try #require(text.contains(good))
        let changed = text.replacing(good, with: bad)
        return try ProtocolPage.answer("activated")
            .replacing(Data(text.utf8).base64EncodedString(), Data(changed.utf8).base64EncodedString())
    }

    private static func malformed(_ event: Event, _ why: String) throws {
        let error = #expect(throws: AdapterError.self) { try ProtocolPage.outcome(event) }
        #expect(error?.code == .malformed)
        #expect(error?.message.contains(why) == true, "\(error?.message ?? "")")
        #expect(error?.message.contains("the vendor may have activated the keys") == true)
        #expect(error?.message.contains("7KQ2M") == false && error?.message.contains("U7Q4") == false)
    }

    @Test(
        "An answer that is not what the protocol says is refused with the element and line",
        arguments: [
            ("<activation version=\"1\"", "<activation version=\"2\"", "it knows 1"),
            ("<activation version", "<entitlement version", "is wrong"),
            ("status=\"activated\"", "status=\"done\"", "none of activated and rejected"),
            ("status=\"activated\"", "status=\"unknown\"", "none of activated and rejected"),
            ("<revision>r5</revision>", "", "lacks the element \"revision\""),
            ("<activated>2026-11-22T10:00:00Z", "<activated>2026-11-22T10:00:01Z", "later than the document itself"),
            ("<company>Granite State Fasteners LLC</company>", "", "lacks the element \"company\""),
            ("<edition>Advanced</edition>", "", "lacks the element \"edition\""),
            ("<expires>2027-01-31<", "<expires>soon<", "must be a day of the calendar"),
            ("<users>12</users>", "", "lacks the element \"users\""),
            ("<registration>", "<registration>?", "is not base64"),
            ("<registration>W1", "<registration>AA", "is no registration file"),
        ])
    func malformed(_ good: String, _ bad: String, _ why: String) throws {
        try Self.malformed(ProtocolPage.answer("activated").replacing(good, bad), why)
    }

    @Test(
        "A registration file that is not that of the answer is refused",
        arguments: [
            ("Serial=1047926", "Serial=1047733", "has another Serial"),
            ("RegId=4000217743", "RegId=4000217744", "has another RegId"),
            ("RegId=4000217743\r\n", "", "has another RegId"), ("Users=12", "Users=99", "has another Users"),
            ("Expires=2027-01-31", "Expires=2099-01-31", "has another Expires"),
            ("Expires=2027-01-31\r\n", "", "has another Expires"),
            ("PK5=PL6SA\r\n", "", "has no PK5"), ("UserKey=U7Q4-20MC-91XK", "UserKey=", "has no UserKey"),
            ("[License]", "[Licence]", "has no section [License]"),
            ("PK5=PL6SA", "PK4=PL6SA", "a second time"), ("[RegInfo]\r\n", "", "before the first section"),
            ("Edition=Advanced", "Edition=\u{1}", "control character"),
        ])
    func otherFile(_ good: String, _ bad: String, _ why: String) throws {
        try Self.malformed(Self.replacing(good, bad), why)
    }

    @Test("A perpetual license has no last day, in the answer and in the file")
    func perpetual() throws {
        let event = try Self.replacing("Expires=2027-01-31\r\n", "")
            .replacing("<expires>2027-01-31</expires>", "").replacing(">Advanced<", ">Deluxe<")
        let grant = try #require(try ProtocolPage.grant(event))
        #expect(grant.entitlement.dates.isEmpty && grant.entitlement.end == nil)
        #expect(grant.entitlement.remarks.first?.contains("\"Deluxe\"") == true)
    }

    @Test("That the record was in force before is told as a remark")
    func again() throws {
        var facts = ProtocolPage.facts
        facts.held?.revision = "r5"
        let grant = try #require(try ProtocolPage.grant(ProtocolPage.answer("activated"), facts))
        #expect(grant.attestation.remarks.count == 1)
    }

    @Test(
        "Each reason for which keys are refused says what it means",
        arguments: [
            ("customerNumber", "unknown", "The vendor has no record of the Customer Number."),
            ("serialNumber", "superseded", "The Serial Number was superseded: the vendor has given out newer keys"),
            ("productKey", "mismatch", "The Product Key is not the one of the vendor's record."),
        ])
    func refusals(_ field: String, _ reason: String, _ words: String) throws {
        let event = try ProtocolPage.answer("activation-rejected").replacing(">userKey<", ">\(field)<")
            .replacing(">mismatch<", ">\(reason)<")
        let error = #expect(throws: AdapterError.self) { try ProtocolPage.outcome(event) }
        #expect(error?.code == .rejected && error?.field == field)
        #expect(error?.message.hasPrefix(words) == true, "\(error?.message ?? "")")
    }

    @Test("A refusal about what is no key refuses nothing")
    func otherField() throws {
        try Self.malformed(
            ProtocolPage.answer("activation-rejected").replacing(">userKey<", ">license<"), "names none of the keys")
    }

    @Test("A registration file from elsewhere is shown as far as it is known, and refused where it is none")
    func elsewhere() throws {
        let adapter = Sage100()
        let lines = try adapter.registration(Array("[REGINFO]\nserial=7\npk1=ABC\n[Other]\nA=1\n".utf8))
        #expect(lines.map(\.title) == ["Serial Number", "Product Key"] && lines.last?.value == "********")
        for text in ["", "[RegInfo]\nRegId=1\n", "Serial=1\n", "\u{0}\u{1}"] {
            let error = #expect(throws: AdapterError.self) { try adapter.registration(Array(text.utf8)) }
            #expect(error?.code == .malformed)
        }
    }
}
