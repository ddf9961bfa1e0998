import Foundation
import Glibc
import Testing

/// One call after the other fails, as it would on a full or a broken disk; or somebody else writes where a delivery is
/// on its way to.
@Suite(
    "A disk that fails, and files that others write meanwhile", .serialized,
    .enabled(if: Trap.compiler != nil, .init(rawValue: Trap.reason)))
struct FailingDiskTests {
    @Test("A delivery that the disk fails leaves each file whole, says so, and is finished once it can be")
    func delivery() async throws {
        try await Estate.with { estate in
            let trap = try await estate.trap()
            let standIn = try await estate.standIn(Client.maple.book(expires: "2031-01-01"))
            let files = try await estate.add(shared: [estate.site("first"), estate.site("second")])
            try await estate.must("refresh", "maple-sage300")
            var refused = 0
            var old = "2031-01-01"
            let log = estate.folder + "/calls.log"
            for call in 1...CrashTests.mostCalls {
                try? FileManager.default.removeItem(atPath: log)
                let day = String(format: "2032-%02d-%02d", 1 + call % 12, 1 + call % 28)
                try standIn.rewrite(Client.maple.book(expires: day))
                let failure = call.isMultiple(of: 2) ? ENOSPC : EIO
                let failed = try await estate.run(
                    ["refresh", "maple-sage300"],
                    with: trap.variables(at: call, matching: " /sites/", failure: failure, log: log))
                let calls = Trap.read(log).calls
                if calls.count < call { break }
                let place = "failing: \(calls[call - 1])"
                #expect([0, 1].contains(failed.code), "\(place): \(failed)")
                if failed.code == 1 {
                    refused += 1
                    #expect(
                        failed.err.contains("entitlements.xml") || failed.err.contains(estate.sites),
                        "\(place): \(failed)")
                }
                for file in files {
                    let now = try #require(FileOnDisk(file))
                    #expect(standIn.hasSigned(now.bytes), "\(place)")
                    #expect(now.text.contains(">\(old)<") || now.text.contains(">\(day)<"), "\(place)")
                }
                try await estate.must("refresh", "maple-sage300")
                for file in files {
                    #expect(FileOnDisk(file)?.text.contains(">\(day)<") == true, "\(place): in the end it is there")
                    let house = URL(fileURLWithPath: file).deletingLastPathComponent().path + "/.gatehouse"
                    let stale = FileOnDisk.names(in: house).filter { name in
                        [".new", ".old", ".copy"].contains { name.hasSuffix($0) }
                    }
                    #expect(stale.isEmpty, "\(place)")
                }
                let list = try await estate.json("operations", "list").array ?? []
                #expect(list.allSatisfy { $0["ended"] != nil }, "\(place): none stays open")
                old = day
            }
            #expect(refused >= 10, "\(refused) calls were missed")
        }
    }

    @Test("A store that can't write refuses the act, and is whole afterwards")
    func store() async throws {
        try await Estate.with { estate in
            let trap = try await estate.trap()
            try await estate.must("customers", "list")
            var records = 0
            var refused = 0
            let log = estate.folder + "/calls.log"
            for call in 1...CrashTests.mostCalls {
                try? FileManager.default.removeItem(atPath: log)
                let add = ["customers", "add", "c\(call)", "--name", "C", "--time-zone", "UTC"]
                let failure = call.isMultiple(of: 2) ? ENOSPC : EIO
                let failed = try await estate.run(
                    add, with: trap.variables(at: call, matching: "/gatehouse.db-wal", failure: failure, log: log))
                let calls = Trap.read(log).calls
                if calls.count < call { break }
                let place = "failing: \(calls[call - 1])"
                #expect([0, 1].contains(failed.code), "\(place): \(failed)")
                if failed.code == 1 {
                    refused += 1
                    #expect(!failed.err.isEmpty, "\(place)")
                    #expect(!failed.out.contains("Added"), "\(place)")
                    let again = try await estate.run(add)
                    #expect(again.code == 0 || again.err.contains("already"), "\(place): \(again)")
                }
                records += 1
                let found = try await estate.run("audit", "verify", "--json")
                #expect(found.code == 0, "\(place): \(found)")
                #expect(try found.json["records"]?.int == records, "\(place)")
                #expect(try await estate.json("customers", "list").array?.count == records, "\(place)")
            }
            #expect(refused >= 2, "\(refused) calls were missed")
        }
    }

    @Test(
        "What somebody writes in the middle of a delivery is not lost, and nothing half done is left",
        arguments: [0, 1])
    func changedMeanwhile(which: Int) async throws {
        try await Estate.with { estate in
            let trap = try await estate.trap()
            let standIn = try await estate.standIn(Client.maple.book(expires: "2031-01-01"))
            let shared = [try estate.site("first"), try estate.site("second")]
            let files = try await estate.add(shared: shared)
            try await estate.must("refresh", "maple-sage300")
            let old = try #require(FileOnDisk(files[0])).text
            try standIn.rewrite(Client.maple.book(expires: "2032-01-01"))
            // All is ready, and nothing is replaced yet.
            let child = try estate.start(
                ["refresh", "maple-sage300"],
                with: trap.variables(at: 1, matching: "fsync /sites/first/.gatehouse\n", signal: SIGSTOP))
            try await child.stopped()
            try Data("somebody else's\n".utf8).write(to: URL(fileURLWithPath: files[which]), options: .atomic)
            child.signal(SIGCONT)
            let finished = try await child.finished()
            #expect(finished.code == 0 || finished.err.contains(files[which]), "\(finished)")
            try await estate.must("refresh", "maple-sage300")
            for (index, file) in files.enumerated() {
                #expect(FileOnDisk(file)?.text.contains("2032-01-01") == true, "\(file)")
                let house = shared[index] + "/.gatehouse"
                #expect(FileOnDisk.names(in: house) == ["entitlements.xml.previous"], "of file \(index)")
                let previous = FileOnDisk(house + "/entitlements.xml.previous")?.text
                #expect(previous == (index == which ? "somebody else's\n" : old), "of file \(index)")
            }
            let list = try await estate.json("operations", "list").array ?? []
            #expect(list.allSatisfy { $0["ended"] != nil })
        }
    }

    @Test("A stranger's file that comes in the way is adopted by who says so of that installation, and by nobody else")
    func strangerMeanwhile() async throws {
        try await Estate.with { estate in
            let trap = try await estate.trap()
            _ = try await estate.standIn("sage300:\n" + Client.maple.entry() + Client.cedar.entry())
            let file = try #require(try await estate.add().first)
            try await estate.add(.cedar)
            let child = try estate.start(
                ["refresh", "maple-sage300"], with: trap.variables(at: 1, matching: ".new\n", signal: SIGSTOP))
            try await child.stopped()
            let stranger = "a stranger's\n"
            try Data(stranger.utf8).write(to: URL(fileURLWithPath: file))
            child.signal(SIGCONT)
            let finished = try await child.finished()
            #expect(finished.code == 1)
            #expect(finished.err.contains("--adopt") && finished.err.contains(file), "\(finished)")
            #expect(FileOnDisk(file)?.text == stranger)
            try await estate.must("refresh", "cedar-sage300", "--adopt")
            #expect(FileOnDisk(file)?.text == stranger, "that was said of another installation")
            #expect(try await estate.run("refresh", "maple-sage300").code == 1)
            #expect(FileOnDisk(file)?.text == stranger)
            try await estate.must("refresh", "maple-sage300", "--adopt")
            #expect(FileOnDisk(file)?.text.contains(Client.maple.clientID) == true)
            let house = URL(fileURLWithPath: file).deletingLastPathComponent().path + "/.gatehouse"
            #expect(FileOnDisk(house + "/entitlements.xml.original")?.text == stranger)
            let list = try await estate.json("operations", "list", "--installation", "maple-sage300").array ?? []
            #expect(list.allSatisfy { $0["status"] == "done" && $0["message"]?.string?.contains("--adopt") == false })
        }
    }

    @Test("A reader is not kept waiting by a program that has stopped in the middle of a write")
    func frozenWriter() async throws {
        try await Estate.with { estate in
            let trap = try await estate.trap()
            try await estate.must("customers", "add", "a", "--name", "A", "--time-zone", "UTC")
            let add = ["customers", "add", "b", "--name", "B", "--time-zone", "UTC"]
            let writer = try estate.start(
                add, with: trap.variables(at: 2, matching: "write /gatehouse.db-wal", signal: SIGSTOP))
            try await writer.stopped()
            let list = try await estate.run(["customers", "list", "--json"], limit: .seconds(10))
            #expect(try list.json.array?.count == 1)
            writer.signal(SIGCONT)
            let ended = try await writer.finished()
            #expect(ended.code == 0, "\(ended)")
            #expect(try await estate.json("customers", "list").array?.count == 2)
        }
    }
}
