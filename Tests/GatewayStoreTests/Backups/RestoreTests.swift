import AdapterKit
import Foundation
import GRDB
import GatewayAPI
import GatewayStore
import Testing

#if canImport(Glibc)
    import Glibc
#endif

@Suite("Restoring a store")
struct RestoreTests {
    /// A store with the customer `later`, beside a backup from before, with `north` and `south`.
    private func withBackup(_ body: (StoreFixture) async throws -> Void) async throws {
        try await StoreFixture.with { fixture in
            try await fixture.withStore { store in
                try await store.addTwoCustomers()
                _ = try store.backup(to: fixture.backup, replacing: false)
                try await store.addTestCustomer("later")
            }
            try await body(fixture)
        }
    }

    @Test("Where there is no store, the backup becomes one; its trail goes on with the restore")
    func fresh() async throws {
        try await withBackup { fixture async throws in
            let other = StoreFixture(folder: fixture.folder + "/new")
            let report = try other.restore(fixture.backup)
            #expect(report.kept == nil && report.voided == 0 && report.backup.customers == 2)
            #expect(try await other.customers() == ["north", "south"])
            let chain = try await other.chain()
            #expect(chain.problem == nil && chain.records == 5)
            let attributes = try FileManager.default.attributesOfItem(atPath: other.path)
            #expect(attributes[.posixPermissions] as? Int == 0o600)
            #expect(try other.names() == [])
        }
    }

    @Test("A store that holds anything is replaced only by force, and is kept beside as a backup")
    func replaced() async throws {
        try await withBackup { fixture async throws in
            let error = #expect(throws: StoreError.self) { try fixture.restore() }
            #expect(error?.code == .exists && error?.message.contains("--force") == true)
            #expect(try await fixture.customers() == ["later", "north", "south"])
            let kept = try #require(try fixture.restore(force: true).kept)
            #expect(try await fixture.customers() == ["north", "south"])
            #expect(kept.hasPrefix(fixture.path + "-before-restore-"))
            #expect(try fixture.names() == ["backup.db", URL(filePath: kept).lastPathComponent])
            // And back again.
            try fixture.restore(kept, force: true)
            #expect(try await fixture.customers() == ["later", "north", "south"])
            #expect(try await fixture.chain().problem == nil)
        }
    }

    @Test("Who has the store open sees the restored one, reads on, and writes to it")
    func openMeanwhile() async throws {
        try await withBackup { fixture async throws in
            try await fixture.withStore { store in
                #expect(try await store.customers(in: .portfolio).count == 3)
                try fixture.restore(force: true)
                #expect(try await store.customers(in: .portfolio).map(\.id) == ["north", "south"])
                try await store.addTestCustomer("after")
            }
            #expect(try await fixture.customers() == ["after", "north", "south"])
            #expect(try fixture.raw { try String.fetchOne($0, sql: "PRAGMA integrity_check") } == "ok")
            #expect(try await fixture.chain().problem == nil)
        }
    }

    @Test("While another process is at work nothing is restored")
    func busy() async throws {
        try await withBackup { fixture async throws in
            let error = #expect(throws: StoreError.self) {
                try fixture.restore(force: true) { throw StoreError(.inUse, "somebody works") }
            }
            #expect(error?.code == .inUse)
            #expect(try await fixture.customers().count == 3)
            #expect(try fixture.names() == ["backup.db"])
        }
    }

    @Test("What was open in the backup is given up, and everybody is asked anew")
    func voided() async throws {
        try await StoreFixture.with { fixture in
            try await fixture.withStore { store in
                try await store.addTwoCustomers()
                try await store.addTestInstallations(["n2"], of: "north")
                for (operation, installation) in [("op-0", "n1"), ("op-1", "n2")] {
                    try await store.claimTest(operation, on: installation)
                    try await store.endTest(operation, on: installation, revision: "r1")
                }
                try await store.claimTest("op-2", on: "n1", basedOn: "r1")
                try await store.claimTest("op-3", on: "s1", of: "south")
                try await store.endTest("op-3", on: "s1", revision: "r5", files: [.test("/srv/s1", "new")])
                _ = try store.backup(to: fixture.backup, replacing: false)
            }
            let report = try fixture.restore(force: true)
            #expect(report.voided == 2 && report.replacedOpen == 2)
            try await fixture.withStore { store in
                for id in ["op-2", "op-3"] {
                    let (record, notes) = try #require(try await store.operation(id, in: .portfolio))
                    #expect(record.status == .failed && record.outcome == "voided" && record.ended == .minute(500))
                    #expect(record.nonce == nil && record.state == nil && record.step == nil && record.owner == "")
                    #expect(notes.last?.kind == "voided")
                }
                #expect(try await store.openOperation(on: "n1") == nil)
                #expect(try await store.intendedFiles(of: "op-3").isEmpty)
                // Its file never came into place: with nothing held the vendor sends it again.
                #expect(try await store.installation("s1", in: .portfolio)?.revision == nil)
                #expect(try await store.installation("n2", in: .portfolio)?.revision == "r1")
                #expect(try await store.entitlement(of: "s1", in: .portfolio) != nil, "it stays in force meanwhile")
                let due = try await store.installations(.due(at: .minute(500)), in: .portfolio, after: nil, limit: 10)
                #expect(due.map(\.id) == ["n1", "n2", "s1"])
                #expect(try await store.claimTest("op-4", on: "s1", of: "south").shown == "claimed")
            }
        }
    }

    /// Files that are no backup, each made in a folder; what its refusal says.
    static let strangers: [(name: String, says: String, make: @Sendable (StoreFixture) throws -> String)] = [
        ("nothing", "can't be read", { $0.folder + "/nothing" }),
        ("a letter", "no store", { try $0.file(Data(String(repeating: "Dear Sir, ", count: 900).utf8)) }),
        ("an empty file", "no store", { try $0.file(Data()) }),
        ("a folder", "no file", { $0.folder }),
        (
            "a pipe", "no file",
            { fixture in
                mkfifo(fixture.folder + "/pipe", 0o600)
                return fixture.folder + "/pipe"
            }
        ),
        ("the store itself", "the store itself", { $0.path }),
        ("cut in the middle", "damaged", { try $0.file(Data(contentsOf: URL(filePath: $0.backup)).prefix(60_000)) }),
        ("cut after a page", "damaged", { try $0.file(Data(contentsOf: URL(filePath: $0.backup)).prefix(4096 * 9)) }),
        (
            "damaged inside", "damaged",
            { fixture in
                let path = try fixture.file(Data(contentsOf: URL(filePath: fixture.backup)))
                try fixture.damage(path, from: 0.1, through: 0.9)
                return path
            }
        ),
        ("of a newer version", "newer gatehouse", { try $0.changed("PRAGMA user_version = 99") }),
        ("another program's", "no store", { try $0.changed("DROP TABLE people; PRAGMA user_version = 1") }),
        ("without a version", "no store", { try $0.changed("PRAGMA user_version = 0") }),
        (
            "with a trigger", "trigger",
            { try $0.changed("CREATE TRIGGER t AFTER UPDATE ON installations BEGIN DELETE FROM audit; END") }
        ),
        ("with a view", "view", { try $0.changed("CREATE VIEW v AS SELECT 1") }),
        ("with other columns", "columns", { try $0.changed("ALTER TABLE people ADD COLUMN more TEXT") }),
        ("with a changed trail", "Record 2", { try $0.changed("UPDATE audit SET detail = '' WHERE number = 2") }),
        (
            "with dangling references", "not there",
            { try $0.changed("PRAGMA foreign_keys = OFF; DELETE FROM customers WHERE id = 'south'") }
        ),
        (
            "of other pages", "pages",
            { try $0.changed("PRAGMA journal_mode = DELETE; PRAGMA page_size = 1024; VACUUM") }
        ),
        (
            "a copy with a log beside it", "-wal",
            { fixture in
                let path = try fixture.file(Data(contentsOf: URL(filePath: fixture.backup)))
                try Data("log".utf8).write(to: URL(filePath: path + "-wal"))
                return path
            }
        ),
    ]

    @Test("A file that is no sound backup is refused, and the store is as it was", arguments: strangers.map(\.name))
    func refused(name: String) async throws {
        let stranger = try #require(Self.strangers.first { $0.name == name })
        try await withBackup { fixture async throws in
            let file = try stranger.make(fixture)
            let names = try fixture.names()
            let error = #expect(throws: StoreError.self) { try fixture.restore(file, force: true) }
            #expect(error?.message.contains(stranger.says) == true, "\(error as Any)")
            #expect(error?.message.contains(file) == true, "\(error as Any)")
            #expect(try fixture.names() == names, "nothing is left behind")
            #expect(try await fixture.customers() == ["later", "north", "south"])
            #expect(try await fixture.chain().records == 5)
        }
    }

    @Test("A damaged store is replaced, and kept as it is, with its log")
    func damagedStore() async throws {
        try await withBackup { fixture async throws in
            try fixture.checkpoint()
            try fixture.damage(fixture.path)
            let damaged = try Data(contentsOf: URL(filePath: fixture.path))
            let kept = try #require(try fixture.restore(force: true).kept)
            #expect(try Data(contentsOf: URL(filePath: kept)) == damaged)
            #expect(try await fixture.customers() == ["north", "south"])
            #expect(try fixture.raw { try String.fetchOne($0, sql: "PRAGMA integrity_check") } == "ok")
        }
    }

    @Test("A store that is no database any more is moved aside, and its log is never taken for the new one's")
    func unreadableStore() async throws {
        try await withBackup { fixture async throws in
            // Frames of pages that the restored store must not get, in a log that is sound by itself.
            let log = try Data(contentsOf: URL(filePath: fixture.path + "-wal"))
            #expect(log.count > 4096)
            try Data(repeating: 0xA5, count: 40_960).write(to: URL(filePath: fixture.path))
            // A log is read before the file: only without its header does SQLite look at the file's own.
            try Data(repeating: 0, count: 32).write(to: URL(filePath: fixture.path + "-wal"))
            let kept = try #require(try fixture.restore(force: true).kept)
            #expect(try Data(contentsOf: URL(filePath: kept)) == Data(repeating: 0xA5, count: 40_960))
            #expect(FileManager.default.fileExists(atPath: kept + "-wal"))
            #expect(try await fixture.customers() == ["north", "south"])
            #expect(try fixture.raw { try String.fetchOne($0, sql: "PRAGMA integrity_check") } == "ok")
        }
    }

    @Test("A store of a newer version is kept as it is, and replaced by the older one")
    func newerStore() async throws {
        try await withBackup { fixture async throws in
            try fixture.raw { try $0.execute(sql: "PRAGMA user_version = 99") }
            let kept = try #require(try fixture.restore(force: true).kept)
            #expect(try await fixture.customers() == ["north", "south"])
            #expect(try fixture.text("PRAGMA user_version", in: kept) == "99")
            #expect(try fixture.text("SELECT COUNT(*) FROM customers", in: kept) == "3")
        }
    }

    @Test("A backup of an older version is brought up to date on the way")
    func older() async throws {
        try await withBackup { fixture async throws in
            let old = fixture.folder + "/old.db"
            try fixture.makeVersion1(at: old)
            try fixture.restore(old, force: true)
            #expect(try await fixture.customers() == ["maple", "second"])
            #expect(try fixture.number("PRAGMA user_version") == StoreExamination.currentVersion)
            #expect(try await fixture.chain().problem == nil)
        }
    }

    @Test(
        "With little room, the store is the old one and the backup is whole, until there is more",
        .enabled(if: SmallDisk.isAvailable, "no permission to mount a small filesystem"))
    func full() async throws {
        try await withBackup { fixture async throws in
            try await SmallDisk.with(at: fixture.folder + "/disk", kilobytes: 2048) { disk in
                let small = StoreFixture(folder: disk)
                try small.restore(fixture.backup)
                try await small.withStore { try await $0.addTestCustomer("kept") }
                try small.checkpoint()
                for room in stride(from: 20, to: 1200, by: 60) {
                    try SmallDisk.fill(disk + "/ballast", leaving: room * 1024)
                    do {
                        try small.restore(fixture.backup, force: true)
                        try FileManager.default.removeItem(atPath: disk + "/ballast")
                        #expect(room > 150)
                        break
                    } catch let error as StoreError {
                        #expect("\(error)".contains("free some space"), "\(error)")
                        try FileManager.default.removeItem(atPath: disk + "/ballast")
                        #expect(try await small.customers() == ["kept", "north", "south"])
                        for name in try small.names() {
                            #expect(!name.contains("draft"))
                            try FileManager.default.removeItem(atPath: "\(disk)/\(name)")
                        }
                    }
                }
                #expect(try await small.customers() == ["north", "south"])
            }
        }
    }
}

extension StoreFixture {
    /// Writes a file of its own.
    fileprivate func file(_ data: Data) throws -> String {
        let path = folder + "/stranger"
        try data.write(to: URL(filePath: path))
        return path
    }

    /// A backup that somebody has changed with SQL.
    fileprivate func changed(_ sql: String) throws -> String {
        let path = try file(Data(contentsOf: URL(filePath: backup)))
        let queue = try DatabaseQueue(path: path)
        try queue.writeWithoutTransaction { try $0.execute(sql: sql) }
        try queue.close()
        return path
    }
}
