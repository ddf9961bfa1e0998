import AdapterKit
import Foundation
import GRDB
import GatewayAPI
import GatewayStore
import Testing

#if canImport(Glibc)
    import Glibc
#endif

@Suite("A full disk")
struct FullDiskTests {
    @Test(
        "A write that finds no room is refused by a clear error and undone, and with room again it goes on",
        .enabled(if: SmallDisk.isAvailable, "no permission to mount a small filesystem"))
    func full() async throws {
        try await StoreFixture.with { fixture in
            try await SmallDisk.with(at: fixture.folder + "/disk", kilobytes: 1024) { disk in
                let small = StoreFixture(folder: disk)
                try await small.withStore { store in
                    try await store.addTestCustomer("north")
                    try SmallDisk.fill(disk + "/ballast", leaving: 64 * 1024)
                    var written: [String] = []
                    var failure: (any Error)?
                    for number in 1...2000 where failure == nil {
                        do {
                            try await store.addTestInstallations(["i\(number)"], of: "north")
                            written.append("i\(number)")
                        } catch {
                            failure = error
                        }
                    }
                    let error = try #require(failure, "2,000 writes fitted on the small disk")
                    // What a person reads says what is full, and which store.
                    #expect("\(error)".contains("full"))
                    #expect((error as? StoreError)?.message.contains(small.path) == true, "\(error)")
                    // Reading goes on.
                    #expect(try await store.installationCount(.all, in: .portfolio) == written.count)

                    try FileManager.default.removeItem(atPath: disk + "/ballast")
                    try await store.addTestInstallations(["after"], of: "north")
                    written.append("after")
                    #expect(try await store.installationCount(.all, in: .portfolio) == written.count)
                }
                try await small.withStore { store in
                    let count = try await store.installationCount(.all, in: .portfolio)
                    #expect(try await store.installation("after", in: .portfolio) != nil)
                    #expect(count > 1)
                    #expect(try small.number("SELECT COUNT(*) FROM audit") == count + 1)
                    #expect(try small.raw { try String.fetchOne($0, sql: "PRAGMA integrity_check") } == "ok")
                }
            }
        }
    }

    @Test(
        "A store for which there is no room at all is told as such",
        .enabled(if: SmallDisk.isAvailable, "no permission to mount a small filesystem"))
    func noRoom() async throws {
        try await StoreFixture.with { fixture in
            try await SmallDisk.with(at: fixture.folder + "/disk", kilobytes: 64) { disk in
                try SmallDisk.fill(disk + "/ballast", leaving: 8 * 1024)
                let error = #expect(throws: StoreError.self) { _ = try Store(path: disk + "/gatehouse.db") }
                #expect(error?.code == .cannotOpen && error?.message.contains("full") == true, "\(error as Any)")
            }
        }
    }
}

/// A small filesystem in memory, where the machine lets us mount one.
enum SmallDisk {
    static let isAvailable: Bool = {
        let path = NSTemporaryDirectory() + "gatehouse-mount-" + UUID().uuidString
        guard (try? FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)) != nil else {
            return false
        }
        defer { try? FileManager.default.removeItem(atPath: path) }
        guard mount(path, kilobytes: 64) else { return false }
        unmount(path)
        return true
    }()

    static func with(
        at path: String, kilobytes: Int, _ body: (String) async throws -> Void
    ) async throws {
        try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
        guard mount(path, kilobytes: kilobytes) else { throw POSIXError(.EPERM) }
        defer { unmount(path) }
        try await body(path)
    }

    /// Fills the disk but for so many bytes.
    static func fill(_ path: String, leaving bytes: Int) throws {
        let folder = URL(filePath: path).deletingLastPathComponent().path
        let attributes = try FileManager.default.attributesOfFileSystem(forPath: folder)
        let free = (attributes[.systemFreeSize] as? NSNumber)?.intValue ?? 0
        try Data(count: max(0, free - bytes)).write(to: URL(filePath: path))
    }

    #if os(Linux)
        private static func mount(_ path: String, kilobytes: Int) -> Bool {
            Glibc.mount("tmpfs", path, "tmpfs", 0, "size=\(kilobytes)k") == 0
        }

        private static func unmount(_ path: String) {
            umount2(path, Int32(MNT_DETACH))
        }
    #else
        private static func mount(_ path: String, kilobytes: Int) -> Bool { false }
        private static func unmount(_ path: String) {}
    #endif
}
