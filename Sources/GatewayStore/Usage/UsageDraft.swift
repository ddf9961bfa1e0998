import GRDB

/// Hours of usage on their way to the store, by pool and day.
struct UsageDraft {
    struct Key: Hashable {
        var pool: String
        var day: Int64
    }

    struct Hours: Sendable {
        var peaks = [Int](repeating: 0, count: 24)
        var denials = [Int](repeating: 0, count: 24)
        var over = [Int](repeating: 0, count: 24)

        func merged(with other: Hours) -> Hours {
            Hours(
                peaks: zip(peaks, other.peaks).map { max($0, $1) }, denials: zip(denials, other.denials).map(+),
                over: zip(over, other.over).map(+))
        }
    }

    private(set) var days: [Key: Hours] = [:]

    init() {}

    init(_ counters: PoolCounters) { add(counters) }

    /// Adds the hour that is counted. A pool that saw nothing in it leaves nothing.
    mutating func add(_ counters: PoolCounters) {
        for pool in counters.pools {
            add(
                pool.name, hour: counters.hour, peak: pool.counts.peak, denials: pool.counts.denials,
                over: pool.counts.over)
        }
    }

    private mutating func add(_ pool: String, hour: Int64, peak: Int, denials: Int, over: Int) {
        guard peak > 0 || denials > 0 || over > 0 else { return }
        let index = Self.index(of: hour)
        change(pool, hour) { hours in
            hours.peaks[index] = max(hours.peaks[index], peak)
            hours.denials[index] += denials
            hours.over[index] += over
        }
    }

    /// Makes an hour's peak at least so much; a day that saw nothing is kept, too.
    mutating func raise(_ pool: String, hour: Int64, to peak: Int) {
        let index = Self.index(of: hour)
        change(pool, hour) { $0.peaks[index] = max($0.peaks[index], peak) }
    }

    /// Puts a day as it is stored.
    mutating func put(_ hours: Hours, of pool: String, day: Int64) { days[Key(pool: pool, day: day)] = hours }

    /// Adds other hours: of two peaks the greater stays, denials add up.
    mutating func merge(_ other: UsageDraft) {
        days.merge(other.days) { $0.merged(with: $1) }
    }

    private mutating func change(_ pool: String, _ hour: Int64, _ body: (inout Hours) -> Void) {
        body(&days[Key(pool: pool, day: Self.day(of: hour)), default: Hours()])
    }

    /// The day in UTC, since 1970, of an hour since 1970.
    static func day(of hour: Int64) -> Int64 { hour >= 0 ? hour / 24 : (hour - 23) / 24 }

    /// The place of an hour since 1970 in its day.
    static func index(of hour: Int64) -> Int { Int(hour - day(of: hour) * 24) }
}

extension Database {
    /// Adds hours to the usage that is stored: of two peaks the greater stays, denials add up.
    func merge(_ usage: UsageDraft, of installation: String) throws {
        for (key, hours) in usage.days {
            let row = try row(
                """
                SELECT peaks, denials, over_limit FROM usage_days
                WHERE installation = ?1 AND pool = ?2 AND day = ?3
                """, [installation, key.pool, key.day])
            var merged = hours
            if let row {
                merged = hours.merged(
                    with: UsageDraft.Hours(
                        peaks: HourlyColumn.read(row[0]), denials: HourlyColumn.read(row[1]),
                        over: HourlyColumn.read(row[2])))
            }
            try run(
                """
                INSERT INTO usage_days (installation, pool, day, peaks, denials, over_limit)
                VALUES (?1, ?2, ?3, ?4, ?5, ?6) ON CONFLICT (installation, pool, day)
                DO UPDATE SET peaks = excluded.peaks, denials = excluded.denials, over_limit = excluded.over_limit
                """,
                [
                    installation, key.pool, key.day, HourlyColumn.write(merged.peaks),
                    HourlyColumn.write(merged.denials), HourlyColumn.write(merged.over),
                ])
        }
    }
}
