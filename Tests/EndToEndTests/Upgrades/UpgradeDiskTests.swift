import Foundation
import Glibc
import Testing

@Suite(
    "An upgrade on a disk that fails, and from a backup of the middle of it", .serialized, .timeLimit(.minutes(10)),
    .enabled(if: Trap.compiler != nil, .init(rawValue: Trap.reason)))
struct UpgradeDiskTests {
    @Test("Whichever call on a host fails, it ends wholly new, wholly old, or interrupted with the host named")
    func hosts() async throws {
        try await KeyEstate.with { keys in
            let trap = try await keys.estate.trap()
            let log = keys.estate.folder + "/calls.log"
            var upgrade = KilledUpgrade(keys)
            var refused = 0
            for call in stride(from: 1, to: CrashTests.mostCalls, by: 2) {
                try? FileManager.default.removeItem(atPath: log)
                let ended = try await upgrade.begin(
                    with: trap.variables(
                        at: call, matching: " /sites/", failure: call % 4 == 1 ? ENOSPC : EIO, log: log))
                let calls = Trap.read(log).calls
                if calls.count < call { break }
                let place = "failing: \(calls[call - 1])"
                #expect([0, 1, 3].contains(ended.code), "\(place): \(ended)")
                if ended.code != 0 {
                    refused += 1
                    #expect(
                        ["server", "ts1", "ts2"].contains { ended.err.contains($0) },
                        "\(place): the host is named: \(ended)")
                }
                try await upgrade.finish(place)
            }
            #expect(refused >= 10, "\(refused) calls were missed")
            try await keys.expectNoKeys(in: upgrade.outputs)
        }
    }

    @Test("A backup that was made in the middle gives the upgrade up when it is restored, and another can be begun")
    func restored() async throws {
        try await KeyEstate.with { keys in
            let estate = keys.estate
            var upgrade = KilledUpgrade(keys)
            try keys.set("restart.kills", true)
            let ended = try await upgrade.begin()
            #expect(ended.code == 128 + SIGKILL, "\(ended)")
            try keys.set("restart.kills", false)
            let backup = estate.folder + "/middle.db"
            try await estate.must("backup", backup)
            try await upgrade.finish("when it is gone on with")
            let restored = try await estate.run("restore", backup, "--force")
            #expect(restored.code == 0, "\(restored)")
            let view = try await estate.json("upgrade", "show", KeyEstate.installation)
            #expect(view["phase"] == "failed" && view["ended"] != nil, "\(view)")
            #expect(try StoreFile(estate).number("SELECT count(*) FROM sealed") == 0, "no key of it is kept")
            let resumed = try await estate.run("upgrade", "resume", KeyEstate.installation)
            #expect(resumed.code != 0 && resumed.err.contains("No upgrade"), "\(resumed)")
            let seat = try await estate.run("seats", "claim", KeyEstate.installation, "--user", "ann")
            #expect(seat.code == 0, "people are let in: \(seat)")
            try await estate.must("seats", "release", KeyEstate.installation, "--user", "ann")
            try await estate.must(keys.arguments(to: .twelve))
            #expect(try await keys.inForce("after another one") == .twelve)
            try await keys.expectNoKeys(in: [restored, resumed])
        }
    }

    @Test("Two processes that go on with a killed upgrade at once end it once")
    func together() async throws {
        try await KeyEstate.with { keys in
            var upgrade = KilledUpgrade(keys)
            try keys.set("restart.kills", true)
            let ended = try await upgrade.begin()
            #expect(ended.code == 128 + SIGKILL, "\(ended)")
            try keys.set("restart.kills", false)
            let commands = [["upgrade", "resume", KeyEstate.installation], ["run", "--due"]]
            let children = try commands.map { try keys.estate.start($0) }
            var codes: [Int32] = []
            for child in children { codes.append(try await child.finished().code) }
            #expect(codes.contains(0), "\(codes)")
            try await upgrade.finish("by two at once")
            #expect(keys.onDisk == .twelve)
            let restarts = try String(contentsOfFile: keys.estate.folder + "/restart.log", encoding: .utf8)
            #expect(restarts.split(separator: "\n").count == 2, "the one that killed it, and one more")
        }
    }
}
