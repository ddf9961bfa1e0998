import Foundation
import Glibc
import Synchronization
import Testing

/// Commands about a license on tokens, some of which are killed; each runs a while after the one before, by its clock.
struct KilledTokens {
    let tokens: TokenEstate
    private let trap: Trap
    private var clock = 0

    init(_ tokens: TokenEstate) async throws {
        self.tokens = tokens
        trap = try await tokens.estate.trap()
    }

    /// The variables of a command that runs a minute after the one before.
    mutating func variables(at call: Int = 0, _ matching: String? = nil) -> [String: String] {
        // Past the minute in which no token is used that came after an answer was lost.
        clock += 65
        return trap.variables(at: call, matching: matching, clock: clock)
    }

    /// Runs a command.
    ///
    /// - Parameter call: At which call it is killed; 0 for never.
    mutating func run(_ arguments: [String], at call: Int = 0, _ matching: String? = nil) async throws -> Finished {
        try await tokens.estate.run(arguments, with: variables(at: call, matching))
    }

    mutating func must(_ arguments: String...) async throws {
        let ended = try await run(arguments)
        guard ended.code == 0 else { throw Trouble("gatehouse \(arguments.joined(separator: " ")): \(ended)") }
    }

    /// Runs a command that the test kills at the Nth exchange with the server: before the server is asked, or once it has
    /// answered, which the program then never hears.
    ///
    /// - Returns: How it ended, and the path of that exchange; nil where there were fewer.
    mutating func run(
        _ arguments: [String], killedAt exchange: Int, isAnswered: Bool
    ) async throws -> (Finished, path: String?) {
        let child = Held<Child>()
        let path = Held<String>()
        tokens.tap.watch { seen in
            guard seen.number == exchange, seen.isAnswered == isAnswered else { return .on }
            path.set(seen.path)
            child.wait().signal(SIGKILL)
            return .end
        }
        child.set(try tokens.estate.start(arguments, with: variables()))
        let ended = try await child.wait().finished()
        tokens.tap.watch()
        return (ended, path.present)
    }

    /// Begins an authorization, unless a code is shown already, and types the code.
    mutating func begin() async throws {
        let begun = try await run(["authorize", TokenEstate.installation, "--begin", "--json"])
        guard begun.code == 0, let code = try begun.json["notice"]?["code"]?.string else {
            throw Trouble("no code is shown: \(begun)")
        }
        try await tokens.type(code)
    }

    /// Acquires a license.
    mutating func acquire() async throws {
        try await begin()
        try await must("authorize", TokenEstate.installation, "--complete")
    }

    /// Makes sure that nothing is half done, and that the server still takes what is held, once it gives no answer twice;
    /// where the license must be acquired again, that it can be.
    ///
    /// - Returns: Whether it was licensed without acquiring it again.
    mutating func expectSound(_ place: String) async throws -> Bool {
        let (isLicensed, again) = try await tokens.expectWhole(place, with: variables())
        try tokens.standIn.rewrite(TokenEstate.book("reuseWindow: 0s"))
        let isSound = isLicensed && again == nil
        if !isSound { try await acquire() }
        let further = try await run(["refresh", TokenEstate.installation])
        #expect(further.code == 0, "\(place): refreshed once the window is over: \(further)")
        try tokens.standIn.rewrite(TokenEstate.book())
        return isSound
    }
}

/// Something that one thread waits for until another has it.
final class Held<Value: Sendable>: Sendable {
    private let gate = DispatchSemaphore(value: 0)
    private let value = Mutex<Value?>(nil)

    func set(_ value: Value) {
        self.value.withLock { $0 = value }
        gate.signal()
    }

    var present: Value? { value.withLock { $0 } }

    /// Blocks its thread.
    func wait() -> Value {
        while true {
            if let present { return present }
            gate.wait()
        }
    }
}
