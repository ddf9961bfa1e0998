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
}
