import AdapterKit
import Foundation
import GRDB
import GatewayAPI
import GatewayStore
import Testing
import VendorSandbox

@testable import GatewayCore

@Suite("The doctor")
struct DoctorTests {
    private static let entry = SubscriptionFixture.Entry(id: "maple", expires: "2027-01-31")

    /// One installation, refreshed, in a folder that is its owner's alone.
    private func withOne(_ body: (SubscriptionFixture) async throws -> Void) async throws {
        try await SubscriptionFixture.with([Self.entry]) { test in
            #expect(chmod(test.fixture.folder, 0o700) == 0)
            try await test.open { gateway in
                try await test.add(Self.entry, to: gateway)
                #expect(try await gateway.refresh("maple").outcome == .updated)
            }
            try await body(test)
        }
    }

    private func examine(
        _ test: SubscriptionFixture, profiles: String? = nil, environment: [String: String]? = nil
    ) async throws -> DoctorReport {
        let registry = try await test.open { $0.registry }
        let configuration = GatewayConfiguration(
            store: test.fixture.store, profiles: [profiles ?? GatewayFixture.repository + "/profiles"],
            deliveryRoots: [test.fixture.sites],
            environment: environment ?? [
                "GATEHOUSE_VENDOR_URL": test.ready.url, "GATEHOUSE_VENDOR_KEY": test.ready.publicKey,
            ])
        return try await Caretaker(configuration, registry: registry, surroundings: test.time.surroundings)
            .perform(Examine(), by: .msp)
    }

    /// The findings that are not well.
    private func bad(_ report: DoctorReport, _ check: DoctorReport.Check) -> [DoctorReport.Finding] {
        report.findings.filter { $0.check == check && $0.state != .ok }
    }

    @Test("Where all is well it says so of every check, and changes nothing")
    func sound() async throws {
        try await withOne { test in
            _ = try await examine(test)
            let before = try Data(contentsOf: URL(filePath: test.fixture.store + "-wal"))
            let report = try await examine(test)
            #expect(report.findings.allSatisfy { $0.state == .ok }, "\(report.findings)")
            #expect(Set(report.findings.map(\.check)) == Set(DoctorReport.Check.allCases))
            #expect(!report.hasProblems)
            #expect(try Data(contentsOf: URL(filePath: test.fixture.store + "-wal")) == before)
        }
    }

    @Test("Files and profiles of what is archived are nobody's any more: nothing is said of them")
    func archived() async throws {
        try await withOne { test in
            try FileManager.default.removeItem(atPath: test.file("maple"))
            let empty = test.fixture.folder + "/empty"
            try FileManager.default.createDirectory(atPath: empty, withIntermediateDirectories: true)
            #expect(bad(try await examine(test), .deliveries).count == 1)
            #expect(bad(try await examine(test, profiles: empty), .profiles).count == 1)
            _ = try await test.open { try await $0.perform(ArchiveCustomer(id: "maple")) }
            let report = try await examine(test, profiles: empty)
            #expect(report.findings.allSatisfy { $0.state == .ok }, "\(report.findings)")
            let files = report.findings.first { $0.check == .deliveries }
            #expect(files?.found == "No files are delivered.")
            _ = try await test.open { try await $0.perform(ArchiveCustomer(id: "maple", undo: true)) }
            #expect(bad(try await examine(test), .deliveries).count == 1)
        }
    }

    @Test("A delivered file that is missing, changed or out of reach is told by its path")
    func deliveries() async throws {
        try await withOne { test in
            let file = test.file("maple")
            let text = try #require(test.fixture.read(file))
            try Data("<changed/>".utf8).write(to: URL(filePath: file))
            var finding = try #require(bad(try await examine(test), .deliveries).first)
            #expect(finding.state == .problem && finding.place == file && finding.found.contains("not what"))
            #expect(finding.advice?.contains("gatehouse refresh maple") == true)
            try FileManager.default.removeItem(atPath: file)
            finding = try #require(bad(try await examine(test), .deliveries).first)
            #expect(finding.state == .problem && finding.found.contains("gone"))
            try FileManager.default.moveItem(
                atPath: test.fixture.sites + "/maple", toPath: test.fixture.folder + "/away")
            finding = try #require(bad(try await examine(test), .deliveries).first)
            #expect(finding.state == .warning && finding.found.contains("can't be looked at"))
            try FileManager.default.moveItem(
                atPath: test.fixture.folder + "/away", toPath: test.fixture.sites + "/maple")
            try Data(text.utf8).write(to: URL(filePath: file))
            #expect(bad(try await examine(test), .deliveries).isEmpty)
        }
    }

    @Test("What a delivery that was cut short left is told, and what belongs to an open one is not")
    func leftovers() async throws {
        try await withOne { test in
            let house = test.fixture.sites + "/maple/.gatehouse"
            try FileManager.default.createDirectory(atPath: house, withIntermediateDirectories: true)
            let left = house + "/entitlements.xml.01890000-0000-7000-8000-000000000000.new"
            for path in [left, house + "/entitlements.xml.previous", house + "/entitlements.xml.original"] {
                try Data().write(to: URL(filePath: path))
            }
            let draft = "\(test.fixture.store).\(UUID().uuidString.lowercased()).draft"
            try Data().write(to: URL(filePath: draft))
            #expect(Set(bad(try await examine(test), .leftovers).map(\.place)) == [left, draft])
        }
    }

    @Test("Files and folders that others may read or write are told, each with its command")
    func permissions() async throws {
        try await withOne { test in
            let store = test.fixture.store
            for (path, mode, good, state) in [
                (store, 0o644, 0o600, DoctorReport.State.problem), (store + "-owners", 0o755, 0o700, .problem),
                (test.fixture.folder, 0o755, 0o700, .warning), (test.fixture.folder, 0o777, 0o700, .problem),
            ] {
                chmod(path, mode_t(mode))
                let found = bad(try await examine(test), .permissions)
                #expect(found.map(\.place) == [path] && found.map(\.state) == [state], "\(found)")
                #expect(found.first?.advice?.contains("chmod") == true)
                chmod(path, mode_t(good))
            }
            let key = KeyFile(path: store + ".key")
            _ = try key.keysOrNew()
            chmod(key.path, 0o640)
            #expect(bad(try await examine(test), .permissions).map(\.place) == [key.path])
            chmod(key.path, 0o600)
            try Data("nonsense".utf8).write(to: URL(filePath: key.path))
            #expect(bad(try await examine(test), .keyFile).map(\.state) == [.problem])
        }
    }

    @Test("A clock that was set back is told")
    func clock() async throws {
        try await withOne { test in
            test.time.pass(minutes: -3)
            #expect(bad(try await examine(test), .clock).isEmpty, "so much may be between two machines")
            test.time.pass(hours: -24)
            let finding = try #require(bad(try await examine(test), .clock).first)
            #expect(
                finding.state == .problem && finding.found.contains("2026-11-22")
                    && finding.found.contains("2026-11-21"))
        }
    }

    @Test("A profile that is missing, broken or names nobody to ask is told with those that it governs")
    func profiles() async throws {
        try await withOne { test in
            let unset = bad(try await examine(test, environment: [:]), .profiles)
            #expect(unset.map(\.state) == [.warning] && unset.first?.found.contains("GATEHOUSE_VENDOR_URL") == true)
            let missing = bad(try await examine(test, profiles: test.fixture.profiles), .profiles)
            #expect(missing.map(\.state) == [.problem] && missing.first?.found.contains("sage300-subscription") == true)
            try test.fixture.write(profile: "sage300-subscription", "name: sage300-subscription\nproduct: [\n")
            let broken = bad(try await examine(test, profiles: test.fixture.profiles), .profiles)
            #expect(broken.count == 2 && broken.first?.place?.hasSuffix("sage300-subscription.yaml") == true)
        }
    }

    @Test("What a process that is gone left open is told, with the command that finishes it")
    func operations() async throws {
        try await withOne { test in
            try test.fixture.raw { db in
                try db.execute(
                    sql: """
                        UPDATE operations SET ended_at = NULL, status = 'running',
                        owner = '6f1d2c3b-0000-4000-8000-000000000000'
                        """)
            }
            let finding = try #require(bad(try await examine(test), .operations).first)
            #expect(finding.state == .warning && finding.advice?.contains("gatehouse refresh maple") == true)
            try test.fixture.raw { try $0.execute(sql: "UPDATE operations SET status = 'interrupted', owner = ''") }
            #expect(bad(try await examine(test), .operations).map(\.state) == [.problem])
        }
    }

    @Test("A trail that was changed is told")
    func audit() async throws {
        try await withOne { test in
            try test.fixture.raw { try $0.execute(sql: "UPDATE audit SET detail = '' WHERE number = 1") }
            let finding = try #require(bad(try await examine(test), .audit).first)
            #expect(finding.state == .problem && finding.found.contains("Record 1"))
        }
    }

    /// Ways in which a store's file is spoiled.
    static let spoiling = ["pages in the middle", "the first page", "cut off", "empty", "gone", "a folder", "newer"]

    @Test("Of a damaged store it tells what can be told, and what to do", arguments: spoiling)
    func damaged(way: String) async throws {
        try await withOne { test in
            let registry = try await test.open { $0.registry }
            try test.fixture.raw { try $0.execute(sql: "PRAGMA wal_checkpoint(TRUNCATE)") }
            let url = URL(filePath: test.fixture.store)
            var bytes = try Data(contentsOf: url)
            switch way {
            case "pages in the middle":
                let range = bytes.count / 4 / 4096 * 4096..<bytes.count / 2 / 4096 * 4096
                bytes.replaceSubrange(range, with: Data(repeating: 0xA5, count: range.count))
            case "the first page": bytes.replaceSubrange(0..<4096, with: Data(repeating: 0xA5, count: 4096))
            case "cut off": bytes = bytes.prefix(bytes.count / 2 / 4096 * 4096)
            case "empty": bytes = Data()
            default: break
            }
            if way == "newer" {
                try test.fixture.raw { try $0.execute(sql: "PRAGMA user_version = 99") }
            } else {
                try FileManager.default.removeItem(at: url)
                if way == "a folder" {
                    try FileManager.default.createDirectory(at: url, withIntermediateDirectories: true)
                } else if way != "gone" {
                    try bytes.write(to: url)
                    chmod(url.path, 0o600)
                }
            }
            let configuration = GatewayConfiguration(
                store: test.fixture.store, profiles: [GatewayFixture.repository + "/profiles"], deliveryRoots: [],
                environment: [:])
            let report = try await Caretaker(configuration, registry: registry, surroundings: test.time.surroundings)
                .perform(Examine(), by: .msp)
            let store = bad(report, .store)
            #expect(report.hasProblems && !store.isEmpty, "\(report.findings)")
            #expect(store.allSatisfy { $0.advice?.isEmpty == false }, "\(store)")
            // What does not depend on the store is looked at all the same.
            #expect(
                report.findings.contains { $0.check == .space } && report.findings.contains { $0.check == .profiles })
            #expect(report.findings.contains { $0.check == .permissions })
        }
    }
}
