import Dispatch
import Foundation
import GRDB
import GatewayAPI
import Synchronization
import Testing

@testable import GatewayStore

@Suite("Writing together")
struct GroupCommitTests {
    @Test("The writes of many callers at once are all durable, each with its own answer")
    func many() async throws {
        try await StoreFixture.with { fixture in
            try await fixture.withStore { store in
                let answers = try await withThrowingTaskGroup(of: (Int, Int).self) { group in
                    for number in 1...300 {
                        group.addTask {
                            let answer = try await store.commits.write { db in
                                try db.append(.test("write \(number)"))
                                return number * 2
                            }
                            return (number, answer)
                        }
                    }
                    return try await group.reduce(into: [:]) { $0[$1.0] = $1.1 }
                }
                #expect(answers.count == 300 && answers.allSatisfy { $1 == $0 * 2 })
            }
            #expect(try fixture.number("SELECT COUNT(DISTINCT detail) FROM audit") == 300)
            #expect(try fixture.number("SELECT MAX(number) FROM audit") == 300)
        }
    }

    @Test("Callers that come while a commit runs share the next one")
    func shared() async throws {
        try await StoreFixture.withStore { fixture, store in
            let before = try WriteAheadLog(of: fixture.path).commits
            let started = Counter()
            let hold = DispatchSemaphore(value: 0)
            try await withThrowingTaskGroup(of: Void.self) { group in
                group.addTask {
                    try await store.commits.write { db in
                        hold.wait()
                        try db.append(.test("first"))
                    }
                }
                for number in 1...200 {
                    group.addTask {
                        started.add()
                        try await store.commits.write { try $0.append(.test("write \(number)")) }
                    }
                }
                while started.count < 200 { await Task.yield() }
                hold.signal()
                try await group.waitForAll()
            }
            let commits = try WriteAheadLog(of: fixture.path).commits - before
            #expect(try fixture.number("SELECT COUNT(*) FROM audit") == 201)
            #expect((1...100).contains(commits), "\(commits) commits for 201 writes")
        }
    }

    @Test("A write that fails is undone alone and harms no other")
    func failing() async throws {
        try await StoreFixture.withStore { fixture, store in
            try await store.addTestCustomer("taken")
            let failures = Counter()
            try await withThrowingTaskGroup(of: Void.self) { group in
                for number in 1...60 {
                    group.addTask {
                        if number % 3 == 0 {
                            do {
                                // Half of it is written when the customer turns out to be there.
                                try await store.commits.write { db in
                                    try db.append(.test("half \(number)"))
                                    try db.execute(
                                        sql: "INSERT INTO customers VALUES ('taken', 'x', 'UTC', 0)")
                                }
                            } catch {
                                failures.add()
                            }
                        } else {
                            try await store.addTestCustomer("c\(number)")
                        }
                    }
                }
                try await group.waitForAll()
            }
            #expect(failures.count == 20)
            #expect(try fixture.number("SELECT COUNT(*) FROM customers") == 41)
            #expect(try fixture.number("SELECT COUNT(*) FROM audit WHERE detail LIKE 'half%'") == 0)
            #expect(try fixture.number("SELECT MAX(number) FROM audit") == 41)
        }
    }

    @Test("Of several rows in one write none is kept where one is refused")
    func allOrNone() async throws {
        try await StoreFixture.withStore { fixture, store in
            try await store.addTwoCustomers()
            let exists = await #expect(throws: StoreError.self) {
                try await store.addTestInstallations(["n2", "n3", "s1"], of: "north")
            }
            #expect(exists?.code == .exists && exists?.message.contains("\"s1\"") == true)
            let missing = await #expect(throws: StoreError.self) {
                try await store.addTestInstallations(["n2"], of: "west")
            }
            #expect(missing?.code == .notFound && missing?.message.contains("\"west\"") == true)
            #expect(try fixture.number("SELECT COUNT(*) FROM installations") == 2)
        }
    }

    @Test("Callers that are cancelled harm no other: every other write is durable, and the chain is whole")
    func cancelled() async throws {
        try await StoreFixture.withStore { fixture, store in
            let others = (1...80).map { number in
                Task { try await store.append(.test("kept \(number)")) }
            }
            let cancelled = (1...80).map { number in
                let task = Task { try await store.append(.test("cancelled \(number)")) }
                task.cancel()
                return task
            }
            for task in others { try await task.value }
            for task in cancelled { _ = await task.result }
            #expect(try fixture.number("SELECT COUNT(DISTINCT detail) FROM audit WHERE detail LIKE 'kept%'") == 80)
            #expect(
                try fixture.number("SELECT COUNT(*) FROM audit") == fixture.number("SELECT MAX(number) FROM audit"))
            try await store.append(.test("after"))
        }
    }

    @Test("One caller's writes are made in the order in which they were asked for")
    func order() async throws {
        try await StoreFixture.withStore { _, store in
            try await withThrowingTaskGroup(of: Void.self) { group in
                for caller in 1...10 {
                    group.addTask {
                        for number in 1...20 { try await store.append(.test("\(caller) \(number)")) }
                    }
                }
                try await group.waitForAll()
            }
            let trail = try await store.audit(in: .portfolio, limit: 1000).reversed().map(\.detail)
            #expect(trail.count == 200)
            for caller in 1...10 {
                let own = trail.filter { $0.hasPrefix("\(caller) ") }
                #expect(own == (1...20).map { "\(caller) \($0)" })
            }
        }
    }

    @Test("Two stores on one file write at once: nothing fails, nothing is lost")
    func twoStores() async throws {
        try await StoreFixture.withStore { fixture, first in
            try await fixture.withStore { second in
                try await withThrowingTaskGroup(of: Void.self) { group in
                    for (name, store) in [("a", first), ("b", second)] {
                        for number in 1...100 {
                            group.addTask { try await store.addTestCustomer("\(name)\(number)") }
                        }
                    }
                    try await group.waitForAll()
                }
                #expect(try await first.customers(in: .portfolio).count == 200)
                #expect(try fixture.number("SELECT MAX(number) FROM audit") == 200)
            }
        }
    }
}

/// A number that tasks share.
final class Counter: Sendable {
    private let value = Mutex(0)

    var count: Int { value.withLock { $0 } }

    func add() { value.withLock { $0 += 1 } }
}

/// SQLite's write-ahead log, as its file format describes it: frames, of which the last of a commit says so.
struct WriteAheadLog {
    let commits: Int

    init(of store: String) throws {
        let bytes = Array(try Data(contentsOf: URL(filePath: store + "-wal")))
        func number(_ offset: Int) -> Int {
            bytes[offset..<(offset + 4)].reduce(0) { $0 << 8 | Int($1) }
        }
        guard bytes.count >= 32 else {
            commits = 0
            return
        }
        let frame = 24 + number(8)
        let salt = bytes[16..<24]
        commits = stride(from: 32, through: bytes.count - frame, by: frame).count { offset in
            bytes[(offset + 8)..<(offset + 16)].elementsEqual(salt) && number(offset + 4) != 0
        }
    }
}
