import AdapterKit
import Sage300
import Testing
import VendorFormats

@Suite("Sage 300: rejections")
struct RejectionTests {
    let adapter = Sage300()

    @Test(
        "A rejection says which field, what of it, where it is seen, and what to do",
        arguments: [
            ("clientID", "unknown", "The vendor has no record of Client ID \"30017482\"."),
            ("clientID", "mismatch", "The Client ID \"30017482\" does not match the vendor's record, to the letter."),
            (
                "clientName", "mismatch",
                "The Client Name \"Maple & Ridge Foods Ltd.\" does not match the vendor's record, to the letter."
            ),
            ("serialNumber", "mismatch", "The Serial Number does not match the vendor's record of this client."),
            ("serialNumber", "unknown", "The Serial Number does not match the vendor's record of this client."),
        ])
    func messages(_ field: String, _ reason: String, _ what: String) throws {
        let error = try rejection("<field>\(field)</field><reason>\(reason)</reason>")
        #expect(error.code == .rejected)
        #expect(error.field == field)
        #expect(
            error.message == what
                + " Nothing was updated. Compare it with Help > Licenses > License Manager and correct "
                + "the installation's \(field). If it is right there, the vendor's record is wrong: ask the vendor.")
    }

    @Test("A message never repeats a serial number", arguments: ["mismatch", "superseded"])
    func noSerial(_ reason: String) throws {
        let error = try rejection(
            "<field>serialNumber</field><reason>\(reason)</reason><currentRelease>Sage 300 2027</currentRelease>")
        #expect(!error.message.contains("SCX26-0417-88213"))
        #expect(error.message.contains("Sage 300 2027") == (reason == "superseded"))
    }

    @Test("Where the profile names no place, the message still says where to look")
    func noPlace() throws {
        let error = try rejection("<field>clientName</field><reason>mismatch</reason>", place: "")
        #expect(error.message.contains("Compare it with the product's License Manager and correct"))
    }

    @Test(
        "A rejection that is not what the protocol says is malformed, and rejects nothing",
        arguments: [
            ("<reason>mismatch</reason>", "lacks the element \"field\""),
            ("<field>serialNumber</field>", "lacks the element \"reason\""),
            ("<field>users</field><reason>mismatch</reason>", "must be one of clientID, clientName, serialNumber"),
            ("<field>clientID</field><reason>tired</reason>", "must be one of unknown, mismatch, superseded"),
            ("<field>serialNumber</field><reason>superseded</reason>", "lacks the element \"currentRelease\""),
            ("<field>clientID</field><reason>superseded</reason>", "says superseded of clientID"),
        ])
    func malformed(_ content: String, _ why: String) throws {
        let error = try rejection(content)
        #expect(error.code == .malformed)
        #expect(error.field == nil)
        #expect(error.message.contains(why), "\(error.message)")
    }

    @Test(
        "An installation without a part of its identity is not asked about",
        arguments: ["clientID", "clientName", "serialNumber"])
    func missing(_ field: String) {
        for value in [nil, ""] {
            var facts = ProtocolPage.facts
            facts.identity[field] = value
            let error = #expect(throws: AdapterError.self) { try adapter.refresh(facts) }
            #expect(error?.code == .rejected)
            #expect(error?.field == field)
            #expect(error?.message.contains("Look it up in Help > Licenses > License Manager") == true)
        }
    }

    private func rejection(_ content: String, place: String? = nil) throws -> AdapterError {
        var facts = ProtocolPage.facts
        if let place { facts.place = place }
        let document = """
            <entitlement version="1" status="rejected"><issued>2026-11-22T10:00:00Z</issued>\(content)</entitlement>

            """
        let answer = Event.answer(Response(status: 200, body: Array(document.utf8)))
        return try #require(
            #expect(throws: AdapterError.self) {
                try adapter.resume(Sage300.State(heldRevision: "r41"), with: answer, facts: facts)
            })
    }
}
