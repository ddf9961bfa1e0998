import AdapterKit

/// How many seats of an installation are taken, and what the present hour saw, pool by pool.
///
/// A column holds it as `users=5,1,0,7,2,0;module:GL=3,0,0,4,0,0`: taken, of those administrators', assigned to named
/// users, then the hour's peak, denials and grants over the limit.
public struct PoolCounters: Hashable, Sendable {
    /// No session ends before this time, in milliseconds since 1970.
    var nextEnd: Int64
    /// The hour that is counted, in hours since 1970.
    var hour: Int64
    /// In the order in which they were first used.
    var pools: [Pool]
    /// Whether there is a row of them.
    var isStored: Bool

    /// A pool's.
    struct Pool: Hashable, Sendable {
        var name: String
        var counts = Counts()
    }

    /// What is counted of a pool.
    public struct Counts: Hashable, Sendable {
        /// Seats taken: sessions, or in a named pool the users who have any.
        public var inUse = 0
        /// Of them, by administrators.
        public var administrators = 0
        /// Seats of a named pool that are somebody's.
        public var assigned = 0
        /// The most taken at once in this hour.
        var peak = 0
        /// Claims of this hour that were refused.
        var denials = 0
        /// Seats granted over the limit in this hour.
        var over = 0
    }

    /// What is counted of a pool; zeros for one that was never used.
    public subscript(pool: String) -> Counts { pools.first { $0.name == pool }?.counts ?? Counts() }

    /// The name under which a module's seats are counted. No pool of an entitlement has a colon in its name.
    public static func module(_ code: String) -> String { "module:" + code }

    static let none = PoolCounters(nextEnd: .max, hour: 0, pools: [], isStored: false)

    /// Changes a pool's counts.
    mutating func update(_ pool: String, _ body: (inout Counts) -> Void) {
        if let index = pools.firstIndex(where: { $0.name == pool }) {
            body(&pools[index].counts)
        } else {
            var added = Pool(name: pool)
            body(&added.counts)
            pools.append(added)
        }
    }

    /// Seats were taken (or, where negative, given back) by a session.
    ///
    /// - Parameter taken: how many of its pool; of its modules it is always one.
    mutating func count(_ session: SessionRecord, taken: Int, sign: Int) {
        update(session.pool) { counts in
            counts.inUse = max(0, counts.inUse + taken * sign)
            if session.kind.contains(.administrator) {
                counts.administrators = max(0, counts.administrators + sign)
            }
            counts.peak = max(counts.peak, counts.inUse)
        }
        for module in session.modules {
            update(Self.module(module)) { counts in
                counts.inUse = max(0, counts.inUse + sign)
                counts.peak = max(counts.peak, counts.inUse)
            }
        }
    }
}

extension PoolCounters {
    /// What a row holds.
    init(nextEnd: Int64, hour: Int64, column: String) throws(StoreError) {
        self.init(nextEnd: nextEnd, hour: hour, pools: [], isStored: true)
        var text = column.utf8[...]
        // What is read as less than it was would let too many in, so nothing is passed over.
        func damaged() -> StoreError {
            StoreError(.corrupt, "The stored count of seats can't be read: \(column)")
        }
        while !text.isEmpty {
            guard let equals = text.firstIndex(of: UInt8(ascii: "=")), equals > text.startIndex,
                let name = String(text[..<equals])
            else { throw damaged() }
            text = text[text.index(after: equals)...]
            var numbers = (0, 0, 0, 0, 0, 0)
            let isSound = withUnsafeMutableBytes(of: &numbers) { bytes in
                let slots = bytes.bindMemory(to: Int.self)
                var slot = 0
                var digits = 0
                while let byte = text.popFirst(), byte != UInt8(ascii: ";") {
                    if byte == UInt8(ascii: ","), digits > 0 {
                        slot += 1
                        digits = 0
                    } else if slot < slots.count, digits < Self.mostDigits, byte >= 48, byte <= 57 {
                        slots[slot] = slots[slot] * 10 + Int(byte - 48)
                        digits += 1
                    } else {
                        return false
                    }
                }
                return slot == slots.count - 1 && digits > 0
            }
            guard isSound else { throw damaged() }
            pools.append(
                Pool(
                    name: name,
                    counts: Counts(
                        inUse: numbers.0, administrators: numbers.1, assigned: numbers.2, peak: numbers.3,
                        denials: numbers.4, over: numbers.5)))
        }
    }

    /// No count has more digits.
    private static let mostDigits = 12

    /// The text for a column.
    var column: String {
        var text = ""
        text.reserveCapacity(pools.count * 32)
        for pool in pools {
            if !text.isEmpty { text += ";" }
            text += pool.name
            let counts = pool.counts
            var mark = "="
            for number in [
                counts.inUse, counts.administrators, counts.assigned, counts.peak, counts.denials, counts.over,
            ] {
                text += mark
                text += String(number)
                mark = ","
            }
        }
        return text
    }
}
