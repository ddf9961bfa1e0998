import Foundation
import Glibc
import Testing

/// Upgrades that are killed one after the other, each from the keys in force to the other ones; and what must hold
/// after each.
struct KilledUpgrade {
    let keys: KeyEstate
    /// What the commands printed.
    private(set) var outputs: [Finished] = []
    /// How many ended with the new keys, and how many with the old ones.
    private(set) var ends = (new: 0, old: 0)
    private var present = License.eight

    init(_ keys: KeyEstate) { self.keys = keys }

    var estate: Estate { keys.estate }

    /// Begins an upgrade to the other keys.
    ///
    /// - Parameter kill: Kills the program, or has it killed.
    mutating func begin(
        with variables: [String: String] = [:], _ kill: (Child) async throws -> Void = { _ in }
    ) async throws -> Finished {
        let child = try estate.start(keys.arguments(to: present.other), with: variables)
        try await kill(child)
        let ended = try await child.finished()
        outputs.append(ended)
        return ended
    }

    /// Runs a command, and keeps what it prints.
    mutating func run(_ arguments: String..., with variables: [String: String] = [:]) async throws -> Finished {
        let ended = try await estate.run(arguments, with: variables)
        outputs.append(ended)
        return ended
    }

    /// Goes on with what was killed, which must end wholly new or wholly old; and makes sure that seats are given out.
    ///
    /// - Parameter resume: What goes on with it.
    mutating func finish(
        _ place: String, by resume: [String] = ["upgrade", "resume", KeyEstate.installation]
    ) async throws {
        let view = try await estate.run(["upgrade", "show", KeyEstate.installation, "--json"])
        let isOpen = view.code == 0 && (try? view.json["ended"]) == .none
        if isOpen {
            let resumed = try await estate.run(resume)
            #expect([0, 1].contains(resumed.code), "\(place): \(resumed)")
            outputs.append(resumed)
        }
        if view.code == 0 {
            let after = try await estate.json("upgrade", "show", KeyEstate.installation)
            #expect(after["ended"] != nil, "\(place): it has ended: \(after), \(outputs.suffix(2))")
            let sent = after["steps"]?.array?.count { $0["detail"] == "POST /v1/activation, once" } ?? 0
            #expect(sent <= 1, "\(place): the vendor is asked once")
            let phase = after["phase"]?.string ?? ""
            #expect(["done", "rolledBack", "failed"].contains(phase), "\(place): \(phase)")
            if isOpen {
                let wanted = phase == "done" ? present.other : present
                #expect(keys.onDisk == wanted, "\(place): \(phase)")
            }
        }
        let found = try await keys.inForce(place)
        if found == present.other { ends.new += 1 } else { ends.old += 1 }
        if let found { present = found }
        for file in keys.files {
            let house =
                URL(fileURLWithPath: "\(estate.folder)/\(file)").deletingLastPathComponent().path + "/.gatehouse"
            let stale = FileOnDisk.names(in: house).filter { name in
                [".new", ".old", ".copy"].contains { name.hasSuffix($0) }
            }
            #expect(stale.isEmpty, "\(place): \(stale)")
        }
        let seat = try await estate.run("seats", "claim", KeyEstate.installation, "--user", "ann")
        #expect(seat.code == 0, "\(place): \(seat)")
        try await estate.must("seats", "release", KeyEstate.installation, "--user", "ann")
        let audit = try await estate.run("audit", "verify")
        #expect(audit.code == 0, "\(place): \(audit)")
    }
}
