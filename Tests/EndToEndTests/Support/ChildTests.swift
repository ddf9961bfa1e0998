import Foundation
import Glibc
import Testing

@Suite("The tests' own processes", .timeLimit(.minutes(5)))
struct ChildTests {
    @Test("What is written while another process is started can be run afterwards")
    func inheritsNothing() async throws {
        try await Estate.with { estate in
            let script = try estate.write("#!/bin/sh\nexit 7\n", to: "script")
            #expect(chmod(script, 0o755) == 0)
            // As Foundation opens what it writes: a child inherits it.
            let file = open(script, O_WRONLY)
            let sleeper: Child
            do {
                defer { close(file) }
                sleeper = try Child(
                    "/bin/sleep", ["60"], environment: [:], folder: estate.folder, limit: .seconds(90))
            }
            estate.atEnd {
                sleeper.signal(SIGKILL)
                _ = try? await sleeper.finished()
            }
            let ran = try await Child(script, [], environment: [:], folder: estate.folder, limit: .seconds(90))
                .finished()
            #expect(ran.code == 7, "\(ran)")
            #expect(!sleeper.hasEnded)
        }
    }
}
