import Foundation
import Testing

@testable import GatewayCore

@Suite("Running a profile's command")
struct CommandRunTests {
    private func run(_ script: String, limit: Int = 30) async throws -> CommandRun.Result {
        try await CommandRun(words: ["/bin/sh", "-c", script], limit: limit).run()
    }

    @Test("It succeeds with 0 alone; what it writes is kept, errors too")
    func ends() async throws {
        let good = try await run("echo out; echo err >&2")
        #expect(good.succeeded && good.output.contains("out") && good.output.contains("err"))
        let bad = try await run("exit 7")
        #expect(!bad.succeeded && bad.told.hasSuffix("ended with 7"), "\(bad.told)")
        let killed = try await run("kill -9 $$")
        #expect(!killed.succeeded && killed.told.hasSuffix("was ended by a signal"), "\(killed.told)")
        let absent = try await CommandRun(words: ["/nowhere/at/all"], limit: 5).run()
        #expect(!absent.succeeded && absent.told.contains("could not be run"), "\(absent.told)")
    }

    @Test("No shell reads its arguments")
    func arguments() async throws {
        let result = try await CommandRun(words: ["/bin/echo", "$(id)", "a b", ";", "*"], limit: 5).run()
        #expect(result.output == "$(id) a b ; *")
    }

    @Test("One that takes too long is ended, with everything that it started")
    func late() async throws {
        let file = FileManager.default.temporaryDirectory.path + "/late-\(UUID().uuidString)"
        defer { try? FileManager.default.removeItem(atPath: file) }
        let result = try await run("tail -f /dev/null & echo $! > \(file); wait", limit: 1)
        #expect(!result.succeeded && result.told.contains("longer than 1 seconds"), "\(result.told)")
        let child = try #require(
            pid_t(try String(contentsOfFile: file, encoding: .utf8).trimmingCharacters(in: .whitespacesAndNewlines)))
        // It may be there still as one that nobody has waited for; and a signal takes a moment to arrive.
        var state: Substring?
        for _ in 0..<1000 {
            let words = (try? String(contentsOfFile: "/proc/\(child)/stat", encoding: .utf8))?.split(separator: " ")
            state = words?.dropFirst(2).first
            if state == nil || state == "Z" { break }
            try await Task.sleep(for: .milliseconds(10))
        }
        #expect(state == nil || state == "Z")
    }

    @Test("One that writes without end or measure is no failure for that")
    func noisy() async throws {
        let result = try await run("head -c 3000000 /dev/zero | tr '\\0' x; echo end")
        #expect(result.succeeded, "\(result.ended)")
        #expect(result.output.count <= CommandRun.keptOutput + 1)
    }

    @Test("What leaves a service behind that goes on writing is over when it has ended itself")
    func service() async throws {
        // Waited for, it would take longer than the limit, and fail.
        let result = try await run("tail -f /dev/null & echo started $!", limit: 20)
        #expect(result.succeeded && result.output.hasPrefix("started"), "\(result.told)")
        if let pid = result.output.split(separator: " ").last.flatMap({ pid_t($0) }) { kill(pid, SIGKILL) }
    }
}
