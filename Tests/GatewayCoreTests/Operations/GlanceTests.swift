import Dispatch
import Testing

@testable import GatewayCore

@Suite("Looks at disks")
struct GlanceTests {
    @Test("A look at a disk that hangs holds up no other, however many come")
    func hanging() async throws {
        let pool = BlockingPool()
        let held = DispatchSemaphore(value: 0)
        try await withThrowingTaskGroup(of: Int.self) { group in
            for number in 1...BlockingPool.width - 1 {
                group.addTask {
                    try await pool.glance { answer in
                        held.wait()
                        answer.resume(returning: -number)
                    }
                }
            }
            let quick = try await withThrowingTaskGroup(of: Int.self) { group in
                for number in 1...500 {
                    group.addTask { try await pool.glance { $0.resume(returning: number) } }
                }
                return try await group.reduce(0, +)
            }
            #expect(quick == 500 * 501 / 2)
            for _ in 1...BlockingPool.width - 1 { held.signal() }
            #expect(try await group.reduce(0, +) == -(1...BlockingPool.width - 1).reduce(0, +))
        }
    }

    @Test("Every look is made, and a thread that had none left is put to work again")
    func again() async throws {
        let pool = BlockingPool()
        let seen = Seen<Int>()
        let held = DispatchSemaphore(value: 0)
        async let first: Void = pool.glance { answer in
            held.wait()
            answer.resume()
        }
        let others = (1...4).map { number in
            Task {
                try await pool.glance { (answer: CheckedContinuation<Void, any Error>) in
                    seen.add(number)
                    answer.resume()
                }
            }
        }
        held.signal()
        try await first
        for other in others { try await other.value }
        #expect(seen.all.sorted() == [1, 2, 3, 4])
        for number in 1...200 { #expect(try await pool.glance { $0.resume(returning: number) } == number) }
    }
}
