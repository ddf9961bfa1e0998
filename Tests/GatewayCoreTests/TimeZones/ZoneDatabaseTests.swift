import AdapterKit
import Foundation
import GatewayCore
import Testing

@Suite("Zone database")
struct ZoneDatabaseTests {
    private let database = ZoneDatabase()

    @Test("Every name that is listed is a zone")
    func everyName() throws {
        let names = database.names()
        #expect(names.count > 400)
        #expect(names.contains("Europe/London"))
        #expect(names.contains("UTC"))
        #expect(!names.contains("Factory"))
        for name in names { #expect(try database.zone(named: name).name == name) }
        #expect(database.version?.hasPrefix("20") == true)
    }

    @Test(
        "An unknown name is refused with the nearest known ones, never taken for UTC",
        arguments: [
            ("london", "Europe/London"), ("Europe/Lodnon", "Europe/London"), ("new york", "America/New_York"),
            ("america/toronto", "America/Toronto"), ("Torronto", "America/Toronto"), ("US/Chicago", "America/Chicago"),
        ])
    func nearest(_ name: String, _ expected: String) throws {
        let error = #expect(throws: UnknownZone.self) { try database.zone(named: name) }
        #expect(error?.nearest.first == expected)
        #expect((error?.nearest.count ?? 0) <= 3)
        #expect(error?.description.contains(expected) == true)
    }

    @Test(
        "A name that leaves the folder or is no zone's is refused",
        arguments: [
            "", "..", "../zoneinfo/Europe/London", "/usr/share/zoneinfo/Europe/London", "Europe/../Europe/London",
            "Europe", "Europe/", "Europe//London", "tzdata.zi", "zone1970.tab", "localtime", "posixrules", "Factory",
            "right/Europe/London", "posix/Europe/London", "Europe/London\u{0}", "Europe/Lo\nndon", ".", "./UTC",
            String(repeating: "a", count: 100_000),
        ])
    func refused(_ name: String) {
        #expect(throws: UnknownZone.self) { try database.zone(named: name) }
    }

    @Test("A folder without zone data has no zones, and says so")
    func empty() throws {
        let folder = FileManager.default.temporaryDirectory.appending(path: "zones-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(at: folder) }
        let database = ZoneDatabase(directory: folder.path)
        #expect(database.names().isEmpty)
        #expect(database.version == nil)
        let error = #expect(throws: UnknownZone.self) { try database.zone(named: "Europe/London") }
        #expect(error?.description.contains("tzdata") == true)
    }

    @Test("Without the index the names are those of the files, and a broken file is told as such")
    func walked() throws {
        let folder = FileManager.default.temporaryDirectory.appending(path: "zones-\(UUID().uuidString)")
        let area = folder.appending(path: "Europe")
        try FileManager.default.createDirectory(at: area, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(at: folder) }
        let london = try Data(contentsOf: URL(filePath: "\(database.directory)/Europe/London"))
        try london.write(to: area.appending(path: "London"))
        try london.prefix(500).write(to: area.appending(path: "Cut"))
        try Data("zones".utf8).write(to: folder.appending(path: "README"))
        let small = ZoneDatabase(directory: folder.path)
        #expect(small.names() == ["Europe/Cut", "Europe/London"])
        #expect(try small.zone(named: "Europe/London") == database.zone(named: "Europe/London"))
        #expect(throws: ZoneError.self) { try small.zone(named: "Europe/Cut") }
    }
}
