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
        let pipe = FileManager.default.temporaryDirectory.path + "/late-\(UUID().uuidString)"
        try #require(mkfifo(pipe, 0o600) == 0)
        let reader = open(pipe, O_RDONLY | O_NONBLOCK | O_CLOEXEC)
        defer {
            close(reader)
            try? FileManager.default.removeItem(atPath: pipe)
        }
        let result = try await run("exec 3> \(pipe); tail -f /dev/null & echo begun >&3; wait", limit: 1)
        #expect(!result.succeeded && result.told.contains("longer than 1 seconds"), "\(result.told)")
        var begun = [UInt8](repeating: 0, count: 16)
        #expect(read(reader, &begun, begun.count) == 6)
        // The pipe hangs up once nobody who was started has it open any more: a signal takes a moment to arrive.
        var end = pollfd(fd: reader, events: Int16(POLLIN), revents: 0)
        #expect(poll(&end, 1, 60_000) == 1 && end.revents & Int16(POLLHUP) != 0)
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
