import AdapterKit
import GatewayAPI
import Synchronization
import Testing

@testable import GatewayCore
@testable import GatewayStore

@Suite("Installations that many take from")
struct RecordSourceTests {
    private static func record(_ number: Int) -> InstallationRecord {
        InstallationRecord(
            id: "i\(1000 + number)", customer: "c", timeZone: "UTC", customerName: "C", profile: "p", identity: [:],
            site: [:], held: false, dates: "", edits: 0)
    }

    /// So many installations, four to a page.
    private static func source(_ count: Int) -> RecordSource {
        RecordSource(pageSize: 4) { last in
            let after = last.flatMap { Int($0.dropFirst()) }.map { $0 - 999 } ?? 0
            return RecordSource.Page(
                records: (after..<min(after + 4, count)).map { record($0) }, files: [:])
        }
    }

    @Test("Each is taken once, whatever the number of pages and of those who take", arguments: [0, 1, 4, 7, 8, 401])
    func once(_ count: Int) async throws {
        let source = Self.source(count)
        let taken = try await withThrowingTaskGroup(of: [String].self) { group in
            for _ in 1...16 {
                group.addTask {
                    var taken: [String] = []
                    while let next = try await source.next() {
                        #expect(next.delivered == [], "what was delivered is known to be nothing")
                        taken.append(next.record.id)
                    }
                    return taken
                }
            }
            return try await group.reduce([], +)
        }
        #expect(taken.sorted() == (0..<count).map { Self.record($0).id })
    }

    @Test("Those that were named are taken in their order, and what was delivered is to be looked up")
    func named() async throws {
        let source = RecordSource([2, 0, 1].map { Self.record($0) })
        for number in [2, 0, 1] {
            let next = try #require(try await source.next())
            #expect(next.record.id == Self.record(number).id && next.delivered == nil)
        }
        #expect(try await source.next()?.record == nil)
    }

    @Test("A page that can't be read is told to everybody who waits for it")
    func unreadable() async {
        let source = RecordSource(pageSize: 4) { _ in throw CallError(.failed, "no page") }
        for _ in 1...3 { await #expect(throws: CallError.self) { try await source.next() } }
    }
}

@Suite("Turns")
struct TurnTests {
    @Test("No more have a turn at once than there are, and everybody gets one")
    func limit() async {
        let turns = Turns(3)
        let having = Having()
        let most = await withTaskGroup(of: Int.self, returning: [Int].self) { group in
            for _ in 1...200 {
                group.addTask {
                    let turn = await turns.take()
                    let now = having.add(1)
                    await Task.yield()
                    having.add(-1)
                    turn.end()
                    // Twice is once.
                    turn.end()
                    return now
                }
            }
            return await group.reduce(into: []) { $0.append($1) }
        }
        #expect(most.count == 200 && most.allSatisfy { (1...3).contains($0) })
    }

    /// How many have a turn now.
    private final class Having: Sendable {
        private let count = Mutex(0)

        @discardableResult
        func add(_ number: Int) -> Int {
            count.withLock { count in
                count += number
                return count
            }
        }
    }
}
