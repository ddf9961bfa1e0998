import Testing

@testable import GatewayTransport

@Suite("The turnstile")
struct TurnstileTests {
    /// Lets all through that may go.
    private func pass(_ turnstile: inout Turnstile) -> [UInt64] {
        var passed: [UInt64] = []
        while let next = turnstile.next() { passed.append(next.ticket) }
        return passed
    }

    @Test("Hosts take turns, and each keeps its order")
    func turns() {
        var turnstile = Turnstile(limit: 3, limitPerHost: 2)
        for ticket in 1...5 { turnstile.enqueue(UInt64(ticket), host: "a") }
        for ticket in 6...8 { turnstile.enqueue(UInt64(ticket), host: "b") }
        #expect(pass(&turnstile) == [1, 6, 2])
        turnstile.leave(host: "a")
        #expect(pass(&turnstile) == [7])
        turnstile.leave(host: "b")
        #expect(pass(&turnstile) == [3])
        turnstile.leave(host: "a")
        turnstile.leave(host: "a")
        #expect(pass(&turnstile) == [8, 4])
    }

    @Test("A host at its limit lets others through")
    func perHost() {
        var turnstile = Turnstile(limit: 10, limitPerHost: 1)
        for ticket in 1...3 { turnstile.enqueue(UInt64(ticket), host: "a") }
        turnstile.enqueue(4, host: "b")
        #expect(pass(&turnstile) == [1, 4])
        turnstile.leave(host: "b")
        turnstile.leave(host: "b")
        #expect(pass(&turnstile).isEmpty)
        turnstile.leave(host: "a")
        #expect(pass(&turnstile) == [2])
    }

    @Test("A long queue comes out in order")
    func longQueue() {
        var queue = FIFO<Int>()
        var out: [Int] = []
        for number in 0..<1000 {
            queue.append(number)
            if number % 3 == 0, let first = queue.popFirst() { out.append(first) }
        }
        while let first = queue.popFirst() { out.append(first) }
        #expect(out == Array(0..<1000))
        #expect(queue.isEmpty)
    }
}
