import Foundation
import Testing

@Suite("The commands for license keys", .timeLimit(.minutes(5)))
struct UpgradeCommandLineTests {
    @Test("A file of keys that can't be read is told with its place, and nothing of what stands in it")
    func brokenFile() async throws {
        try await KeyEstate.with { keys in
            for text in [
                "userKey: \"U7Q4-20MC-91XK\n", "- U7Q4-20MC-91XK\n", "U7Q4-20MC-91XK\n", "userKey: &a U7Q4-20MC-91XK\n",
            ] {
                let file = try keys.estate.write(text, to: "broken.yaml")
                let ended = try await keys.estate.run("upgrade", KeyEstate.installation, "--keys", file)
                #expect(ended.code != 0 && ended.err.contains("broken.yaml:"), "\(ended)")
                #expect(!(ended.out + ended.err).contains("U7Q4"), "\(ended)")
            }
            let absent = try await keys.estate.run("upgrade", KeyEstate.installation, "--keys", "/nowhere.yaml")
            #expect(absent.code != 0 && absent.err.contains("/nowhere.yaml"), "\(absent)")
            #expect(keys.onDisk == .eight)
        }
    }

    @Test("Keys on the command line are warned of; without keys and terminal it is said how to give them")
    func given() async throws {
        try await KeyEstate.with { keys in
            let license = License.twelve
            let words = [
                "customerNumber=4000217743", "serialNumber=\(license.serialNumber)", "userKey=\(license.userKey)",
                "productKey=\(license.productKey)",
            ].flatMap { ["--key", $0] }
            let looked = try await keys.estate.run(["upgrade", KeyEstate.installation, "--dry-run"] + words)
            #expect(looked.code == 0 && looked.err.contains("history"), "\(looked)")
            #expect(keys.onDisk == .eight)
            let twice = try await keys.estate.run(["upgrade", KeyEstate.installation, "--key", "a=1", "--key", "a=2"])
            #expect(twice.code == 2 && twice.err.contains("--key a is given 2 times"), "\(twice)")
            let both = try await keys.estate.run(["upgrade", KeyEstate.installation, "--keys", "x", "--key", "a=2"])
            #expect(both.code == 2, "\(both)")
            let none = try await keys.estate.run("upgrade", KeyEstate.installation)
            #expect(none.code != 0 && none.err.contains("--keys FILE"), "\(none)")
            let run = try await keys.estate.run("run")
            #expect(run.code == 2 && run.err.contains("--due"), "\(run)")
            for secret in license.secrets {
                #expect(!(looked.out + looked.err).contains(secret), "\(looked)")
            }
        }
    }

    @Test("A key whose name was forgotten, or that was typed in its place, is not repeated")
    func nameless() async throws {
        try await KeyEstate.with { keys in
            let key = License.twelve.userKey
            let swapped = try keys.estate.write("\(key): userKey\n", to: "swapped.yaml")
            for words in [
                ["--key", key], ["--key=\(key)"], ["--key", "\(key)=3"], ["--keys", swapped],
                ["--key", "userKey", key],
            ] {
                let ended = try await keys.estate.run(["upgrade", KeyEstate.installation] + words)
                #expect(ended.code != 0 && !ended.err.isEmpty, "\(ended)")
                #expect(!(ended.out + ended.err).contains(key), "\(words): \(ended)")
            }
            let near = try await keys.estate.run("upgrade", KeyEstate.installation, "--key", "userkye=1")
            #expect(near.err.contains("\"userkye\": did you mean \"userKey\"?"), "\(near)")
        }
    }

    @Test("Help begins by saying that keys are changed and no software; the record is shown, as Markdown and as CSV")
    func shown() async throws {
        try await KeyEstate.with { keys in
            let help = try await keys.estate.must("upgrade", "--help").out
            let first = help.split(separator: "\n").prefix(2).joined(separator: " ")
            #expect(first.contains("Change license keys") && first.contains("software is not upgraded"), "\(first)")
            let done = try await keys.estate.must(keys.arguments(to: .twelve))
            try await keys.estate.must("upgrade", "note", KeyEstate.installation, "Printing works, | all of it.")
            let markdown = try await keys.estate.must("upgrade", "show", KeyEstate.installation, "--markdown").out
            #expect(markdown.hasPrefix("# Upgrade of the license keys of granite-sage100\n"), "\(markdown)")
            #expect(markdown.contains("| Serial Number | 1047733 | 1047926 |"), "\(markdown)")
            #expect(markdown.contains("Printing works, \\| all of it."), "\(markdown)")
            #expect(markdown.contains("- Host: server: ") && markdown.contains("- Watched: until "), "\(markdown)")
            let csv = try await keys.estate.must("upgrade", "show", KeyEstate.installation, "--csv").out
            #expect(
                csv.contains("\"Printing works, | all of it.\"") || csv.contains("Printing works, | all of it."),
                "\(csv)")
            for row in [",begun by,", ",before,Serial Number: 1047733", ",now,Serial Number: 1047926"] {
                #expect(csv.contains(row), "\(csv)")
            }
            let close = try await keys.estate.must("upgrade", "close", KeyEstate.installation).out
            #expect(close.contains("0 claims were refused"), "\(close)")
            let late = try await keys.estate.run("upgrade", "rollback", KeyEstate.installation)
            #expect(late.code != 0 && keys.onDisk == .twelve, "\(late)")
            try await keys.expectNoKeys(in: [done])
        }
    }

    @Test("The help of every verb says that keys are changed and no software; todo tells of reviews and upgrades")
    func help() async throws {
        try await Estate.with { estate in
            for verb in ["begin", "show", "resume", "rollback", "note", "close"] {
                let words = try await estate.must("upgrade", verb, "--help").out.split(whereSeparator: \.isWhitespace)
                let text = words.prefix(40).joined(separator: " ")
                #expect(text.contains("license keys") && text.contains("the product's software"), "\(verb): \(text)")
            }
            let todo = try await estate.must("todo", "--help").out
            let text = todo.split(whereSeparator: \.isWhitespace).joined(separator: " ")
            #expect(text.contains("reviews that are due") && text.contains("upgrades of license keys"), "\(text)")
        }
    }

    @Test("What was tried and who was refused stands in every form of the record; an earlier one is shown by its ID")
    func records() async throws {
        try await KeyEstate.with { keys in
            let id = KeyEstate.installation
            try await keys.estate.must(keys.arguments(to: .twelve))
            for number in 1...13 {
                _ = try await keys.estate.run("seats", "claim", id, "--user", "user\(number)", "--host", "pc\(number)")
            }
            for number in 1...12 { try await keys.estate.must("seats", "release", id, "--user", "user\(number)") }
            let first = try await keys.estate.json("upgrade", "show", id)["operation"]?.string ?? ""
            let wrong = try keys.estate.write(
                License.eight.keys.replacing(License.eight.secrets[0], with: "U9Z9-99MC-99XX"), to: "wrong.yaml")
            let failed = try await keys.estate.run("upgrade", id, "--keys", wrong)
            #expect(failed.code == 1 && failed.err.contains("upgrade show \(id) --operation \(first)"), "\(failed)")
            let show = ["upgrade", "show", id]
            let last = try await keys.estate.must(show).out
            #expect(last.contains("still watched") && last.contains("--operation \(first)"), "\(last)")
            for form in [[], ["--markdown"], ["--csv"]] {
                let text = try await keys.estate.must(show + ["--operation", first] + form).out
                let words = text.split(whereSeparator: \.isWhitespace).joined(separator: " ")
                #expect(words.contains("user13 on pc13, a seat of users: "), "\(text)")
            }
            try await keys.estate.must("upgrade", "rollback", id)
            let markdown = try await keys.estate.must(show + ["--operation", first, "--markdown"]).out
            #expect(markdown.contains("| | before | tried |"), "\(markdown)")
            #expect(markdown.contains("| Users | 8 | 12 |") && markdown.contains("user13"), "\(markdown)")
            let csv = try await keys.estate.must(show + ["--operation", first, "--csv"]).out
            #expect(csv.contains(",tried,Users: 12") && csv.contains(",refused,"), "\(csv)")
            let history = try await keys.estate.must("history", id, "--csv").out
            #expect(history.contains(",delivery,put back,") && history.contains("ts2: "), "\(history)")
        }
    }

    @Test("A step by hand whose upgrade fails says who helps, and the emergency plan")
    func byHand() async throws {
        try await KeyEstate.with { keys in
            let (estate, id) = (keys.estate, KeyEstate.installation)
            for (name, base) in [("sage100-by-hand", nil), ("granite", "sage100-by-hand")] {
                let shipped = try String(contentsOfFile: Program.profiles + "/sage100-by-hand.yaml", encoding: .utf8)
                let text = try base.map { base in
                    try #require(FileOnDisk(estate.folder + "/profiles/granite.yaml")?.text)
                        .replacing("extends: sage100-subscription", with: "extends: \(base)")
                }
                try estate.write(text ?? shipped, to: "profiles/\(name).yaml")
            }
            try await estate.must(
                "customers", "contacts", "add", "granite", "--role", "support", "--name", "Merrimack", "--phone",
                "603-555")
            try await estate.must("installations", "set", id, "--emergency-plan", "Call the shift leader.")
            let asked = try await estate.must(keys.arguments(to: .twelve) + ["--json"])
            let operation = try asked.json["operation"]?.string ?? ""
            try estate.write(License.twelve.registration, to: keys.files[0])
            try keys.set("restart.fails", true)
            let done = try await estate.run("steps", "done", operation, "1", "--value", "seats.users=12")
            #expect(done.code == 1, "\(done)")
            for words in ["support: Merrimack, 603-555", "emergency plan: Call the shift leader."] {
                #expect(done.err.contains(words), "\(done)")
            }
        }
    }
}
