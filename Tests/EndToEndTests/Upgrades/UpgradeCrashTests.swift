import Foundation
import Glibc
import Testing

/// The real program is killed by SIGKILL at every step of an upgrade with two terminal servers; then `upgrade resume`
/// or `run --due` is run, as a person or a timer would. It ends wholly new or wholly old on every host.
@Suite(
    "An upgrade that is killed at any moment ends wholly new or wholly old", .serialized, .timeLimit(.minutes(15)),
    .enabled(if: Trap.compiler != nil, .init(rawValue: Trap.reason)))
struct UpgradeCrashTests {
    static let steps = [
        "preflight", "everyoneOut", "backup", "snapshot", "activate", "deliver", "restart", "verify", "done",
    ]

    @Test("Killed as a step is told, it is finished by upgrade resume")
    func told() async throws {
        try await KeyEstate.with { keys in
            var upgrade = KilledUpgrade(keys)
            for step in Self.steps {
                let line = Array("\(step): ".utf8)
                _ = try await upgrade.begin { child in
                    _ = await child.seen { $0.out.firstRange(of: line) != nil }
                    child.signal(SIGKILL)
                }
                try await upgrade.finish("killed as \(step) was told")
            }
            try await keys.expectWholeArchives()
            try await keys.expectNoKeys(in: upgrade.outputs)
        }
    }

    /// Which calls are counted, by how many one goes on, what goes on with it, and how many there are at least.
    struct Calls: Sendable, CustomTestStringConvertible {
        var testDescription: String
        var matching: String
        var stride = 1
        var resume = ["upgrade", "resume", KeyEstate.installation]
        var atLeast: Int
    }

    static let calls = [
        Calls(testDescription: "every flush of the store", matching: "fsync /gatehouse.db", atLeast: 15),
        Calls(
            testDescription: "every second call on the hosts", matching: " /sites/", stride: 2,
            resume: ["run", "--due"], atLeast: 15),
        Calls(testDescription: "every call of the archive", matching: "-upgrades", atLeast: 3),
    ]

    @Test("Killed before one call after the other, it is finished", arguments: calls)
    func callByCall(_ calls: Calls) async throws {
        try await KeyEstate.with { keys in
            let trap = try await keys.estate.trap()
            var upgrade = KilledUpgrade(keys)
            var kills = 0
            for call in stride(from: 1, to: CrashTests.mostCalls, by: calls.stride) {
                let place = "killed at call \(call), \(calls.matching)"
                let ended = try await upgrade.begin(with: trap.variables(at: call, matching: calls.matching))
                #expect([0, 128 + SIGKILL].contains(ended.code), "\(place): \(ended)")
                try await upgrade.finish(place, by: calls.resume)
                if ended.code == 0 { break }
                kills += 1
            }
            #expect(kills >= calls.atLeast, "\(kills) kills")
            #expect(upgrade.ends.new > 0, "\(upgrade.ends)")
            try await keys.expectWholeArchives()
            try await keys.expectNoKeys(in: upgrade.outputs)
        }
    }

    @Test("Killed by the very command that it runs, it is finished", arguments: ["idle", "restart"])
    func commands(_ command: String) async throws {
        try await KeyEstate.with { keys in
            var upgrade = KilledUpgrade(keys)
            try keys.set("\(command).kills", true)
            let ended = try await upgrade.begin()
            #expect(ended.code == 128 + SIGKILL, "\(ended)")
            let again = try await upgrade.run("run", "--due")
            #expect(again.code == 128 + SIGKILL, "\(again)")
            try keys.set("\(command).kills", false)
            try await upgrade.finish("killed by \(command)")
            #expect(upgrade.ends == (new: 1, old: 0))
            try await keys.expectNoKeys(in: upgrade.outputs)
        }
    }
}
