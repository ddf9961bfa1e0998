import Foundation
import Glibc
import Testing

@Suite("Backup, restore, doctor, key file and people, as commands")
struct SafetyTests {
    @Test("A backup is made while others write, and a restore brings it back, with the store before it kept")
    func backupAndRestore() async throws {
        try await Estate.with { estate in
            try await estate.must("customers", "add", "c0", "--name", "C", "--time-zone", "UTC")
            async let writers: Void = {
                for number in 1...8 {
                    try await estate.must("customers", "add", "c\(number)", "--name", "C", "--time-zone", "UTC")
                }
            }()
            for number in 1...4 {
                let view = try await estate.must("backup", "\(number).backup", "--json").json
                #expect(view["customers"]?.int ?? 0 >= 1 && view["remarks"] == .array([]))
            }
            try await writers
            let kept = try await estate.must("backup", "last.backup")
            #expect(kept.out.contains("9 customers"))
            let again = try await estate.run("backup", "last.backup")
            #expect(again.code == 1 && again.err.contains("--force"))
            try await estate.must("customers", "add", "later", "--name", "L", "--time-zone", "UTC")
            let refused = try await estate.run("restore", "last.backup")
            #expect(refused.code == 1 && refused.err.contains("--force"))
            let report = try await estate.must("restore", "last.backup", "--force", "--json").json
            #expect(report["kept"]?.string?.contains("-before-restore-") == true)
            #expect(try await estate.json("customers", "list").array?.count == 9)
            #expect(try await estate.run("audit", "verify").code == 0)
            let first = try await estate.json("audit", "list", "--limit", "1").array?.first
            #expect(first?["act"] == "restore")
            // On another machine: a store that is not there yet.
            try await estate.must("restore", "last.backup", "--store", estate.folder + "/other/gatehouse.db")
            let other = try await estate.must(
                "customers", "list", "--json", "--store", estate.folder + "/other/gatehouse.db")
            #expect(try other.json.array?.count == 9)
        }
    }

    @Test("The doctor says that all is well with 0 and that something is wrong with 1, in words and as JSON")
    func doctor() async throws {
        try await Estate.with { estate in
            chmod(estate.folder, 0o700)
            _ = try await estate.standIn(Client.maple.book())
            let file = try #require(try await estate.add().first)
            try await estate.must("refresh", "maple-sage300")
            let well = try await estate.run("doctor")
            #expect(well.code == 0 && !well.out.contains("problem"), "\(well)")
            #expect(try await estate.must("doctor", "--quiet").out.isEmpty)
            try Data("else".utf8).write(to: URL(fileURLWithPath: file))
            let wrong = try await estate.run("doctor", "--json")
            #expect(wrong.code == 1)
            let found = try wrong.json["findings"]?.array?.first { $0["state"] == "problem" }
            #expect(found?["check"] == "deliveries" && found?["place"] == .string(file))
            try await estate.must("refresh", "maple-sage300")
            #expect(try await estate.run("doctor").code == 0)
        }
    }

    @Test("The key file lies where an option or the environment says, and is rotated there")
    func keyFile() async throws {
        try await Estate.with { estate in
            estate.set("GATEHOUSE_KEY_FILE", estate.folder + "/keys")
            let first = try await estate.json("keyfile", "rotate")
            #expect(try await estate.json("keyfile", "show")["keys"] == .array([first["key"] ?? .null]))
            #expect(FileOnDisk(estate.folder + "/keys") != nil && FileOnDisk(estate.store + ".key") == nil)
            let text = try await estate.must("keyfile", "show", "--key-file", "elsewhere").out
            #expect(text.contains(estate.folder + "/elsewhere") && text.contains("not there yet"))
        }
    }

    @Test("An erased name is shown as erased, and stands nowhere in the store's files")
    func erased() async throws {
        try await Estate.with { estate in
            try await estate.must("customers", "add", "a", "--name", "A", "--time-zone", "UTC")
            let person = try #require(try await estate.json("people", "list").array?.first)
            let id = try #require(person["id"]?.string)
            try await estate.must("people", "erase", id)
            let list = try await estate.must("audit", "list").out
            #expect(list.contains("\(id) (erased)"))
            #expect(try await estate.json("people", "list").array?.first?["name"] == nil)
            #expect(try await estate.run("audit", "verify").code == 0)
            #expect(try await estate.run("people", "erase", "nobody").code == 1)
        }
    }
}

/// The real program is killed by SIGKILL just before one after the other of the calls that change files, in the middle
/// of what must not leave anything half done.
@Suite(
    "A program that is killed while it backs up, restores, migrates or rotates", .serialized,
    .enabled(if: Trap.compiler != nil, .init(rawValue: Trap.reason)))
struct SafetyCrashTests {
    /// - Parameter stride: By how many calls one goes on.
    private func kill(
        _ estate: Estate, _ arguments: [String], stride step: Int, atLeast: Int,
        _ check: (_ place: String, _ isOver: Bool) async throws -> Void
    ) async throws {
        let trap = try await estate.trap()
        var kills = 0
        for call in stride(from: 1, to: 40 * CrashTests.mostCalls, by: step) {
            let killed = try await estate.run(arguments, with: trap.variables(at: call))
            try await check("killed at call \(call)", killed.code == 0)
            if killed.code == 0 { break }
            #expect(killed.code == 128 + SIGKILL, "at call \(call): \(killed)")
            kills += 1
        }
        #expect(kills >= atLeast, "\(kills) kills")
    }

    private func customers(_ estate: Estate) async throws -> [String] {
        try await estate.json("customers", "list").array?.compactMap { $0["id"]?.string } ?? []
    }

    @Test("A killed backup leaves no file of its name, or a whole one; nothing of the store changes")
    func backup() async throws {
        try await Estate.with { estate in
            try await estate.must("customers", "add", "a", "--name", "A", "--time-zone", "UTC")
            try await kill(estate, ["backup", "file"], stride: 5, atLeast: 8) { place, isOver in
                #expect(try await customers(estate) == ["a"], "\(place)")
                if FileOnDisk(estate.folder + "/file") != nil {
                    let copy = estate.folder + "/copy\(UUID().uuidString)/gatehouse.db"
                    let restored = try await estate.run("restore", "file", "--store", copy)
                    #expect(restored.code == 0, "\(place): \(restored)")
                    try FileManager.default.removeItem(atPath: estate.folder + "/file")
                } else {
                    #expect(!isOver)
                }
            }
            try await estate.must("backup", "file")
            #expect(FileOnDisk.names(in: estate.folder).allSatisfy { !$0.contains(".draft") }, "no draft is left")
        }
    }

    @Test("A killed restore leaves the old store or the restored one, and its copy is whole")
    func restore() async throws {
        try await Estate.with { estate in
            try await estate.must("customers", "add", "a", "--name", "A", "--time-zone", "UTC")
            try await estate.must("backup", "file")
            var old = 0
            var new = 0
            try await estate.must("customers", "add", "b", "--name", "B", "--time-zone", "UTC")
            try await kill(estate, ["restore", "file", "--force"], stride: 5, atLeast: 15) { place, isOver in
                let verified = try await estate.run("audit", "verify")
                #expect(verified.code == 0, "\(place): \(verified)")
                let doctor = try await estate.run("doctor", "--json")
                let findings = try doctor.json["findings"]?.array ?? []
                #expect(findings.contains { $0["check"] == "store" && $0["state"] == "ok" }, "\(place): \(doctor)")
                let found = try await customers(estate)
                #expect([["a"], ["a", "b"]].contains(found), "\(place)")
                if found == ["a"] {
                    new += 1
                    let act = try await estate.json("audit", "list", "--limit", "1").array?.first?["act"]
                    #expect(act == "restore", "\(place): with its record")
                    try await estate.must("customers", "add", "b", "--name", "B", "--time-zone", "UTC")
                } else {
                    old += 1
                    #expect(!isOver, "\(place)")
                }
            }
            #expect(old > 10 && new > 1, "both were seen: \(old) and \(new)")
            #expect(
                FileOnDisk.names(in: estate.folder).allSatisfy {
                    !$0.contains("gatehouse.db.") || !$0.hasSuffix(".draft")
                })
        }
    }

    @Test(
        "A killed migration leaves a store that the next command brings up to date, with a backup of the old one",
        .enabled(if: Program.found("sqlite3") != nil, "the sqlite3 command is not there, to make an old store with"))
    func migration() async throws {
        try await Estate.with { estate in
            let trap = try await estate.trap()
            let fixture = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
                .appending(path: "GatewayStoreTests/Fixtures/version1.sql").path
            var kills = 0
            for call in stride(from: 1, to: 40 * CrashTests.mostCalls, by: 7) {
                let folder = "\(estate.folder)/stores/\(call)"
                try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
                let store = folder + "/gatehouse.db"
                let sqlite = try await Child(
                    #require(Program.found("sqlite3")), [store, ".read \(fixture)"], environment: [:],
                    folder: estate.folder, limit: .seconds(30)
                ).finished()
                #expect(sqlite.code == 0, "\(sqlite)")
                let list = ["customers", "list", "--store", store, "--json"]
                let killed = try await estate.run(list, with: trap.variables(at: call, matching: "/stores/"))
                if killed.code == 0 { break }
                kills += 1
                #expect(try await estate.must(list).json.array?.count == 2, "killed at call \(call)")
                #expect(try await estate.run("audit", "verify", "--store", store).code == 0, "killed at call \(call)")
                let names = FileOnDisk.names(in: folder)
                #expect(names.contains { $0.contains("-before-version-") }, "killed at call \(call)")
                let backup = try #require(names.first { $0.contains("-before-version-") && !$0.contains(".draft") })
                let restored = try await estate.run(
                    "restore", "\(folder)/\(backup)", "--store", folder + "/again/gatehouse.db")
                #expect(restored.code == 0, "killed at call \(call): \(restored)")
            }
            #expect(kills >= 8, "\(kills) kills")
        }
    }

    @Test("A killed rotation leaves a key file that is whole, and the next one ends it")
    func rotation() async throws {
        try await Estate.with { estate in
            try await estate.must("keyfile", "rotate")
            try await kill(estate, ["keyfile", "rotate"], stride: 3, atLeast: 4) { place, _ in
                let view = try await estate.json("keyfile", "show")
                #expect((1...2).contains(view["keys"]?.array?.count ?? 0), "\(place)")
                #expect(try await estate.run("audit", "verify").code == 0, "\(place)")
            }
            #expect(try await estate.json("keyfile", "show")["keys"]?.array?.count == 1)
        }
    }
}
