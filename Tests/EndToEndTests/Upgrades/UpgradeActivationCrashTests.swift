import Foundation
import Glibc
import Testing

@Suite("An upgrade that is killed while the vendor holds its answer back", .serialized, .timeLimit(.minutes(5)))
struct UpgradeActivationCrashTests {
    /// Kills an upgrade that has asked and got no answer.
    private func killed(_ upgrade: inout KilledUpgrade, _ keys: KeyEstate) async throws {
        try keys.standIn.rewrite(License.book(faults: "latency: 600000"))
        let store = StoreFile(keys.estate)
        let ended = try await upgrade.begin { child in
            _ = await child.seen { $0.out.firstRange(of: Array("activate: ".utf8)) != nil }
            // The request is under way once it is journaled.
            let sent =
                "SELECT count(*) FROM operations WHERE CAST(notes AS TEXT) LIKE '%/v1/activation, once%' AND ended_at IS NULL"
            while !child.hasEnded, try store.number(sent) == 0 { await Task.yield() }
            child.signal(SIGKILL)
        }
        #expect(ended.code == 128 + SIGKILL, "\(ended)")
    }

    @Test("The vendor, asked what became of it, never got the keys: everything is as it was")
    func inspected() async throws {
        try await KeyEstate.with { keys in
            var upgrade = KilledUpgrade(keys)
            try await killed(&upgrade, keys)
            let closed = try await keys.estate.run("seats", "claim", KeyEstate.installation, "--user", "ann")
            #expect(closed.code == 4 && closed.out.contains("upgrade"), "nobody is let in: \(closed)")
            try keys.standIn.rewrite(License.book())
            try await upgrade.finish("after the vendor was asked")
            #expect(upgrade.ends == (new: 0, old: 1))
            let view = try await keys.estate.json("upgrade", "show", KeyEstate.installation)
            let sent = view["steps"]?.array?.filter { $0["kind"] == "send" }.compactMap { $0["detail"]?.string } ?? []
            #expect(sent == ["POST /v1/activation, once", "POST /v1/activation/inspect"])
            try await keys.expectNoKeys(in: upgrade.outputs)
        }
    }

    @Test("While the vendor can't be asked, nothing is decided; once it can, it is")
    func unreachable() async throws {
        try await KeyEstate.with { keys in
            var upgrade = KilledUpgrade(keys)
            try await killed(&upgrade, keys)
            for fault in ["badSignature: true", "truncate: 100"] {
                try keys.standIn.rewrite(License.book(faults: fault))
                let resumed = try await upgrade.run("upgrade", "resume", KeyEstate.installation)
                #expect(resumed.code != 0, "\(fault): \(resumed)")
                let view = try await keys.estate.json("upgrade", "show", KeyEstate.installation)
                #expect(view["ended"] == nil && view["phase"] == "activate", "\(fault): \(view["message"] as Any)")
            }
            try keys.standIn.rewrite(License.book())
            try await upgrade.finish("after the vendor was back")
            #expect(upgrade.ends == (new: 0, old: 1))
        }
    }
}
