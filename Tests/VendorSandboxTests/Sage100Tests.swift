import Foundation
import Testing
import VendorFormats
import VendorSandbox

extension Books {
    /// A customer of Sage 100 with what is registered, and what was ordered.
    static func sage100(_ faults: String = "", users: Int = 12) -> String {
        """
        sage100:
          - customerNumber: "4000217743"
            serialNumber: "1047733"
            company: Granite State Fasteners LLC
            reseller: Merrimack Business Systems
            edition: Advanced
            userKey: U2F8-08MC-44QD
            productKey: 3DK9V-Q1ZTR-88WXN-C0L4E-M7YHB
            users: 8
          - customerNumber: "4000217743"
            serialNumber: "1047926"
            company: Granite State Fasteners LLC
            reseller: Merrimack Business Systems
            edition: Advanced
            userKey: U7Q4-20MC-91XK
            productKey: 7KQ2M-HX4RT-0WZ9C-3NVD8-PL6SA
            users: \(users)
            modules:
              - { code: G/L, name: General Ledger }
              - { code: S/O, name: Sales Order }
            expires: +70d
            superseded: ["1030001"]
        \(faults)
        """
    }
}

@Suite("What the stand-in answers to Sage 100's keys")
struct Sage100Tests {
    @Test("Right keys are activated: the grant, and a registration file with what they are")
    func activated() async throws {
        try await RunningSandbox.with(Books.sage100()) { sandbox in
            let answer = try await sandbox.activate(KeyQuestion())
            #expect(answer.document.name == "activation" && answer.status == "activated")
            let expected = [
                "customerNumber": "4000217743", "serialNumber": "1047926", "issued": "2026-11-22T10:00:00Z",
                "activated": "2026-11-22T10:00:00Z", "company": "Granite State Fasteners LLC", "edition": "Advanced",
                "users": "12", "expires": "2027-01-31",
            ]
            for (name, value) in expected { #expect(answer[name] == value) }
            let registration = try Registration(answer.document.required("registration"))
            let info = try registration.document.required("RegInfo")
            #expect(info.value("Serial") == "1047926" && info.value("RegId") == "4000217743")
            #expect(info.value("UserKey") == "U7Q4-20MC-91XK")
            #expect((1...5).map { info.value("PK\($0)") } == ["7KQ2M", "HX4RT", "0WZ9C", "3NVD8", "PL6SA"])
            let license = try registration.document.required("License")
            #expect(license.value("Modules") == "G/L,S/O" && license.value("Expires") == "2027-01-31")
        }
    }

    @Test("The keys of before stay good, and a perpetual license has no last day anywhere")
    func before() async throws {
        try await RunningSandbox.with(Books.sage100()) { sandbox in
            _ = try await sandbox.activate(KeyQuestion())
            let back = KeyQuestion().changing([
                "serialNumber": "1047733", "userKey": "U2F8-08MC-44QD", "productKey": "3DK9V-Q1ZTR-88WXN-C0L4E-M7YHB",
            ])
            let answer = try await sandbox.activate(back)
            #expect(answer.status == "activated" && answer["users"] == "8" && answer["expires"] == nil)
            let file = try Registration(answer.document.required("registration"))
            #expect(file.document.section("License")?.value("Expires") == nil)
        }
    }

    @Test(
        "Keys that do not match are refused by the first that does not, and nothing of the record is told",
        arguments: [
            (["customerNumber": "4000217744"], "customerNumber", "unknown"),
            (["serialNumber": "1"], "serialNumber", "mismatch"),
            (["serialNumber": "1030001"], "serialNumber", "superseded"),
            (["userKey": "U7Q4-20MC-91XJ", "productKey": "x"], "userKey", "mismatch"),
            (["userKey": nil], "userKey", "mismatch"), (["userKey": "u7q4-20mc-91xk"], "userKey", "mismatch"),
            (["productKey": "7KQ2M-HX4RT-0WZ9C-3NVD8"], "productKey", "mismatch"),
        ] as [([String: String?], String, String)])
    func refused(_ change: [String: String?], _ field: String, _ reason: String) async throws {
        try await RunningSandbox.with(Books.sage100()) { sandbox in
            let answer = try await sandbox.activate(KeyQuestion().changing(change))
            #expect(answer.status == "rejected" && answer["field"] == field && answer["reason"] == reason)
            #expect(answer["registration"] == nil && !answer.reply.text.contains("7KQ2M"))
        }
    }

    @Test("An operation is one activation: asked again it is the same, whatever the book says by then")
    func idempotent() async throws {
        try await RunningSandbox.with(Books.sage100()) { sandbox in
            let question = KeyQuestion()
            let first = try await sandbox.activate(question)
            try sandbox.folder.write(Books.sage100(users: 99))
            try sandbox.clock.set("2026-11-23T08:00:00Z")
            var again = question
            again.nonce = KeyQuestion.freshNonce()
            let second = try await sandbox.activate(again)
            #expect(second["issued"] == "2026-11-23T08:00:00Z" && second["activated"] == "2026-11-22T10:00:00Z")
            for name in ["users", "revision", "registration"] { #expect(second[name] == first[name]) }
            let other = try await sandbox.activate(question.changing([:]))
            #expect(other["users"] == "99" && other["activated"] == "2026-11-23T08:00:00Z")
        }
    }

    @Test("An operation that activated keys activates no others")
    func otherKeys() async throws {
        try await RunningSandbox.with(Books.sage100()) { sandbox in
            _ = try await sandbox.activate(KeyQuestion())
            for change in [["userKey": "U2F8-08MC-44QD"], ["serialNumber": "1047733"]] {
                var question = KeyQuestion()
                for (name, value) in change { question.keys[name] = value }
                let reply = try await sandbox.exchange(
                    "POST", KeyQuestion.path, headers: Question.headers, body: try question.bytes)
                #expect(reply.status == 400 && reply.text.contains("has activated other keys"))
            }
            try await #expect(sandbox.activate(KeyQuestion()).status == "activated")
        }
    }

    @Test("What became of an operation is told to who knows its nonce, and is unknown where nothing was activated")
    func inspected() async throws {
        try await RunningSandbox.with(Books.sage100()) { sandbox in
            var question = KeyQuestion()
            let lost = question.nonce
            func ask(_ asked: String) async throws -> Answer {
                try await sandbox.activate(
                    KeyQuestion(operation: question.operation, nonce: KeyQuestion.freshNonce(), asked: asked))
            }
            #expect(try await ask(lost).status == "unknown")
            question.keys["userKey"] = "WRONG"
            #expect(try await sandbox.activate(question).status == "rejected")
            #expect(try await ask(lost).status == "unknown", "a refusal changes nothing")
            question.keys["userKey"] = KeyQuestion().keys["userKey"]
            let activated = try await sandbox.activate(question)
            let told = try await ask(lost)
            #expect(told.status == "activated" && told["registration"] == activated["registration"])
            let stranger = try await ask(KeyQuestion.freshNonce())
            #expect(stranger.status == "unknown" && stranger["registration"] == nil)
            try sandbox.folder.write(Books.sage100(users: 13))
            #expect(try await ask(lost)["users"] == "12", "another version of the book changes nothing of what was")
        }
    }

    @Test("An answer that is cut off on purpose has activated the keys all the same")
    func truncated() async throws {
        try await RunningSandbox.with(Books.sage100("faults:\n  sage100: { truncate: 100 }\n")) { sandbox in
            let question = KeyQuestion()
            let cut = try? await sandbox.activate(question)
            #expect(cut == nil)
            try sandbox.folder.write(Books.sage100())
            let told = try await sandbox.activate(KeyQuestion(operation: question.operation, asked: question.nonce))
            #expect(told.status == "activated")
        }
    }

    @Test("A refresh tells what the registered keys grant, and holds no key")
    func refreshed() async throws {
        try await RunningSandbox.with(Books.sage100()) { sandbox in
            let revision = try #require(try await sandbox.activate(KeyQuestion())["revision"])
            let same = try await sandbox.ask(Sage100Question(heldRevision: revision))
            #expect(same.status == "unchanged")
            try sandbox.folder.write(Books.sage100(users: 14))
            let changed = try await sandbox.ask(Sage100Question(heldRevision: revision))
            #expect(changed.status == "changed" && changed["users"] == "14" && changed["registration"] == nil)
            #expect(!changed.reply.text.contains("7KQ2M") && !changed.reply.text.contains("U7Q4"))
            let old = try await sandbox.ask(Sage100Question(serialNumber: "1030001"))
            #expect(old.status == "rejected" && old["reason"] == "superseded")
            let index = try await sandbox.exchange("GET", "/")
            #expect(index.text.contains("Sage 100: 1 customer in the book"))
            #expect(index.text.contains("POST /sage100/v1/activation/inspect"))
        }
    }

    @Test(
        "A request that breaks the page gets a 400 that repeats no key",
        arguments: [
            ("<before>", "<then>", "wrong"), ("name=\"userKey\"", "name=\"productKey\"", "a second time"),
            ("name=\"userKey\"", "", "lacks the attribute name"), ("U7Q4-20MC-91XK", "", "is empty"),
            ("activationRequest version=\"1\"", "activationRequest version=\"2\"", "version"),
            ("<nonce>", "<nonce>x", "nonce"), ("U7Q4-20MC-91XK", "U7&#9;Q4-20MC", "control character"),
            ("U7Q4-20MC-91XK", String(repeating: "U7Q4-20MC-91XK", count: 10_000), "more than 131072 bytes"),
        ])
    func malformed(_ good: String, _ bad: String, _ told: String) async throws {
        let body = String(decoding: try KeyQuestion(nonce: String(repeating: "5f", count: 16)).bytes, as: UTF8.self)
        try #require(body.contains(good))
        try await RunningSandbox.with(Books.sage100()) { sandbox in
            let reply = try await sandbox.exchange(
                "POST", KeyQuestion.path, headers: Question.headers, body: Array(body.replacing(good, with: bad).utf8))
            #expect(reply.status == 400 && reply.text.contains(told), "\(reply.text)")
            #expect(!reply.text.contains("U7Q4") && !reply.text.contains("7KQ2M"))
        }
    }

    @Test(
        "What can't be right in the book is told at its place",
        arguments: [
            ("serialNumber: \"1047733\"", "serialNumber: \"1047926\"", "of the one on line 2"),
            ("productKey: 7KQ2M-HX4RT-0WZ9C-3NVD8-PL6SA", "productKey: 7KQ2M-HX4RT", "five groups"),
            ("superseded: [\"1030001\"]", "superseded: [\"1047926\"]", "among the superseded ones"),
            ("users: 8", "users: eight", "expected a whole number"),
            ("reseller: Merr", "resellers: Merr", "\"reseller\""),
            ("company: Granite", "company: \" Granite\" #", "white space stands at an end"),
        ])
    func mistakes(_ good: String, _ bad: String, _ why: String) async throws {
        let told = try await Books.refusal(of: Books.sage100().replacing(good, with: bad))
        #expect(told.contains(why), "\(told)")
    }
}
