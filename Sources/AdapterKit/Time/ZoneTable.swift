/// The intervals of a zone between two changes of its clocks, searched by halves and without allocation.
final class ZoneTable: Sendable {
    static let day = 86_400
    /// 400 years: after them dates, days of the week and so every rule come round again.
    static let cycle = 146_097 * day
    private static let halfYear = cycle / 800

    let name: String
    /// The first second (UTC) of each interval, ascending; the first interval has no beginning.
    private let starts: [Int]
    /// Seconds to add to UTC in each interval.
    private let offsets: [Int32]
    /// From this second on the last 400 years of the table repeat themselves.
    private let end: Int
    private let greatestOffset: Int

    /// A zone whose clocks never change.
    convenience init(name: String, offset: Int) {
        self.init(name: name, changes: [], first: offset, end: Int.max)
    }

    /// - Parameters:
    ///   - changes: The seconds at which the offset becomes another, ascending, with that offset.
    ///   - first: The offset before them all.
    ///   - end: The second from which the 400 years before it repeat; changes must reach a year beyond.
    init(name: String, changes: [(at: Int, offset: Int)], first: Int, end: Int) {
        self.name = name
        self.end = end
        var starts = [Int.min]
        var offsets = [Int32(truncatingIfNeeded: first)]
        starts.reserveCapacity(changes.count + 1)
        offsets.reserveCapacity(changes.count + 1)
        for change in changes where Int32(truncatingIfNeeded: change.offset) != offsets.last {
            starts.append(change.at)
            offsets.append(Int32(truncatingIfNeeded: change.offset))
        }
        self.starts = starts
        self.offsets = offsets
        greatestOffset = offsets.reduce(first) { max($0, Int($1)) }
    }

    /// A copy in memory of its own.
    init(_ other: ZoneTable) {
        name = other.name
        starts = other.starts.map { $0 }
        offsets = other.offsets.map { $0 }
        end = other.end
        greatestOffset = other.greatestOffset
    }

    /// The offset that holds at a second (UTC).
    func offset(at second: Int) -> Int { Int(offsets[interval(at: second - cycles(before: second))]) }

    /// The first second (UTC) at which the wall shows `local` or later.
    func firstSecond(local: Int) -> Int {
        let shift = cycles(before: local)
        let wanted = local - shift
        var index = interval(at: wanted - greatestOffset)
        while true {
            let second = max(starts[index], wanted - Int(offsets[index]))
            if index + 1 == starts.count || second < starts[index + 1] { return second + shift }
            index += 1
        }
    }

    /// The second (UTC) at which the wall shows `local`: the earlier of two, and in a gap as much later on
    /// the wall as the gap is long.
    func second(local: Int) -> Int {
        let shift = cycles(before: local)
        let wanted = local - shift
        var index = interval(at: wanted - greatestOffset)
        while true {
            let second = wanted - Int(offsets[index])
            if index + 1 == starts.count || second < starts[index + 1] {
                let inGap = second < starts[index] && index > 0
                return (inGap ? wanted - Int(offsets[index - 1]) : second) + shift
            }
            index += 1
        }
    }

    private func cycles(before second: Int) -> Int {
        second < end ? 0 : ((second - end) / Self.cycle + 1) * Self.cycle
    }

    /// The last interval that has begun at a second.
    private func interval(at second: Int) -> Int {
        starts.withUnsafeBufferPointer { starts in
            let last = starts.count - 1
            if second >= starts[last] { return last }
            // Nearly all days that are asked about lie where clocks change twice a year.
            let guess = last - 1 - (starts[last] - second) / Self.halfYear
            for index in max(guess - 1, 1)..<max(guess - 1, 1) + 3 where index < last {
                if starts[index] <= second, second < starts[index + 1] { return index }
            }
            var low = 0
            var count = last
            // A search without a branch to mispredict: about 1,000 intervals, 10 steps.
            while count > 0 {
                let half = (count + 1) / 2
                low = starts[low + half] <= second ? low + half : low
                count -= half
            }
            return low
        }
    }
}
