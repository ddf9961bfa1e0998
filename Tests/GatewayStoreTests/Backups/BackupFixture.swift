import AdapterKit
import Foundation
import GRDB
import GatewayAPI
import GatewayStore
import Synchronization
import Testing

extension StoreFixture {
    /// Where a test's backups go.
    var backup: String { folder + "/backup.db" }

    /// Makes the store of version 1 that the fixture file holds.
    func makeVersion1(at path: String? = nil) throws { try make("version1", at: path) }

    /// Makes the store of version 6 that the fixture file holds.
    func makeVersion6() throws { try make("version6") }

    /// Makes the store of version 7 that the fixture file holds.
    func makeVersion7() throws { try make("version7") }

    private func make(_ name: String, at path: String? = nil) throws {
        let file = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
            .appending(path: "Fixtures/\(name).sql")
        let queue = try DatabaseQueue(path: path ?? self.path)
        try queue.writeWithoutTransaction { try $0.execute(sql: String(contentsOf: file, encoding: .utf8)) }
        try queue.close()
    }

    /// The names in the folder, but for the store's lock and log.
    func names() throws -> Set<String> {
        let own = ["", "-wal", "-shm", ".lock"].map { "gatehouse.db" + $0 }
        return Set(try FileManager.default.contentsOfDirectory(atPath: folder)).subtracting(own)
    }

    /// Overwrites pages in the middle of a file, as a failing disk might.
    func damage(_ path: String, from: Double = 0.3, through: Double = 0.7) throws {
        let handle = try #require(FileHandle(forUpdatingAtPath: path))
        let size = Int(try handle.seekToEnd())
        let first = Int(Double(size) * from) / 4096 * 4096
        let last = Int(Double(size) * through) / 4096 * 4096
        try handle.seek(toOffset: UInt64(first))
        try handle.write(contentsOf: Data(repeating: 0xA5, count: last - first))
        try handle.close()
    }

    /// Makes the store's file whole, with nothing in its log.
    func checkpoint() throws {
        try raw { try $0.execute(sql: "PRAGMA wal_checkpoint(TRUNCATE)") }
    }

    /// Restores the backup to the store.
    @discardableResult
    func restore(
        _ file: String? = nil, force: Bool = false, checkIdle: () throws -> Void = {}
    ) throws -> StoreRestore.Report {
        try StoreRestore(store: path, from: file ?? backup, at: .minute(500)).run(
            force: force, checkIdle: checkIdle,
            record: { _ in
                AuditEntry(
                    at: .minute(500), actor: "local:1000", actorName: "Pat", act: "restore", customer: nil,
                    subject: nil,
                    detail: "test")
            })
    }

    /// The IDs of the store's customers.
    func customers() async throws -> [String] {
        try await withStore { try await $0.customers(in: .portfolio).map(\.id) }
    }

    /// What a query gives in another file.
    func text(_ sql: String, in file: String) throws -> String? {
        let queue = try DatabaseQueue(path: file)
        defer { try? queue.close() }
        return try queue.read { try String.fetchOne($0, sql: sql) }
    }

    /// Whether the trail's chain is whole.
    func chain() async throws -> AuditChain {
        let seen = Seen()
        try await withStore { try await $0.eachAuditRecord { record in seen.add(record) } }
        return seen.chain
    }

    /// A chain that is walked from another thread.
    private final class Seen: Sendable {
        private let state = Mutex(AuditChain())
        var chain: AuditChain { state.withLock { $0 } }
        func add(_ record: AuditRecord) { state.withLock { $0.add(record) } }
    }
}
