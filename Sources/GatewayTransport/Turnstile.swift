/// Decides which waiting request goes next: at most so many at once, in all and to one host, and the hosts with
/// requests waiting take turns, so that one vendor's backlog holds up no other.
struct Turnstile {
    private struct Lane {
        var inside = 0
        var waiting = FIFO<UInt64>()
        /// Whether the lane stands in `ready`.
        var isReady = false
    }

    private let limit: Int
    private let limitPerHost: Int
    private var inside = 0
    private var lanes: [String: Lane] = [:]
    private var ready = FIFO<String>()

    init(limit: Int, limitPerHost: Int) {
        self.limit = limit
        self.limitPerHost = limitPerHost
    }

    /// Puts a request at the end of its host's lane.
    mutating func enqueue(_ ticket: UInt64, host: String) {
        lanes[host, default: Lane()].waiting.append(ticket)
        makeReady(host)
    }

    /// The next request that may start now; it counts until `leave` is called for its host.
    mutating func next() -> (ticket: UInt64, host: String)? {
        while inside < limit, let host = ready.popFirst() {
            lanes[host]?.isReady = false
            guard let ticket = lanes[host]?.waiting.popFirst() else { continue }
            lanes[host]?.inside += 1
            inside += 1
            makeReady(host)
            return (ticket, host)
        }
        return nil
    }

    /// Notes that a request to a host has ended.
    mutating func leave(host: String) {
        guard let lane = lanes[host], lane.inside > 0 else { return }
        inside -= 1
        if lane.inside == 1, lane.waiting.isEmpty {
            lanes[host] = nil
        } else {
            lanes[host]?.inside -= 1
            makeReady(host)
        }
    }

    private mutating func makeReady(_ host: String) {
        guard let lane = lanes[host], !lane.isReady, !lane.waiting.isEmpty, lane.inside < limitPerHost else { return }
        lanes[host]?.isReady = true
        ready.append(host)
    }
}

/// First in, first out, without moving what is left at every removal.
struct FIFO<Element> {
    private var elements: [Element] = []
    private var head = 0

    var isEmpty: Bool { head == elements.count }

    mutating func append(_ element: Element) {
        elements.append(element)
    }

    mutating func popFirst() -> Element? {
        guard head < elements.count else { return nil }
        let element = elements[head]
        head += 1
        if head == elements.count {
            elements.removeAll(keepingCapacity: true)
            head = 0
        } else if head >= 64, head * 2 >= elements.count {
            elements.removeFirst(head)
            head = 0
        }
        return element
    }
}
