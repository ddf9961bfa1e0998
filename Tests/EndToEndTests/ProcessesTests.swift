import Foundation
import Glibc
import Testing

@Suite("Several processes at one store", .serialized)
struct ProcessesTests {
    @Test("Twenty at once: none fails, nothing is lost, and none waits longer than a second")
    func twenty() async throws {
        try await Estate.with(isAlone: true) { estate in
            let vendor = try estate.vendor()
            vendor.answer { vendor.grant($0, Document()) }
            let trap = Trap.compiler == nil ? nil : try await estate.trap()
            func variables(_ name: String) -> [String: String] {
                trap?.variables(log: "\(estate.folder)/waits/\(name).log") ?? [:]
            }
            try FileManager.default.createDirectory(
                atPath: estate.folder + "/waits", withIntermediateDirectories: true)
            let count = 20
            let idle = try await estate.must(
                ["customers", "add", "idle", "--name", "Idle", "--time-zone", "UTC"], with: variables("idle"))
            // Half of them only write; the others refresh, which is four transactions and a delivery each.
            for number in 1...count / 2 {
                var client = Client.maple
                (client.id, client.clientID) = ("old\(number)", "5000\(number)")
                try await estate.add(client)
            }
            let finished = try await withThrowingTaskGroup(of: Finished.self) { group in
                for number in 1...count / 2 {
                    group.addTask {
                        try await estate.run(
                            ["customers", "add", "new\(number)", "--name", "New", "--time-zone", "UTC"],
                            with: variables("add\(number)"))
                    }
                    group.addTask {
                        try await estate.run(["refresh", "old\(number)-sage300"], with: variables("refresh\(number)"))
                    }
                }
                return try await group.reduce(into: []) { $0.append($1) }
            }
            for one in finished { #expect(one.code == 0, "\(one)") }
            let customers = try await estate.json("customers", "list").array ?? []
            #expect(customers.count == 1 + count)
            let rows = try await estate.json("status").array ?? []
            #expect(rows.map { $0["level"] } == Array(repeating: "licensed", count: count / 2))
            for number in 1...count / 2 {
                #expect(FileOnDisk("\(estate.sites)/old\(number)/SharedData/entitlements.xml") != nil)
            }
            // A customer, an installation, a refresh and what it brought for each; and the ones without.
            let found = try await estate.json("audit", "verify")
            #expect(found["records"]?.int == 1 + count / 2 * 2 + count / 2 + count / 2 * 2)
            // Twenty programs on few cores are slow by themselves: this bound only finds one that starves.
            let slowest = try #require(finished.map(\.took).max())
            #expect(slowest < idle.took * count + .seconds(5), "idle \(idle.took), slowest \(slowest)")
            guard trap != nil else { return }
            let logs = FileOnDisk.names(in: estate.folder + "/waits").map { Trap.read("\(estate.folder)/waits/\($0)") }
            #expect(logs.count == count + 1)
            #expect(logs.allSatisfy { $0.waits.count >= 2 }, "every program took the store's lock")
            let longest = try #require(logs.flatMap(\.waits).max())
            #expect(longest < 1_000_000, "the longest wait for the store was \(longest) µs")
        }
    }

    @Test("Who asks while another process asks waits for its answer: one operation, one question to the vendor")
    func singleFlight() async throws {
        try await Estate.with { estate in
            let vendor = try estate.vendor()
            vendor.answer { question in
                var reply = vendor.grant(question, Document())
                reply.isHeld = true
                return reply
            }
            let file = try #require(try await estate.add().first)
            let first = try estate.start(["refresh", "maple-sage300", "--json"])
            await vendor.asked(1)
            let second = try estate.start(["refresh", "maple-sage300", "--json"])
            let third = try estate.start(["refresh", "--all", "--json"])
            try await estate.until("all three are written down") {
                try await estate.json("audit", "list").array?.filter { $0["act"] == "refresh" }.count == 3
            }
            // What they do next takes milliseconds; the vendor takes this long.
            #expect(poll(nil, 0, 1000) == 0)
            #expect(!first.hasEnded && !second.hasEnded && !third.hasEnded)
            vendor.release()
            for child in [first, second, third] {
                let finished = try await child.finished()
                #expect(finished.code == 0, "\(finished)")
                #expect(try finished.json["counts"] == .object(["updated": 1]))
            }
            #expect(vendor.questions.count == 1)
            #expect(try await estate.json("operations", "list").array?.count == 1)
            #expect(FileOnDisk(file) != nil)
        }
    }

    @Test("With the stand-in's own slowness it is the same")
    func singleFlightOfTheStandIn() async throws {
        try await Estate.with { estate in
            _ = try await estate.standIn(Client.maple.book(faults: "{ latency: 4000 }"))
            try await estate.add()
            let first = try estate.start(["refresh", "maple-sage300"])
            try await estate.until("the first has begun") {
                try await estate.json("operations", "list").array?.count == 1
            }
            let second = try await estate.run("refresh", "maple-sage300")
            #expect(second.code == 0)
            let ended = try await first.finished()
            #expect(ended.code == 0, "\(ended)")
            #expect(try await estate.json("operations", "list").array?.count == 1)
        }
    }

    @Test("Who waits for another process takes over when that one is killed")
    func takeOver() async throws {
        try await Estate.with { estate in
            let vendor = try estate.vendor()
            vendor.answer { question in
                var reply = vendor.grant(question, Document())
                reply.isHeld = question.number == 1
                return reply
            }
            let file = try #require(try await estate.add().first)
            let first = try estate.start(["refresh", "maple-sage300"])
            await vendor.asked(1)
            let second = try estate.start(["refresh", "maple-sage300", "--json"])
            try await estate.until("both are written down") {
                try await estate.json("audit", "list").array?.filter { $0["act"] == "refresh" }.count == 2
            }
            first.signal(SIGKILL)
            let ended = try await first.finished()
            #expect(ended.code == 128 + SIGKILL, "\(ended)")
            let finished = try await second.finished()
            #expect(finished.code == 0, "\(finished)")
            #expect(FileOnDisk(file) != nil)
            let list = try await estate.json("operations", "list").array ?? []
            #expect(list.allSatisfy { $0["status"] == "done" })
        }
    }

    @Test(
        "A delivery is its owner's as long as that lives, and the next one's once it is dead",
        .enabled(if: Trap.compiler != nil, .init(rawValue: Trap.reason)), arguments: [true, false])
    func owner(dies: Bool) async throws {
        try await Estate.with { estate in
            let trap = try await estate.trap()
            let vendor = try estate.vendor()
            vendor.answer { vendor.grant($0, Document()) }
            let shared = [try estate.site("first"), try estate.site("second")]
            let files = try await estate.add(shared: shared)
            try await estate.add(.cedar)
            try await estate.must("refresh", "maple-sage300")
            let old = files.map { FileOnDisk($0) }
            vendor.answer { vendor.grant($0, Document(revision: "r2", expires: "2032-01-31")) }
            // Frozen between the two files: the first is new, the second not.
            let owner = try estate.start(
                ["refresh", "maple-sage300"],
                with: trap.variables(at: 2, matching: "/entitlements.xml\n", signal: SIGSTOP))
            try await owner.stopped()
            let frozen = files.map { FileOnDisk($0) }
            #expect(frozen.first != old.first && frozen.last == old.last)
            func state() throws -> [Set<String>] { shared.map { FileOnDisk.names(in: $0 + "/.gatehouse") } }
            let houses = try state()
            // One that has other work does it, and leaves this alone.
            try await estate.must("refresh", "cedar-sage300")
            try await estate.must("status")
            #expect(files.map { FileOnDisk($0) } == frozen)
            #expect(try state() == houses)
            let open = try await estate.json("operations", "list", "--installation", "maple-sage300").array?.first
            #expect(open?["status"] == "delivering" && open?["ended"] == nil)
            // One that wants the same waits.
            let asked = vendor.questions.count
            let waiting = try estate.start(["refresh", "maple-sage300", "--json"])
            try await estate.until("it is written down") {
                try await estate.json("audit", "list").array?.filter { $0["act"] == "refresh" }.count == 4
            }
            #expect(poll(nil, 0, 1000) == 0)
            #expect(!waiting.hasEnded)
            #expect(files.map { FileOnDisk($0) } == frozen)
            owner.signal(dies ? SIGKILL : SIGCONT)
            let ended = try await owner.finished()
            #expect(ended.code == (dies ? 128 + SIGKILL : 0), "\(ended)")
            let finished = try await waiting.finished()
            #expect(finished.code == 0, "\(finished)")
            #expect(try finished.json["counts"] == .object(["updated": 1]))
            for file in files { #expect(FileOnDisk(file)?.text.contains("2032-01-31") == true, "\(file)") }
            #expect(vendor.questions.count == asked, "the entitlement was in force already")
            let list = try await estate.json("operations", "list", "--installation", "maple-sage300").array ?? []
            #expect(list.map { $0["status"] } == ["done", "done"])
            for house in try state() { #expect(house == ["entitlements.xml.previous"]) }
        }
    }

    @Test(
        "Ctrl-C while the vendor takes its time ends promptly with 130, and nothing is half done",
        arguments: [SIGINT, SIGTERM])
    func interrupted(signal: Int32) async throws {
        try await Estate.with { estate in
            let vendor = try estate.vendor()
            vendor.answer { vendor.grant($0, Document()) }
            let file = try #require(try await estate.add().first)
            try await estate.must("refresh", "maple-sage300")
            let delivered = FileOnDisk(file)
            let before = try await estate.picture(of: "maple-sage300")
            vendor.answer { question in
                var reply = vendor.grant(question, Document(revision: "r2", expires: "2032-01-31"))
                reply.isHeld = true
                return reply
            }
            for arguments in [
                ["refresh", "maple-sage300"], ["refresh", "--all"], ["refresh", "--customer", "maple"],
            ] {
                let asked = vendor.questions.count
                let child = try estate.start(arguments)
                await vendor.asked(asked + 1)
                let sent = ContinuousClock.now
                child.signal(signal)
                let finished = try await child.finished()
                #expect(ContinuousClock.now - sent < .seconds(25), "it does not wait for the vendor")
                #expect(finished.code == 130, "\(arguments): \(finished)")
                #expect(finished.err.contains("cancelled"), "\(arguments): \(finished)")
                vendor.release()
                #expect(FileOnDisk(file) == delivered)
                #expect(try await estate.picture(of: "maple-sage300") == before)
                let list = try await estate.json("operations", "list").array ?? []
                #expect(list.allSatisfy { $0["ended"] != nil }, "none stays open")
            }
            vendor.answer { vendor.grant($0, Document(revision: "r2", expires: "2032-01-31")) }
            try await estate.must("refresh", "maple-sage300")
            #expect(FileOnDisk(file)?.text.contains("2032-01-31") == true)
        }
    }

    @Test("Ctrl-C while it waits for another process ends promptly with 130, and leaves that one alone")
    func interruptedWaiting() async throws {
        try await Estate.with { estate in
            let vendor = try estate.vendor()
            vendor.answer { question in
                var reply = vendor.grant(question, Document())
                reply.isHeld = true
                return reply
            }
            try await estate.add()
            let first = try estate.start(["refresh", "maple-sage300"])
            await vendor.asked(1)
            let second = try estate.start(["refresh", "maple-sage300"])
            try await estate.until("both are written down") {
                try await estate.json("audit", "list").array?.filter { $0["act"] == "refresh" }.count == 2
            }
            second.signal(SIGINT)
            let finished = try await second.finished()
            #expect(finished.code == 130, "\(finished)")
            #expect(!first.hasEnded)
            vendor.release()
            let ended = try await first.finished()
            #expect(ended.code == 0, "\(ended)")
        }
    }

    @Test(
        "Ctrl-C in the middle of a delivery leaves no mix: all files are old, or all are new",
        .enabled(if: Trap.compiler != nil, .init(rawValue: Trap.reason)))
    func interruptedDelivery() async throws {
        try await Estate.with { estate in
            let trap = try await estate.trap()
            let vendor = try estate.vendor()
            vendor.answer { vendor.grant($0, Document()) }
            let files = try await estate.add(shared: [estate.site("first"), estate.site("second")])
            let child = try estate.start(
                ["refresh", "maple-sage300"],
                with: trap.variables(at: 2, matching: "/entitlements.xml\n", signal: SIGSTOP))
            try await child.stopped()
            child.signal(SIGINT)
            child.signal(SIGCONT)
            let finished = try await child.finished()
            #expect([0, 130].contains(finished.code), "\(finished)")
            #expect(FileOnDisk(files[0])?.bytes == FileOnDisk(files[1])?.bytes)
            let list = try await estate.json("operations", "list").array ?? []
            #expect(list.allSatisfy { $0["ended"] != nil })
            #expect(FileOnDisk.names(in: estate.sites + "/first/.gatehouse").isEmpty)
        }
    }

    @Test(
        "Where standard error is a terminal, a long refresh shows how far it is, and clears that away",
        .enabled(if: Program.found("script") != nil, "the script command is not there, to make a terminal with"))
    func progressBar() async throws {
        try await Estate.with { estate in
            _ = try await estate.standIn(Client.maple.book())
            try await estate.add()
            let script = try await Child(
                #require(Program.found("script")),
                ["-qec", "\(Program.path) refresh --all >\(estate.folder)/out", "/dev/null"],
                environment: estate.variables, folder: estate.folder, limit: .seconds(30)
            ).finished()
            #expect(script.code == 0, "\(script)")
            #expect(script.out.contains("1/1"), "\(script)")
            #expect(script.out.hasSuffix("\u{1B}[K"), "the bar is cleared away")
            let out = FileOnDisk(estate.folder + "/out")?.text ?? ""
            #expect(out.hasSuffix("1 updated.\n") && !out.contains("\u{1B}"), "the summary is plain")
        }
    }

    @Test("A reader that goes away early does the program no harm")
    func brokenPipe() async throws {
        try await Estate.with { estate in
            try await estate.must("customers", "add", "a", "--name", "A", "--time-zone", "UTC")
            let shell = try await Child(
                "/bin/sh", ["-c", "\(Program.path) customers list --json | true; exit 0"],
                environment: ["GATEHOUSE_STORE": estate.store, "PATH": "/usr/bin:/bin"], folder: estate.folder,
                limit: .seconds(30)
            ).finished()
            #expect(shell.code == 0 && shell.err.isEmpty, "\(shell)")
        }
    }
}

extension Estate {
    /// Waits until something that only commands can tell has come to be.
    func until(_ what: String, _ condition: () async throws -> Bool) async throws {
        let deadline = ContinuousClock.now + .seconds(60)
        while try await !condition() {
            guard ContinuousClock.now < deadline else { throw Trouble("waited in vain: \(what)") }
        }
    }
}
