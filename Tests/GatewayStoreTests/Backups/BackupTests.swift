import Foundation
import GRDB
import GatewayAPI
import GatewayStore
import Testing

#if canImport(Glibc)
    import Glibc
#endif

@Suite("A backup of a store")
struct BackupTests {
    @Test("It holds everything, is one file of mode 0600, and opens as a store of its own")
    func whole() async throws {
        try await StoreFixture.withStore { fixture, store in
            try await store.addTwoCustomers()
            let summary = try store.backup(to: fixture.backup, replacing: false)
            #expect(summary.customers == 2 && summary.installations == 2 && summary.auditRecords == 4)
            #expect(try await store.audit(in: .portfolio, limit: 1).first?.hash == summary.auditHead)
            let attributes = try FileManager.default.attributesOfItem(atPath: fixture.backup)
            #expect(attributes[.posixPermissions] as? Int == 0o600)
            #expect((attributes[.size] as? NSNumber)?.intValue == summary.bytes)
            #expect(try fixture.names() == ["backup.db"], "neither a log nor a draft stands beside it")
            let copy = try Store(path: fixture.backup)
            #expect(try await copy.customers(in: .portfolio).map(\.id) == ["north", "south"])
            try copy.close()
        }
    }

    @Test("Others go on writing meanwhile, and what it holds is one moment of theirs")
    func consistent() async throws {
        try await StoreFixture.withStore { fixture, store in
            try await store.addTestCustomer("c0")
            let other = try Store(path: fixture.path)
            async let writing: Void = {
                for number in 1...120 { try await other.addTestCustomer("c\(number)") }
            }()
            var before = 0
            for number in 1...12 {
                let file = "\(fixture.folder)/b\(number)"
                let summary = try store.backup(to: file, replacing: false)
                // Each customer comes in one transaction with its record.
                #expect(summary.customers == summary.auditRecords && summary.customers >= before)
                before = summary.customers
            }
            try await writing
            try other.close()
            #expect(try await store.customers(in: .portfolio).count == 121)
        }
    }

    @Test("A file that is there is left alone, and replaced in one step where that is said")
    func existing() async throws {
        try await StoreFixture.withStore { fixture, store in
            try await store.addTestCustomer("north")
            try Data("precious".utf8).write(to: URL(filePath: fixture.backup))
            let error = #expect(throws: StoreError.self) { _ = try store.backup(to: fixture.backup, replacing: false) }
            #expect(error?.code == .exists && error?.message.contains("--force") == true)
            #expect(try Data(contentsOf: URL(filePath: fixture.backup)) == Data("precious".utf8))
            #expect(try store.backup(to: fixture.backup, replacing: true).customers == 1)
        }
    }

    @Test("The store's own files, its key and what is no file are refused, also by another name or by force")
    func places() async throws {
        try await StoreFixture.withStore { fixture, store in
            try await store.addTestCustomer("north")
            let folder = fixture.folder
            try FileManager.default.createDirectory(atPath: folder + "/sub", withIntermediateDirectories: true)
            #expect(mkfifo(folder + "/pipe", 0o600) == 0)
            #expect(link(fixture.path, folder + "/linked") == 0)
            #expect(symlink(folder + "/elsewhere", folder + "/symbolic") == 0)
            #expect(symlink(folder, folder + "/again") == 0)
            let names = try fixture.names()
            for path in [
                fixture.path, fixture.path + "-wal", fixture.path + "-shm", fixture.path + ".lock",
                fixture.path + ".key",
                fixture.path + "-journal", folder + "/sub/../gatehouse.db", folder + "/again/gatehouse.db-wal",
                folder + "/linked", folder + "/sub", folder + "/pipe", folder + "/symbolic", folder + "/missing/b",
                folder + "/pipe/b", "/dev/null",
            ] {
                let error = #expect(throws: StoreError.self, "\(path)") {
                    _ = try store.backup(to: path, replacing: true, sparing: [fixture.path + ".key"])
                }
                #expect(error?.code == .cannotWrite && error?.message.contains("/") == true, "\(error as Any)")
            }
            #expect(try fixture.names() == names)
            #expect(try await store.customers(in: .portfolio).count == 1)
        }
    }

    @Test("Of a damaged store none is made, and that is said")
    func damaged() async throws {
        try await StoreFixture.with { fixture in
            try await fixture.withStore { store in
                try await store.addTwoCustomers()
                try await store.addTestInstallations((1...2000).map { "n-\($0)" }, of: "north")
            }
            try fixture.checkpoint()
            try fixture.damage(fixture.path, from: 0.7, through: 0.95)
            try await fixture.withStore { store async throws in
                let error = #expect(throws: StoreError.self) {
                    _ = try store.backup(to: fixture.backup, replacing: false)
                }
                #expect(error?.code == .corrupt && error?.message.contains("doctor") == true, "\(error as Any)")
            }
            #expect(try fixture.names() == [])
        }
    }

    @Test("A trail that was changed is told, and no backup is taken for a sound one")
    func tampered() async throws {
        try await StoreFixture.withStore { fixture, store in
            try await store.addTwoCustomers()
            try fixture.raw { try $0.execute(sql: "UPDATE audit SET detail = 'nothing' WHERE number = 2") }
            let error = #expect(throws: StoreError.self) { _ = try store.backup(to: fixture.backup, replacing: false) }
            #expect(error?.message.contains("Record 2") == true, "\(error as Any)")
            #expect(try fixture.names() == [])
        }
    }

    @Test("What ends it leaves nothing behind")
    func ended() async throws {
        try await StoreFixture.withStore { fixture, store in
            try await store.addTestCustomer("north")
            for limit in [0.0, 0.5, 1.0] {
                #expect(throws: CancellationError.self) {
                    _ = try store.backup(to: fixture.backup, replacing: false) { share in
                        if share >= limit { throw CancellationError() }
                    }
                }
                #expect(try fixture.names() == [])
            }
        }
    }

    @Test("What a killed process left of one is removed by the next, and what lives is not")
    func dead() async throws {
        try await StoreFixture.withStore { fixture, store in
            let dead = "\(fixture.backup).\(UUID().uuidString.lowercased()).draft"
            let alive = "\(fixture.backup).\(UUID().uuidString.lowercased()).draft"
            let stranger = "\(fixture.backup).other.draft"
            for path in [dead, alive, stranger] { try Data("x".utf8).write(to: URL(filePath: path)) }
            let lock = open(alive, O_RDONLY)
            defer { close(lock) }
            #expect(flock(lock, LOCK_EX) == 0)
            _ = try store.backup(to: fixture.backup, replacing: false)
            #expect(
                try fixture.names()
                    == Set(["backup.db"] + [alive, stranger].map { URL(filePath: $0).lastPathComponent }))
        }
    }

    @Test(
        "A disk without room for it is told, and the store and an older backup are as they were",
        .enabled(if: SmallDisk.isAvailable, "no permission to mount a small filesystem"))
    func full() async throws {
        try await StoreFixture.withStore { fixture, store in
            try await store.addTwoCustomers()
            try await SmallDisk.with(at: fixture.folder + "/disk", kilobytes: 64) { disk in
                try Data("older".utf8).write(to: URL(filePath: disk + "/backup"))
                let error = #expect(throws: StoreError.self) {
                    _ = try store.backup(to: disk + "/backup", replacing: true)
                }
                #expect(error?.code == .cannotWrite && error?.message.contains("full") == true, "\(error as Any)")
                #expect(try FileManager.default.contentsOfDirectory(atPath: disk) == ["backup"])
                #expect(try Data(contentsOf: URL(filePath: disk + "/backup")) == Data("older".utf8))
            }
            #expect(try await store.customers(in: .portfolio).count == 2)
        }
    }
}
