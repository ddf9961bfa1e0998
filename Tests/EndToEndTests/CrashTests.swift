import Foundation
import Glibc
import Testing

/// The real program is killed by SIGKILL just before it makes one of the calls that change files, at one after the
/// other; then plain commands are run, as a person would.
///
/// Killed so: at every call below the customers' sites, which are all of a delivery; before every flush, of which each
/// transaction of the store has one; and at every seventh of all calls, the store's writes among them.
@Suite(
    "A program that is killed at any moment keeps its word", .serialized,
    .enabled(if: Trap.compiler != nil, .init(rawValue: Trap.reason)))
struct CrashTests {
    /// Which calls are counted, and by how many one goes on.
    struct Calls: Sendable, CustomTestStringConvertible {
        var testDescription: String
        var matching: String?
        var stride = 1
        /// How many there are at least: fewer would mean that the trap missed some.
        var atLeast: Int
    }

    static let calls = [
        Calls(testDescription: "every call of the delivery", matching: " /sites/", atLeast: 20),
        Calls(testDescription: "every flush", matching: "fsync ", atLeast: 8),
        Calls(testDescription: "every seventh of all calls", stride: 7, atLeast: 12),
    ]

    /// The most steps that a kill goes on for: a program that never survives has gone wrong otherwise.
    static let mostCalls = 400

    @Test("A killed refresh leaves each file whole, and the next command finishes it", arguments: calls)
    func refresh(calls: Calls) async throws {
        try await Estate.with { estate in
            let trap = try await estate.trap()
            let standIn = try await estate.standIn(Client.maple.book(expires: "2031-01-01"))
            let files = try await estate.add(shared: [estate.site("first"), estate.site("second")])
            try await estate.must("refresh", "maple-sage300")
            let watchers = files.map { Watcher($0) }
            defer { for watcher in watchers { _ = watcher.end() } }
            var day = "2031-01-01"
            var operations = 1
            var kills = 0
            var call = 1
            while call < Self.mostCalls {
                let old = day
                day = String(format: "20%02d-%02d-%02d", 31 + call / 300, 1 + call % 12, 1 + call % 28)
                try standIn.rewrite(Client.maple.book(expires: day))
                let killed = try await estate.run(
                    ["refresh", "maple-sage300"], with: trap.variables(at: call, matching: calls.matching))
                let place = "killed at call \(call)"
                if killed.code == 0 { break }
                #expect(killed.code == 128 + SIGKILL, "\(place): \(killed)")
                kills += 1
                for file in files {
                    let now = try #require(FileOnDisk(file))
                    #expect(standIn.hasSigned(now.bytes), "\(place): a whole document")
                    #expect(now.text.contains(">\(old)<") || now.text.contains(">\(day)<"), "\(place): old or new")
                }
                try await estate.must("refresh", "maple-sage300")
                operations = try await check(
                    estate, files, expires: day, operations: operations, most: 2, place: place)
                call += calls.stride
            }
            #expect(kills >= calls.atLeast, "\(kills) kills")
            #expect(FileOnDisk.names(in: estate.store + "-owners").isEmpty, "no lock of a dead program is left")
            for watcher in watchers {
                let (contents, looks) = watcher.end()
                #expect(looks > kills)
                #expect(contents.allSatisfy { $0.map(standIn.hasSigned) == true }, "whole, and there, at every look")
            }
        }
    }

    /// What must hold once a command after the crash is done.
    ///
    /// - Returns: How many operations there are.
    private func check(
        _ estate: Estate, _ files: [String], expires: String, operations: Int, most: Int, place: String
    ) async throws -> Int {
        let view = try await estate.json("installations", "show", "maple-sage300")
        #expect(view["entitlement"]?["dates"]?["expires"] == .string(expires), "\(place)")
        let told = view["files"]?.array ?? []
        #expect(told.compactMap { $0["path"]?.string }.sorted() == files.sorted(), "\(place)")
        for file in told {
            let there = FileOnDisk(file["path"]?.string ?? "")
            #expect(there.map { JSON.string(Hex.sha256($0.bytes)) } == file["sha256"], "\(place): as the store says")
            let folder = URL(fileURLWithPath: file["path"]?.string ?? "").deletingLastPathComponent().path
            let stale = FileOnDisk.names(in: folder + "/.gatehouse").filter { name in
                [".new", ".old", ".copy"].contains { name.hasSuffix($0) }
            }
            #expect(stale.isEmpty, "\(place)")
            #expect(FileOnDisk.names(in: folder) == ["entitlements.xml", ".gatehouse"], "\(place)")
        }
        let list = try await estate.json("operations", "list", "--limit", "10000").array ?? []
        #expect(list.allSatisfy { $0["ended"] != nil && $0["status"] != "delivering" }, "\(place): none is open")
        #expect(list.count > operations && list.count <= operations + most, "\(place): one for each attempt at most")
        let audit = try await estate.run("audit", "verify")
        #expect(audit.code == 0, "\(place): \(audit)")
        return list.count
    }

    @Test("A recovery that is killed itself, at any call of the delivery, is finished by the one after it")
    func recovery() async throws {
        try await Estate.with { estate in
            let trap = try await estate.trap()
            let standIn = try await estate.standIn(Client.maple.book(expires: "2031-01-01"))
            let files = try await estate.add(shared: [estate.site("first"), estate.site("second")])
            try await estate.must("refresh", "maple-sage300")
            var operations = 1
            var kills = 0
            for call in 1...Self.mostCalls {
                let day = String(format: "2032-%02d-%02d", 1 + call % 12, 1 + call % 28)
                try standIn.rewrite(Client.maple.book(expires: day))
                // Between the two files: one is new, the other is not.
                let first = try await estate.run(
                    ["refresh", "maple-sage300"], with: trap.variables(at: 2, matching: "/entitlements.xml\n"))
                #expect(first.code == 128 + SIGKILL, "\(first)")
                let second = try await estate.run(
                    ["refresh", "maple-sage300"], with: trap.variables(at: call, matching: " /sites/"))
                for file in files { #expect(FileOnDisk(file).map { standIn.hasSigned($0.bytes) } == true) }
                try await estate.must("refresh", "maple-sage300")
                operations = try await check(
                    estate, files, expires: day, operations: operations, most: 3, place: "killed again at \(call)")
                if second.code == 0 { break }
                kills += 1
            }
            #expect(kills >= 8, "\(kills) kills")
        }
    }

    @Test("A killed adoption keeps the original for good, and is finished by asking again")
    func adoption() async throws {
        try await Estate.with { estate in
            let trap = try await estate.trap()
            _ = try await estate.standIn(Client.maple.book(expires: "2031-01-01"))
            let original = "<entitlement>made by hand</entitlement>\n"
            var kills = 0
            try await estate.must("customers", "add", "maple", "--name", "M", "--time-zone", "UTC")
            for call in 1...Self.mostCalls {
                let folder = try estate.site("number\(call)")
                let file = folder + "/entitlements.xml"
                try Data(original.utf8).write(to: URL(fileURLWithPath: file))
                let id = "number-\(call)"
                try await estate.must(
                    Client.maple.installationArguments(shared: [folder]).map { $0 == "maple-sage300" ? id : $0 })
                let killed = try await estate.run(
                    ["refresh", id, "--adopt"], with: trap.variables(at: call, matching: " /sites/"))
                if killed.code == 0 { break }
                kills += 1
                let between = try #require(FileOnDisk(file)).text
                #expect(between == original || between.contains("2031-01-01"), "killed at call \(call)")
                let again = try await estate.run("refresh", id, "--adopt")
                #expect(again.code == 0, "killed at call \(call): \(again)")
                #expect(FileOnDisk(file)?.text.contains("2031-01-01") == true, "killed at call \(call)")
                let house = folder + "/.gatehouse"
                #expect(FileOnDisk(house + "/entitlements.xml.original")?.text == original, "killed at call \(call)")
                let names = FileOnDisk.names(in: house).filter { !$0.hasPrefix("probe.") }
                #expect(
                    names.isSubset(of: ["entitlements.xml.original", "entitlements.xml.previous"]),
                    "killed at call \(call): \(names)")
            }
            #expect(kills >= 12, "\(kills) kills")
            let list = try await estate.json("operations", "list", "--limit", "10000").array ?? []
            #expect(list.allSatisfy { $0["ended"] != nil })
        }
    }

    @Test("A program that is killed while it makes its store leaves one that the next command can use")
    func making() async throws {
        try await Estate.with { estate in
            let trap = try await estate.trap()
            var kills = 0
            for call in stride(from: 1, to: Self.mostCalls, by: 4) {
                let store = "\(estate.folder)/stores/\(call)/gatehouse.db"
                let add = ["customers", "add", "a", "--name", "A", "--time-zone", "UTC", "--store", store]
                let killed = try await estate.run(add, with: trap.variables(at: call, matching: "/stores/"))
                if killed.code == 0 { break }
                kills += 1
                let again = try await estate.run(add)
                let isThere = again.code == 1 && again.err.contains("already")
                #expect(again.code == 0 || isThere, "killed at call \(call): \(again)")
                let list = try await estate.must("customers", "list", "--store", store, "--json").json
                #expect(list.array?.count == 1, "killed at call \(call)")
                let audit = try await estate.must("audit", "verify", "--store", store, "--json").json
                #expect(audit["records"] == 1, "killed at call \(call): an act and its record come together")
            }
            #expect(kills >= 10, "\(kills) kills")
        }
    }

    @Test("What is answered is flushed before: the store's log after its last write")
    func durable() async throws {
        try await Estate.with { estate in
            let trap = try await estate.trap()
            try await estate.must("customers", "list")
            let log = estate.folder + "/calls.log"
            try await estate.must(
                ["customers", "add", "a", "--name", "A", "--time-zone", "UTC"],
                with: trap.variables(matching: "/gatehouse.db-wal", log: log))
            let calls = Trap.read(log).calls.map { $0.split(separator: " ").dropFirst().joined(separator: " ") }
            #expect(calls.contains("write /gatehouse.db-wal"))
            #expect(calls.last == "fsync /gatehouse.db-wal", "\(calls.suffix(3))")
        }
    }

    @Test(
        "A delivery whose folder is gone after the crash stays interrupted, is named, and is finished once it is back")
    func interrupted() async throws {
        try await Estate.with { estate in
            let trap = try await estate.trap()
            let standIn = try await estate.standIn(Client.maple.book(expires: "2031-01-01"))
            let shared = [try estate.site("first"), try estate.site("second")]
            let files = try await estate.add(shared: shared)
            try await estate.must("refresh", "maple-sage300")
            try standIn.rewrite(Client.maple.book(expires: "2032-01-01"))
            let killed = try await estate.run(
                ["refresh", "maple-sage300"], with: trap.variables(at: 1, matching: "rename /sites/"))
            #expect(killed.code == 128 + SIGKILL)
            let away = estate.folder + "/unmounted"
            try FileManager.default.moveItem(atPath: shared[1], toPath: away)
            let refresh = try await estate.run("refresh", "maple-sage300")
            #expect(refresh.code == 1)
            #expect(refresh.err.contains(shared[1]), "the host is named: \(refresh)")
            let open = try await estate.json("operations", "list", "--failed").array ?? []
            #expect(open.map { $0["status"] } == ["interrupted"])
            #expect(open.first?["message"]?.string?.contains(shared[1]) == true)
            #expect(try await estate.standing()["level"] == "licensed", "the entitlement is in force")
            try FileManager.default.moveItem(atPath: away, toPath: shared[1])
            try await estate.must("refresh", "maple-sage300")
            for file in files { #expect(FileOnDisk(file)?.text.contains("2032-01-01") == true, "\(file)") }
            let ended = try await estate.json("operations", "list").array ?? []
            #expect(ended.allSatisfy { $0["message"]?.string?.contains(shared[1]) == false }, "what was wrong is over")
            _ = try await check(
                estate, files, expires: "2032-01-01", operations: 1, most: 2, place: "after the interruption")
        }
    }

    @Test("The probe of a program that was killed before it could remove it is cleared away by a later one")
    func probe() async throws {
        try await Estate.with { estate in
            let trap = try await estate.trap()
            _ = try await estate.standIn(Client.maple.book())
            let file = try #require(try await estate.add().first)
            let house = URL(fileURLWithPath: file).deletingLastPathComponent().path + "/.gatehouse"
            let killed = try await estate.run(
                ["refresh", "maple-sage300"], with: trap.variables(at: 1, matching: "unlink /sites/"))
            #expect(killed.code == 128 + SIGKILL)
            #expect(FileOnDisk.names(in: house).count == 1, "the probe that was to be removed")
            try await estate.must("refresh", "maple-sage300")
            #expect(FileOnDisk.names(in: house).isEmpty)
        }
    }
}
