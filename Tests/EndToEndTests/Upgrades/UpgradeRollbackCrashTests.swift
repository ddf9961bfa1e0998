import Foundation
import Glibc
import Testing

@Suite(
    "A rollback that is killed is finished, and what can't be put back is named", .serialized, .timeLimit(.minutes(15)),
    .enabled(if: Trap.compiler != nil, .init(rawValue: Trap.reason)))
struct UpgradeRollbackCrashTests {
    @Test(
        "Killed within the rollback, it ends with everything as it was",
        arguments: ["fsync /gatehouse.db", " /sites/"])
    func rollback(matching: String) async throws {
        try await KeyEstate.with { keys in
            let trap = try await keys.estate.trap()
            var upgrade = KilledUpgrade(keys)
            var (kills, early) = (0, 0)
            for call in stride(from: 1, to: CrashTests.mostCalls, by: 2) {
                let place = "killed at call \(call), \(matching)"
                // Everything is new but the restart, at which it is killed; then it is taken back.
                try keys.set("restart.kills", true)
                let ended = try await upgrade.begin()
                #expect(ended.code == 128 + SIGKILL, "\(place): \(ended)")
                try keys.set("restart.kills", false)
                let killed = try await upgrade.run(
                    "upgrade", "rollback", KeyEstate.installation,
                    with: trap.variables(at: call, matching: matching))
                #expect([0, 128 + SIGKILL].contains(killed.code), "\(place): \(killed)")
                // Killed before it was written down, while it was made sure that nobody is in, it is none yet.
                let view = try await keys.estate.json("upgrade", "show", KeyEstate.installation)
                if view["phase"] != "rollBack", killed.code != 0 { early += 1 }
                try await upgrade.finish(place)
                if killed.code == 0 { break }
                kills += 1
            }
            #expect(kills >= 3, "\(kills) kills")
            #expect(upgrade.ends.old >= kills - early && early < 3, "\(upgrade.ends): \(kills) kills, \(early) early")
            try await keys.expectNoKeys(in: upgrade.outputs)
        }
    }

    @Test("Killed within the rollback of one that is watched, it is put back by resume, or is still watched")
    func watched() async throws {
        try await KeyEstate.with { keys in
            let (estate, id) = (keys.estate, KeyEstate.installation)
            let trap = try await estate.trap()
            var before = License.eight
            var back = 0
            for call in stride(from: 1, to: CrashTests.mostCalls, by: 2) {
                let place = "killed at call \(call)"
                try await estate.must(keys.arguments(to: before.other))
                let killed = try await estate.run(
                    ["upgrade", "rollback", id], with: trap.variables(at: call, matching: "fsync /gatehouse.db"))
                #expect([0, 128 + SIGKILL].contains(killed.code), "\(place): \(killed)")
                if try await estate.json("upgrade", "show", id)["ended"] == nil {
                    let todo = try await estate.must("todo").out.split(whereSeparator: \.isWhitespace)
                    #expect(todo.joined(separator: " ").contains("gatehouse upgrade resume"), "\(place): \(todo)")
                    let resumed = try await estate.run("upgrade", "resume", id)
                    #expect((resumed.out + resumed.err).contains("rolledBack"), "\(place): \(resumed)")
                }
                let phase = try await estate.json("upgrade", "show", id)["phase"]?.string
                let found = try await keys.inForce(place)
                #expect(found == (phase == "rolledBack" ? before : before.other), "\(place): \(phase ?? "")")
                try await estate.must("seats", "claim", id, "--user", "ann")
                try await estate.must("seats", "release", id, "--user", "ann")
                if phase == "rolledBack" { back += 1 }
                before = found ?? before
                if killed.code == 0 { break }
            }
            #expect(back > 3, "\(back)")
        }
    }

    @Test("A restart that fails puts everything back; one that fails then too leaves it interrupted until it is mended")
    func restart() async throws {
        try await KeyEstate.with { keys in
            var upgrade = KilledUpgrade(keys)
            try keys.set("restart.fails", true)
            let failed = try await upgrade.begin()
            #expect(failed.code == 1 && failed.err.contains("bin/restart"), "\(failed)")
            let view = try await keys.estate.json("upgrade", "show", KeyEstate.installation)
            #expect(view["status"] == "interrupted", "\(view)")
            #expect(keys.onDisk == .eight, "the files are back all the same")
            let ended = try await upgrade.run("run", "--due")
            #expect(ended.code == 1, "\(ended)")
            try keys.set("restart.fails", false)
            try await upgrade.finish("after the restart is mended", by: ["run", "--due"])
            #expect(upgrade.ends == (new: 0, old: 1))
        }
    }

    @Test("A host that is lost is named, tried again, and put back when it is there again")
    func lostHost() async throws {
        try await KeyEstate.with { keys in
            let trap = try await keys.estate.trap()
            var upgrade = KilledUpgrade(keys)
            let ended = try await upgrade.begin(with: trap.variables(at: 1, matching: "rename /sites/granite/ts2"))
            #expect(ended.code == 128 + SIGKILL, "\(ended)")
            let (share, away) = (keys.estate.sites + "/granite/ts2", keys.estate.folder + "/away")
            try FileManager.default.moveItem(atPath: share, toPath: away)
            for command in [["upgrade", "resume", KeyEstate.installation], ["run", "--due"]] {
                let resumed = try await keys.estate.run(command)
                #expect(resumed.code == 1 && (resumed.err + resumed.out).contains("ts2"), "\(resumed)")
                let view = try await keys.estate.json("upgrade", "show", KeyEstate.installation)
                #expect(view["status"] == "interrupted" && view["message"]?.string?.contains("ts2") == true)
                let troubled = view["hosts"]?.array?.filter { $0["trouble"] != nil }.compactMap { $0["host"]?.string }
                #expect(troubled == ["ts2"])
            }
            let seat = try await keys.estate.run("seats", "claim", KeyEstate.installation, "--user", "ann")
            #expect(seat.code == 0, "people are let in meanwhile: \(seat)")
            try await keys.estate.must("seats", "release", KeyEstate.installation, "--user", "ann")
            try FileManager.default.moveItem(atPath: away, toPath: share)
            try await upgrade.finish("when ts2 is back")
            #expect(upgrade.ends == (new: 0, old: 1))
        }
    }
}
