import AdapterKit
import Foundation
import GRDB
import GatewayAPI
import GatewayStore
import Testing

@Suite("A store of an older version")
struct MigrationBackupTests {
    private func backups(_ fixture: StoreFixture) throws -> [String] {
        try fixture.names().filter { $0.hasPrefix("gatehouse.db-before-version-") }.sorted()
    }

    @Test("It is backed up beside itself, checked, before it is brought up to date; nothing of it is lost")
    func upToDate() async throws {
        try await StoreFixture.with { fixture in
            try fixture.makeVersion1()
            #expect(try await fixture.customers() == ["maple", "second"])
            #expect(try fixture.number("PRAGMA user_version") == StoreExamination.currentVersion)
            let chain = try await fixture.chain()
            #expect(chain.problem == nil && chain.records == 6)
            try await fixture.withStore { store async throws in
                #expect(try await store.entitlement(of: "maple-sage300", in: .portfolio)?.seats.isEmpty == false)
                #expect(try await store.deliveredFiles(of: "maple-sage300").count == 1)
            }
            let names = try backups(fixture)
            #expect(names.count == 1, "and none when it is opened again")
            let file = fixture.folder + "/" + (names.first ?? "")
            let attributes = try FileManager.default.attributesOfItem(atPath: file)
            #expect(attributes[.posixPermissions] as? Int == 0o600)
            #expect(try fixture.text("PRAGMA user_version", in: file) == "1")
            #expect(try fixture.text("PRAGMA integrity_check", in: file) == "ok")
            #expect(try fixture.text("SELECT COUNT(*) FROM audit", in: file) == "6")
        }
    }

    @Test("A fresh store is not backed up")
    func fresh() async throws {
        try await StoreFixture.withStore { (fixture, _) async throws in #expect(try fixture.names() == []) }
    }

    @Test("The newest three are kept, and nothing else is removed")
    func pruned() async throws {
        try await StoreFixture.with { fixture in
            let old = [
                "2-20260101T000000Z", "2-20260201T000000Z", "2-20260101T000000Z.2", "1-20260301T000000Z", "2-mine",
            ]
            for name in old {
                try Data().write(to: URL(filePath: "\(fixture.path)-before-version-\(name)"))
            }
            try Data().write(to: URL(filePath: fixture.path + "-before-restore-20200101T000000Z"))
            try fixture.makeVersion1()
            _ = try await fixture.customers()
            let names = try fixture.names()
            let kept = ["2-20260201T000000Z", "1-20260301T000000Z", "2-mine"].map {
                "gatehouse.db-before-version-\($0)"
            }
            #expect(names.isSuperset(of: kept + ["gatehouse.db-before-restore-20200101T000000Z"]))
            #expect(names.count == 5, "\(names)")
        }
    }

    @Test("A damaged one is left as it is, and told what to do")
    func damaged() async throws {
        try await StoreFixture.with { fixture in
            try fixture.makeVersion1()
            try fixture.raw { try $0.execute(sql: "UPDATE audit SET detail = 'nothing' WHERE number = 2") }
            let error = #expect(throws: StoreError.self) { _ = try Store(path: fixture.path) }
            #expect(error?.message.contains("backup that comes before") == true, "\(error as Any)")
            #expect(try fixture.number("PRAGMA user_version") == 1)
            #expect(try fixture.names() == [])
        }
    }

    @Test(
        "Without room for the backup it is not touched, and with room it goes on",
        .enabled(if: SmallDisk.isAvailable, "no permission to mount a small filesystem"))
    func full() async throws {
        try await StoreFixture.with { fixture in
            try await SmallDisk.with(at: fixture.folder + "/disk", kilobytes: 1024) { disk in
                let small = StoreFixture(folder: disk)
                try small.makeVersion1()
                try SmallDisk.fill(disk + "/ballast", leaving: 120 * 1024)
                let error = #expect(throws: StoreError.self) { _ = try Store(path: small.path) }
                #expect(error?.code == .cannotWrite && error?.message.contains("room") == false, "\(error as Any)")
                #expect(error?.message.contains("free some space") == true, "\(error as Any)")
                #expect(try small.number("PRAGMA user_version") == 1)
                try FileManager.default.removeItem(atPath: disk + "/ballast")
                #expect(try await small.customers() == ["maple", "second"])
                #expect(try backups(small).count == 1)
            }
        }
    }
}
