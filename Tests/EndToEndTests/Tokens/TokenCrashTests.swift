import Foundation
import Glibc
import Testing

/// The real program is killed while it acquires, refreshes or gives back a license that lives on tokens; then the same
/// command is run again, as a person would.
@Suite(
    "A program that is killed while it asks for tokens",
    .enabled(if: Trap.compiler != nil, .init(rawValue: Trap.reason)))
struct TokenCrashTests {
    static let calls = [
        CrashTests.Calls(testDescription: "every flush", matching: "fsync ", atLeast: 5),
        CrashTests.Calls(testDescription: "every seventeenth of all calls", stride: 17, atLeast: 4),
    ]

    @Test(
        "A refresh goes on with the token that came, or with the one before while the server allows it",
        arguments: calls)
    func refresh(calls: CrashTests.Calls) async throws {
        try await TokenEstate.with { tokens in
            var killed = try await KilledTokens(tokens)
            try await killed.acquire()
            var (call, kills) = (1, 0)
            while call < CrashTests.mostCalls {
                let ended = try await killed.run(["refresh", "hq"], at: call, calls.matching)
                let place = "killed at call \(call)"
                if ended.code == 0 { break }
                #expect(ended.code == 128 + SIGKILL, "\(place): \(ended)")
                kills += 1
                let again = try await killed.run(["refresh", "hq"])
                #expect(again.code == 0, "\(place): \(again)")
                #expect(try await killed.expectSound(place), "\(place): nothing has to be acquired again")
                call += calls.stride
            }
            #expect(kills >= calls.atLeast, "\(kills) kills")
        }
    }

    @Test(
        "Where the server gives no answer twice, what was kept is gone on with, and what was not must be acquired again"
    )
    func withoutWindow() async throws {
        try await TokenEstate.with { tokens in
            var killed = try await KilledTokens(tokens)
            try await killed.acquire()
            let store = StoreFile(tokens.estate)
            var ends = (kept: 0, lost: 0)
            for call in 0..<CrashTests.mostCalls {
                try tokens.standIn.rewrite(TokenEstate.book("reuseWindow: 0s"))
                let before = tokens.tap.exchanges.count
                // The first time it never hears the answer.
                let ended =
                    call == 0
                    ? try await killed.run(["refresh", "hq"], killedAt: 2, isAnswered: true).0
                    : try await killed.run(["refresh", "hq"], at: call, "fsync ")
                let place = "killed at flush \(call)"
                if ended.code == 0 { break }
                let asked = tokens.tap.exchanges.dropFirst(before).contains { $0.path == "/pos/token" }
                let isKept =
                    try store.number(
                        """
                        SELECT count(*) FROM operations WHERE CAST(notes AS TEXT) LIKE '%kept, sealed%' AND ended_at IS NULL
                        """) > 0
                let isOver = try store.number("SELECT count(*) FROM operations WHERE ended_at IS NULL") == 0
                let again = try await killed.run(["refresh", "hq"])
                if asked, !isKept, !isOver {
                    ends.lost += 1
                    #expect(again.code == 1 && again.err.contains("gatehouse authorize hq"), "\(place): \(again)")
                    let (isLicensed, why) = try await tokens.expectWhole(place, with: killed.variables())
                    #expect(isLicensed && why != nil, "\(place): it is good until its token ends, and marked")
                } else {
                    ends.kept += 1
                    #expect(again.code == 0, "\(place): \(again)")
                }
                _ = try await killed.expectSound(place)
            }
            #expect(ends.kept >= 4 && ends.lost >= 1, "\(ends)")
        }
    }

    @Test("An authorization whose code was typed ends licensed, or says that another code is needed", arguments: calls)
    func authorize(calls: CrashTests.Calls) async throws {
        try await TokenEstate.with { tokens in
            var killed = try await KilledTokens(tokens)
            var (call, kills, sound) = (1, 0, 0)
            while call < CrashTests.mostCalls {
                try await killed.begin()
                let ended = try await killed.run(["authorize", "hq", "--complete"], at: call, calls.matching)
                let place = "killed at call \(call)"
                if ended.code == 0 { break }
                #expect(ended.code == 128 + SIGKILL, "\(place): \(ended)")
                kills += 1
                let again = try await killed.run(["authorize", "hq", "--complete"])
                // The last write may have been made, and not flushed.
                let isTold = again.err.contains("ask for another") || again.err.contains("has a license already")
                #expect(again.code == 0 || again.code == 1 && isTold, "\(place): \(again)")
                if try await killed.expectSound(place) { sound += 1 }
                try await killed.must("deauthorize", "hq")
                call += calls.stride
            }
            #expect(kills >= calls.atLeast && sound >= kills / 2, "\(kills) kills, \(sound) went on")
        }
    }

    @Test("A beginning shows one code, and the next command goes on", arguments: calls.prefix(1))
    func begin(calls: CrashTests.Calls) async throws {
        try await TokenEstate.with { tokens in
            var killed = try await KilledTokens(tokens)
            var kills = 0
            for call in 1..<CrashTests.mostCalls {
                let ended = try await killed.run(["authorize", "hq", "--begin"], at: call, calls.matching)
                if ended.code == 0 { break }
                kills += 1
                try await killed.acquire()
                #expect(try await killed.expectSound("killed at call \(call)"))
                try await killed.must("deauthorize", "hq")
            }
            #expect(kills >= 3, "\(kills) kills")
        }
    }

    @Test("A license that is given back is gone, here and at the server, or still there", arguments: calls)
    func deauthorize(calls: CrashTests.Calls) async throws {
        try await TokenEstate.with { tokens in
            var killed = try await KilledTokens(tokens)
            var (call, kills) = (1, 0)
            while call < CrashTests.mostCalls {
                try await killed.acquire()
                let ended = try await killed.run(["deauthorize", "hq"], at: call, calls.matching)
                let place = "killed at call \(call)"
                if ended.code == 0 { break }
                kills += 1
                let again = try await killed.run(["deauthorize", "hq"])
                let isGone = again.code == 1 && again.err.contains("has no license")
                #expect(again.code == 0 || isGone, "\(place): \(again)")
                let (isLicensed, why) = try await tokens.expectWhole(place, with: killed.variables())
                #expect(!isLicensed && why == nil, "\(place)")
                call += calls.stride
            }
            #expect(kills >= 3, "\(kills) kills")
        }
    }

    @Test(
        "Killed before the server is asked, and before its answer is heard, each of its answers",
        arguments: ["authorize", "refresh", "deauthorize"])
    func exchanges(act: String) async throws {
        try await TokenEstate.with { tokens in
            var killed = try await KilledTokens(tokens)
            var paths: Set<String> = []
            for exchange in 1...10 {
                for isAnswered in [false, true] {
                    let arguments = act == "authorize" ? ["authorize", "hq", "--complete"] : [act, "hq"]
                    if act == "authorize" {
                        if try !tokens.kept.isEmpty { try await killed.must("deauthorize", "hq") }
                        try await killed.begin()
                    } else if try tokens.kept.isEmpty {
                        try await killed.acquire()
                    }
                    let (ended, path) = try await killed.run(arguments, killedAt: exchange, isAnswered: isAnswered)
                    guard let path else {
                        #expect(ended.code == 0, "\(ended)")
                        continue
                    }
                    paths.insert(path)
                    let place = "\(isAnswered ? "after" : "before") the answer of \(path)"
                    #expect(ended.code == 128 + SIGKILL, "\(place): \(ended)")
                    let again = try await killed.run(arguments)
                    if act == "deauthorize" {
                        #expect(again.code == 0, "\(place): \(again)")
                        #expect(try await tokens.expectWhole(place, with: killed.variables()).0 == false)
                    } else {
                        // The device code is good once, and nobody gives its answer twice.
                        let isLost = act == "authorize" && path == "/pos/token" && isAnswered
                        #expect(again.code == (isLost ? 1 : 0), "\(place): \(again)")
                        #expect(try await killed.expectSound(place) == !isLost, "\(place)")
                    }
                }
                if paths.count < exchange { break }
            }
            #expect(paths.count >= 2, "\(paths)")
        }
    }
}
