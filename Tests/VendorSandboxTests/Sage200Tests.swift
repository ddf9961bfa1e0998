import Foundation
import Testing
import VendorFormats
import VendorSandbox

/// A request for a Sage 200 license.
struct LicenceQuestion: VendorQuestion {
    static let path = "/sage200/v1/entitlement"
    static let purpose = "online-offline/answer"

    var accountNumber = "A1042207"
    var serialNumber = "2000-7F31-0042-K"
    var heldRevision: String?
    var nonce = freshNonce()

    var identity: KeyValuePairs<String, String> {
        ["accountNumber": accountNumber, "serialNumber": serialNumber]
    }
}

@Suite("What the stand-in answers about a Sage 200 license")
struct Sage200Tests {
    @Test("Account and serial number get the whole grant, signed over the nonce for its own purpose")
    func changed() async throws {
        try await RunningSandbox.with(Books.sage200()) { sandbox in
            let answer = try await sandbox.ask(LicenceQuestion())
            #expect(answer.status == "changed" && answer.reply.text.contains("From the sandbox, a stand-in"))
            let expected = [
                "accountNumber": "A1042207", "serialNumber": "2000-7F31-0042-K", "issued": "2026-11-22T10:00:00Z",
                "name": "Wharfedale Joinery & Sons Ltd", "testAndRecovery": "false", "validFrom": "2026-07-01",
                "validTo": "2027-06-30", "users": "12", "webUsers": "4",
            ]
            for (name, value) in expected { #expect(answer[name] == value) }
            let modules = try answer.document.required("modules").children
            #expect(modules.map { $0.attribute("expires") } == [nil, "2026-12-31"])
        }
    }

    @Test("A test-and-recovery license is another of the same account, and says what it is")
    func testAndRecovery() async throws {
        try await RunningSandbox.with(Books.sage200()) { sandbox in
            let answer = try await sandbox.ask(LicenceQuestion(serialNumber: "2000-7F31-0042-T"))
            #expect(answer["testAndRecovery"] == "true" && answer["users"] == "2" && answer["webUsers"] == "0")
            #expect(answer["validFrom"] == "2026-10-23" && answer["validTo"] == "2027-10-23")
            let index = try await sandbox.exchange("GET", "/")
            #expect(index.text.contains("Sage 200: 1 customer") && index.text.contains("POST /sage200/v1/entitlement"))
        }
    }

    @Test("The revision held is unchanged, until users are added")
    func unchanged() async throws {
        try await RunningSandbox.with(Books.sage200()) { sandbox in
            let revision = try #require(try await sandbox.ask(LicenceQuestion())["revision"])
            let again = try await sandbox.ask(LicenceQuestion(heldRevision: revision))
            #expect(again.status == "unchanged" && again["revision"] == revision && again["validTo"] == nil)
            try sandbox.folder.write(Books.sage200(users: 14))
            let added = try await sandbox.ask(LicenceQuestion(heldRevision: revision))
            #expect(added.status == "changed" && added["users"] == "14")
        }
    }

    @Test("What does not match is told by its field, and nothing is granted")
    func rejected() async throws {
        try await RunningSandbox.with(Books.sage200()) { sandbox in
            for (account, serial, field, reason) in [
                ("A1042208", "2000-7F31-0042-K", "accountNumber", "unknown"),
                ("a1042207", "x", "accountNumber", "unknown"),
                ("A1042207", "2000-7f31-0042-K", "serialNumber", "mismatch"),
            ] {
                let answer = try await sandbox.ask(LicenceQuestion(accountNumber: account, serialNumber: serial))
                #expect(answer.status == "rejected" && answer["field"] == field && answer["reason"] == reason)
                #expect(answer["validTo"] == nil && !answer.reply.text.contains("2000-7F31"))
            }
        }
    }

    @Test("Its faults are its own, and leave the other vendors alone")
    func faults() async throws {
        let book = Books.one() + Books.sage200("faults:\n  sage200: { status: 503 }\n")
        try await RunningSandbox.with(book) { sandbox in
            let reply = try await sandbox.exchange(
                "POST", LicenceQuestion.path, headers: Question.headers, body: LicenceQuestion().bytes)
            #expect(reply.status == 503)
            try await #expect(sandbox.ask(Question()).status == "changed")
        }
    }

    @Test(
        "What can't be right in the book is told at its place",
        arguments: [
            ("validTo: 2027-06-30", "validTo: 2026-06-30", "the license ends before it begins"),
            ("serialNumber: 2000-7F31-0042-T", "serialNumber: 2000-7F31-0042-K", "of the one on line 2"),
            ("users: 12", "users: many", "expected a whole number"),
            ("testAndRecovery: true", "test: true", "\"test\""),
            ("    name: Wharfedale", "    nom: Wharfedale", "\"name\""),
        ])
    func mistakes(_ good: String, _ bad: String, _ why: String) async throws {
        let told = try await Books.refusal(of: Books.sage200().replacing(good, with: bad))
        #expect(told.contains(why), "\(told)")
    }
}
