import AdapterKit
import GRDB

extension Database {
    /// Takes off what has ended by itself, and turns the counted hour over into the usage where a new one has begun.
    ///
    /// This happens in the transaction of whoever counts seats next, so no job has to run: between two such, what is
    /// taken changes only by sessions that end, and they say when.
    ///
    /// - Returns: Whether the counters have changed.
    func settleSeats(of installation: String, _ counters: inout PoolCounters, at now: Instant) throws -> Bool {
        let hour = now.hours
        guard counters.isStored else {
            counters.hour = hour
            return true
        }
        let mayHaveEnded = now.milliseconds >= counters.nextEnd
        guard mayHaveEnded || hour != counters.hour else { return false }
        var ended: [SessionRecord] = []
        if mayHaveEnded {
            ended = try rows(
                """
                DELETE FROM sessions WHERE installation = ?1 AND until <= ?2
                RETURNING id, installation, pool, user_name, host, modules, since, until, kind
                """, [installation, now.milliseconds]
            ).map(SessionRecord.init(row:)).sorted { $0.until < $1.until }
            let next: Int64? = try row(
                "SELECT MIN(until) FROM sessions WHERE installation = ?1", [installation])?[0]
            counters.nextEnd = next ?? .max
        }
        var rest = ended[...]
        func takeOff(until time: Int64, _ counters: inout PoolCounters) throws {
            while let session = rest.first, session.until.milliseconds <= time {
                counters.count(session, taken: try close(session), sign: -1)
                rest.removeFirst()
            }
        }
        if hour != counters.hour {
            var usage = UsageDraft(counters)
            if hour > counters.hour {
                // Hours that nobody wrote in: what was taken as they began.
                var passing = counters.hour + 1
                while passing < hour, counters.pools.contains(where: { $0.counts.inUse > 0 }) {
                    try takeOff(until: passing * Instant.millisecondsOfHour, &counters)
                    counters.begin(hour: passing)
                    usage.add(counters)
                    passing += 1
                }
                try takeOff(until: hour * Instant.millisecondsOfHour, &counters)
            }
            // A clock that was set back counts on in the hour that it says: the greater peak of both stays.
            counters.begin(hour: hour)
            try merge(usage, of: installation)
        }
        try takeOff(until: now.milliseconds, &counters)
        return true
    }

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
                merged.peaks = zip(hours.peaks, HourlyColumn.read(row[0])).map(max)
                merged.denials = zip(hours.denials, HourlyColumn.read(row[1])).map(+)
                merged.over = zip(hours.over, HourlyColumn.read(row[2])).map(+)
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

extension PoolCounters {
    /// Begins to count an hour: what is taken as it begins is its peak so far.
    mutating func begin(hour: Int64) {
        self.hour = hour
        for index in pools.indices {
            pools[index].counts.peak = pools[index].counts.inUse
            pools[index].counts.denials = 0
            pools[index].counts.over = 0
        }
    }
}

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

    mutating func add(_ pool: String, hour: Int64, peak: Int, denials: Int = 0, over: Int = 0) {
        guard peak > 0 || denials > 0 || over > 0 else { return }
        let day = hour >= 0 ? hour / 24 : (hour - 23) / 24
        let index = Int(hour - day * 24)
        days[Key(pool: pool, day: day), default: Hours()].peaks[index] = peak
        days[Key(pool: pool, day: day), default: Hours()].denials[index] = denials
        days[Key(pool: pool, day: day), default: Hours()].over[index] = over
    }
}
