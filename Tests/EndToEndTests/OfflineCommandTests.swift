import Foundation
import Testing

@Suite("Offline activations, as a program", .timeLimit(.minutes(5)))
struct OfflineCommandTests {
    @Test("A request goes out by mail, its answer comes back and is taken once")
    func loop() async throws {
        try await LicenceOffice.with(["ash"]) { office in
            let estate = office.estate
            let request = office.path("ash.xml")
            #expect(try await office.item("ash")["state"] == "due")
            let made = try await estate.must("offline", "request", "ash", "--output", request)
            #expect(
                made.out.contains("ash: \(request).") && made.out.contains("`gatehouse offline sent ash`"), "\(made)")
            #expect(office.text(request)?.contains("<accountNumber>A-ash</accountNumber>") == true)
            let again = try await estate.must("offline", "request", "ash", "--output", request)
            #expect(again.out.contains("is there already"), "\(again)")
            #expect(try await estate.must("offline", "sent", "ash").out.contains("its answer is waited for"))
            let listed = try await estate.must("offline", "list").out
            #expect(listed.contains("the vendor's support") && listed.contains("sent"), "\(listed)")

            let file = office.path("ash.ent")
            try await estate.must("sandbox", "answer", "--book", office.standIn.book, request, "--output", file)
            let taken = try await estate.must("offline", "import", "ash", file)
            #expect(taken.out.contains("ash: updated: Updated:") && taken.out.contains("12 users"), "\(taken)")
            #expect(try await estate.standing()["level"] == "licensed")
            #expect(try await office.item("ash")["state"] == "current")
            #expect(try await estate.must("offline", "list").out == "None.\n")

            for words in [["ash", file], [file]] {
                let refused = try await estate.run(["offline", "import"] + words)
                #expect(refused.code == 1 && refused.out.isEmpty, "\(refused)")
                #expect(refused.err.contains("ash.ent was imported already, by operation"), "\(refused)")
            }
            let audit = try await estate.json("audit", "list").array ?? []
            #expect(audit.count { $0["act"] == "offline.import" } == 1)
        }
    }

    @Test("Of a folder the good files are taken and the others told by name, with an exit code of 1")
    func folder() async throws {
        try await LicenceOffice.with { office in
            let estate = office.estate
            for id in LicenceOffice.ids { try await office.answered(id) }
            let file = office.path("mail/birch.ent")
            let text = try #require(office.text(file))
            try estate.write(text.replacing("<users>12<", with: "<users>99<"), to: "mail/birch.ent")
            try estate.write("no entitlement\n", to: "mail/dogs.ent")
            try estate.write("nothing", to: "mail/.hidden.ent")
            let taken = try await estate.run("offline", "import", office.path("mail"))
            #expect(taken.code == 1, "\(taken)")
            #expect(taken.out.contains("ash.ent: ash: updated") && taken.out.contains("cedar.ent: cedar: updated"))
            #expect(taken.out.contains("2 imported, 2 refused."))
            #expect(taken.err.contains("birch.ent: The vendor's answer has a wrong signature"), "\(taken)")
            #expect(taken.err.contains("dogs.ent: The vendor's answer does not end with a signature"), "\(taken)")
            #expect(!taken.err.contains("hidden") && !taken.err.contains(".xml"))
            #expect(try await office.item("birch")["state"] == "requested")
            let levels = try await estate.json("status").array?.map { $0["level"]?.string } ?? []
            #expect(levels.count { $0 == "licensed" } == 2 && levels.contains("unlicensed"))

            try FileManager.default.removeItem(atPath: office.path("mail"))
            try estate.write(text, to: "later/BIRCH.ENT")
            let good = try await estate.must("offline", "import", office.path("later"))
            #expect(good.out.contains("1 imported, 0 refused.") && good.err.isEmpty, "\(good)")
            let told = try await estate.run("offline", "import", office.path("later"), "--json")
            #expect(told.code == 1 && told.out == "[\n\n]\n" || told.out == "[]\n", "\(told)")
        }
    }

    @Test("In bulk a file is made for each that is due, one that can't be written holds up no other")
    func due() async throws {
        try await LicenceOffice.with { office in
            let estate = office.estate
            let folder = office.path("requests")
            try estate.write("something else", to: "requests/birch-licence-request.xml")
            let made = try await estate.run("offline", "request", "--due", "--output-dir", folder)
            #expect(made.code == 1, "\(made)")
            #expect(
                made.err.contains("birch-licence-request.xml exists") && made.err.contains("the same file is written"))
            for id in ["ash", "cedar"] {
                #expect(office.text("\(folder)/\(id)-licence-request.xml")?.contains("A-\(id)") == true)
            }
            #expect(office.text("\(folder)/birch-licence-request.xml") == "something else")
            let none = try await estate.must("offline", "request", "--due", "--output-dir", folder)
            #expect(none.out == "No request is due.\n")
            try await estate.must("offline", "request", "birch", "--output-dir", folder, "--force")
            #expect(office.text("\(folder)/birch-licence-request.xml")?.contains("A-birch") == true)
            try await estate.must("offline", "sent", "ash", "birch", "cedar")
        }
    }

    @Test("Usage that can't be meant ends with code 2, what can't be done with 1; each says what to do")
    func mistakes() async throws {
        try await LicenceOffice.with(["ash"]) { office in
            let estate = office.estate
            try await office.add("birch", profile: "sage200-online")
            let file = try await office.answered("ash")
            let empty = office.path("empty")
            try FileManager.default.createDirectory(atPath: empty, withIntermediateDirectories: true)
            let rows: [([String], Int32, String)] = [
                (["request", "birch", "--output", "-"], 1, "installations set birch --profile sage200-on-premise"),
                (["request", "--output", "-"], 2, "Name installations, or give --due."),
                (["request", "ash"], 2, "--output-dir DIR for any"),
                (["request", "ash", "oak", "--output", "-"], 2, "--output takes one request's file"),
                (["import", "birch", file], 1, "answers the request of ash, not one of birch"),
                (["import", office.path("none.ent")], 1, "none.ent"),
                (["import", empty], 1, "No file in \(empty) has a name that ends with .ent."),
                (["import", "ash", empty], 1, "so name none"),
                (["import", "a", "b", "c"], 2, "Name an installation and a file"),
                (["sent", "birch"], 1, "No request of birch is open"),
                (["sent", "ash", "--at", "2999-01-01T00:00:00Z"], 1, "is still to come"),
            ]
            for (words, code, told) in rows {
                let finished = try await estate.run(["offline"] + words)
                #expect(finished.code == code && finished.err.contains(told), "offline \(words): \(finished)")
            }
            try await estate.must("offline", "import", file)
        }
    }

    @Test("On standard output there is the request file and nothing else")
    func standardOutput() async throws {
        try await LicenceOffice.with(["ash"]) { office in
            let request = try await office.estate.must("offline", "request", "ash", "--output", "-").out
            #expect(request.hasPrefix("<?xml") && request.hasSuffix("</offlineRequest>\n"))
        }
    }
}
