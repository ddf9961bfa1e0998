import Foundation
import Glibc
import Testing

/// The real program is killed in the middle of taking what a person brought; then the same command is run again.
@Suite(
    "A program that is killed while it takes what a person brought", .serialized,
    .enabled(if: Trap.compiler != nil, .init(rawValue: Trap.reason)))
struct OfflineCrashTests {
    static let calls = [
        CrashTests.Calls(testDescription: "every flush", matching: "fsync ", atLeast: 2),
        CrashTests.Calls(testDescription: "every third of all calls", stride: 3, atLeast: 4),
    ]

    @Test(
        "An import is done or not done, and the same file is taken by the next command unless it was", arguments: calls)
    func imported(calls: CrashTests.Calls) async throws {
        try await LicenceOffice.with(["ash"]) { office in
            let estate = office.estate
            let trap = try await estate.trap()
            let store = StoreFile(estate)
            var (call, kills, taken) = (1, 0, 0)
            while call < CrashTests.mostCalls {
                let file = try await office.answered("ash")
                let killed = try await estate.run(
                    ["offline", "import", "ash", file], with: trap.variables(at: call, matching: calls.matching))
                let place = "killed at call \(call)"
                if killed.code == 0 { break }
                #expect(killed.code == 128 + SIGKILL, "\(place): \(killed)")
                kills += 1
                let before = try store.number("SELECT COUNT(*) FROM entitlements")
                let open = try store.number("SELECT COUNT(*) FROM operations WHERE ended_at IS NULL")
                #expect(
                    before == taken + (open == 0 ? 1 : 0), "\(place): the nonce is spent with the grant or not at all")
                let again = try await estate.run("offline", "import", "ash", file)
                if open == 0 {
                    #expect(again.code == 1 && again.err.contains("was imported already"), "\(place): \(again)")
                } else {
                    #expect(again.code == 0 && again.out.contains("updated"), "\(place): \(again)")
                }
                taken += 1
                #expect(try store.number("SELECT COUNT(*) FROM entitlements") == taken, "\(place)")
                #expect(try await estate.json("steps", "list").array == [], "\(place)")
                #expect(try await estate.standing()["level"] == "licensed", "\(place)")
                let audit = try await estate.run("audit", "verify")
                #expect(audit.code == 0, "\(place): \(audit)")
                call += calls.stride
            }
            #expect(kills >= calls.atLeast, "\(kills) kills")
        }
    }

    @Test("A step that brings a file leaves it whole and under its own number, and is done by the next command")
    func delivered() async throws {
        try await Estate.with { estate in
            let trap = try await estate.trap()
            let file = try #require(try await estate.add(profile: "sage300-by-hand").first)
            var (text, kills) = ("", 0)
            for call in stride(from: 1, to: CrashTests.mostCalls, by: 5) {
                let old = text
                text = "<real number=\"\(call)\"/>\n"
                let license = try estate.write(text, to: "from/entitlements.xml")
                try await estate.must("refresh", "maple-sage300")
                let steps = try await estate.json("steps", "list").array ?? []
                let operation = try #require(steps.first?["operation"]?.string)
                let done = [
                    "steps", "done", operation, "1", "--value", "expires=2031-01-31", "--attach", license,
                ]
                let killed = try await estate.run(done, with: trap.variables(at: call))
                let place = "killed at call \(call)"
                if killed.code == 0 { break }
                kills += 1
                let between = FileOnDisk(file)?.text ?? ""
                #expect(between == old || between == text, "\(place): \(between)")
                let again = try await estate.run(done)
                let isOver = again.code == 1 && again.err.contains("waits for nobody: it ended")
                #expect(again.code == 0 || isOver, "\(place): \(again)")
                #expect(FileOnDisk(file)?.text == text, "\(place)")
                #expect(try await estate.json("steps", "list").array == [], "\(place)")
                let list = try await estate.json("operations", "list", "--limit", "10000").array ?? []
                #expect(list.allSatisfy { $0["status"] == "done" }, "\(place)")
            }
            #expect(kills >= 6, "\(kills) kills")
        }
    }
}
