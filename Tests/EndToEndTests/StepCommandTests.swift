import Foundation
import Testing

@Suite("Steps that people do, as a program", .timeLimit(.minutes(5)))
struct StepCommandTests {
    /// An estate with Sage 300 by hand, and the ID of the operation that asks for it.
    private func asked(_ body: (Estate, String, String) async throws -> Void) async throws {
        try await Estate.with { estate in
            let file = try #require(try await estate.add(profile: "sage300-by-hand").first)
            let refresh = try await estate.run("refresh", "maple-sage300")
            #expect(refresh.code == 0 && refresh.out.contains("It waits for a person"), "\(refresh)")
            let steps = try await estate.json("steps", "list").array ?? []
            let operation = try #require(steps.first?["operation"]?.string)
            #expect(steps.count == 1 && steps.first?["step"] == 1 && steps.first?["act"] == "refresh")
            try await body(estate, operation, file)
        }
    }

    @Test("A step is shown, done with values, files and a note, and marked as unverified; its files can be had back")
    func done() async throws {
        try await asked { estate, operation, file in
            let listed = try await estate.must("steps", "list").out
            #expect(listed.contains(operation) && listed.contains("Refresh the license of Sage 300 by hand"))
            let shown = try await estate.must("steps", "show", operation).out
            for words in [
                "What to do", "Open Help > Licenses > License Manager", "entitlements.xml", "expires, required",
                "seats.users", "gatehouse steps done \(operation) 1 --value NAME=VALUE --attach FILE",
            ] { #expect(shown.contains(words), "\(words) is not in \(shown)") }

            let license = try estate.write("<real/>\n", to: "from/entitlements.xml")
            let picture = try estate.write("picture", to: "from/screen shot.png")
            let ended = try await estate.must(
                "steps", "done", operation, "1", "--value", "expires=2031-01-31", "--value", "seats.users=10",
                "--attach", license, "--attach", picture, "--note", "As License Manager shows it.")
            #expect(ended.out.contains("maple-sage300: updated: Updated: until 2031-01-31, 10 users."), "\(ended)")
            #expect(FileOnDisk(file)?.text == "<real/>\n")
            #expect(try await estate.standing()["unverified"] == true)
            #expect(try await estate.must("status").out.contains("unverified"))
            #expect(try await estate.must("explain", "maple-sage300").out.contains("unverified"))
            #expect(try await estate.must("installations", "show", "maple-sage300").out.contains("unverified"))

            let kept = try await estate.must("steps", "show", operation).out
            #expect(kept.contains("screen shot.png, 7 bytes") && kept.contains("none is open"), "\(kept)")
            let back = estate.folder + "/back.png"
            try await estate.must(
                "steps", "attachment", operation, "1", "screen shot.png", "--output", back)
            #expect(FileOnDisk(back)?.text == "picture")
            let there = try await estate.run(
                "steps", "attachment", operation, "1", "screen shot.png", "--output", back)
            #expect(there.code == 1 && there.err.contains("exists"))
            let history = try await estate.must("history", "maple-sage300").out
            #expect(history.contains("expires=2031-01-31") && history.contains("As License Manager shows it."))
        }
    }

    @Test("Everything that is wrong is told at once, and the step waits on")
    func mistakes() async throws {
        try await asked { estate, operation, _ in
            let wrong = try await estate.run(
                "steps", "done", operation, "1", "--value", "expires=soon", "--value", "seats.users=many",
                "--value", "color=red")
            #expect(wrong.code == 1, "\(wrong)")
            for words in ["no step value \"color\"", "expires (expires) must be", "seats.users (users) must be"] {
                #expect(wrong.err.contains(words), "\(words): \(wrong)")
            }
            let rows: [([String], Int32, String)] = [
                (["done", operation, "2"], 1, "waits for its step 1, not for 2"),
                (["done", "none", "1"], 1, "There is no operation \"none\""),
                (["done", operation, "1", "--value", "a=1", "--value", "a=2"], 2, "--value a is given 2 times"),
                (["done", operation, "1", "--attach", estate.folder + "/none"], 1, "none"),
                (["done", operation, "1", "--at", "2999-01-01T00:00:00Z"], 1, "is still to come"),
                (["show", "none"], 1, "There is no operation"),
            ]
            for (words, code, told) in rows {
                let finished = try await estate.run(["steps"] + words)
                #expect(finished.code == code && finished.err.contains(told), "steps \(words): \(finished)")
            }
            let cancelled = try await estate.must("steps", "cancel", operation, "--note", "They left.")
            #expect(cancelled.out.contains("was given up"))
            #expect(try await estate.run("steps", "cancel", operation).code == 1)
            #expect(try await estate.must("steps", "list").out == "None.\n")
        }
    }

    @Test("What needs a person is one list with the command that goes with each thing, soonest loss of access first")
    func todo() async throws {
        try await LicenceOffice.with(["ash"]) { office in
            let estate = office.estate
            try await office.add("birch", profile: "sage200-by-hand")
            try await office.add("oak", profile: "sage200-online")
            try await estate.must("installations", "set", "birch", "--owner", "kim")
            _ = try await estate.run("refresh", "birch", "oak")
            let items = try await estate.json("todo").array ?? []
            #expect(Set(items.compactMap { $0["kind"]?.string }) == ["request", "step", "identity"], "\(items)")
            let told = try await estate.must("todo").out
            for words in ["gatehouse offline request ash", "gatehouse steps show", "gatehouse installations show oak"] {
                #expect(told.contains(words), "\(words) is not in \(told)")
            }
            #expect(try await estate.json("todo", "--owner", "kim").array?.map { $0["installation"] } == ["birch"])
            #expect(try await estate.json("todo", "--customer", "oak").array?.map { $0["installation"] } == ["oak"])
            try await estate.must("offline", "request", "ash", "--output", office.path("ash.xml"))
            try await estate.must("offline", "sent", "ash")
            #expect(try await estate.must("todo", "--customer", "ash").out == "Nothing.\n")
        }
    }
}
