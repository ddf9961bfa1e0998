import Foundation
import GRDB
import GatewayAPI
import GatewayStore
import Testing

@Suite("Opening a store")
struct OpeningTests {
    @Test("What is written is flushed before it is answered: synchronous is FULL, read back from the writer itself")
    func durability() async throws {
        try await StoreFixture.withStore { fixture, store in
            #expect(try store.synchronousMode() == 2)
            try await store.addTestCustomer("north")
            #expect(try store.synchronousMode() == 2)
            #expect(try fixture.raw { try String.fetchOne($0, sql: "PRAGMA journal_mode") } == "wal")
        }
    }

    @Test("A fresh store is made with its folder, readable by its owner alone")
    func fresh() async throws {
        try await StoreFixture.with { fixture in
            let nested = StoreFixture(folder: fixture.folder + "/a/b")
            try await nested.withStore { store async throws in
                #expect(try await store.customers(in: .portfolio).isEmpty)
                #expect(try nested.number("PRAGMA user_version") == StoreExamination.currentVersion)
            }
            let attributes = try FileManager.default.attributesOfItem(atPath: nested.path)
            #expect(attributes[.posixPermissions] as? Int == 0o600)
            let folder = try FileManager.default.attributesOfItem(atPath: nested.folder)
            #expect(folder[.posixPermissions] as? Int == 0o700)
        }
    }

    @Test("What was written is there when the store is opened again, and nothing is migrated twice")
    func reopened() async throws {
        try await StoreFixture.with { fixture in
            try await fixture.withStore { try await $0.addTwoCustomers() }
            try await fixture.withStore { store in
                #expect(try await store.customers(in: .portfolio).map(\.id) == ["north", "south"])
                let record = try #require(try await store.installation("n1", in: .portfolio))
                #expect(record.identity == ["account": "n1"] && record.site == ["shared": ["/srv/n1"]])
                #expect(try store.synchronousMode() == 2)
            }
        }
    }

    @Test("What was written is there although the store was never closed")
    func notClosed() async throws {
        try await StoreFixture.with { fixture in
            let first = try Store(path: fixture.path)
            try await first.addTwoCustomers()
            try await fixture.withStore { second async throws in
                #expect(try await second.customers(in: .portfolio).count == 2)
            }
            try first.close()
        }
    }

    @Test("A store that a newer version wrote is refused, and left as it is")
    func newer() async throws {
        try await StoreFixture.with { fixture in
            try await fixture.withStore { try await $0.addTestCustomer("north") }
            try fixture.raw { try $0.execute(sql: "PRAGMA user_version = 99") }
            let error = #expect(throws: StoreError.self) { _ = try Store(path: fixture.path) }
            #expect(error?.code == .tooNew)
            #expect(error?.message.contains("99") == true && error?.message.contains("newer gatehouse") == true)
            #expect(try fixture.number("PRAGMA user_version") == 99)
            #expect(try fixture.number("SELECT COUNT(*) FROM customers") == 1)
            try fixture.raw { try $0.execute(sql: "PRAGMA user_version = \(StoreExamination.currentVersion)") }
            try await fixture.withStore { store async throws in
                #expect(try await store.customers(in: .portfolio).count == 1)
            }
        }
    }

    @Test("A file that is no store is refused by its path, and left as it is")
    func noStore() async throws {
        try await StoreFixture.with { fixture in
            let text = String(repeating: "This is a letter, not a database. ", count: 100)
            try Data(text.utf8).write(to: URL(filePath: fixture.path))
            let error = #expect(throws: StoreError.self) { _ = try Store(path: fixture.path) }
            #expect(error?.code == .cannotOpen && error?.message.contains(fixture.path) == true)
            #expect(try Data(contentsOf: URL(filePath: fixture.path)) == Data(text.utf8))
        }
    }

    @Test("A folder that can't be made is told, with what to do")
    func noFolder() async throws {
        try await StoreFixture.with { fixture in
            try Data("a file".utf8).write(to: URL(filePath: fixture.folder + "/taken"))
            let error = #expect(throws: StoreError.self) {
                _ = try Store(path: fixture.folder + "/taken/gatehouse.db")
            }
            #expect(error?.code == .cannotOpen && error?.message.contains("--store") == true)
        }
    }

    @Test("Many openers of one fresh store at once all get it, migrated once")
    func openedAtOnce() async throws {
        try await StoreFixture.with { fixture in
            try await withThrowingTaskGroup(of: Void.self) { group in
                for number in 1...8 {
                    group.addTask {
                        try await fixture.withStore { try await $0.addTestCustomer("c\(number)") }
                    }
                }
                try await group.waitForAll()
            }
            #expect(try fixture.number("SELECT COUNT(*) FROM customers") == 8)
        }
    }

    @Test("A closed store answers with an error, not with silence")
    func closed() async throws {
        try await StoreFixture.with { fixture in
            let store = try Store(path: fixture.path)
            try store.close()
            await #expect(throws: (any Error).self) { try await store.addTestCustomer("north") }
        }
    }
}
