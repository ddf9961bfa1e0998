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
            ).map(SessionRecord.init(row:))
            let next: Int64? = try row(
                "SELECT MIN(until) FROM sessions WHERE installation = ?1", [installation])?[0]
            counters.nextEnd = next ?? .max
        }
        if hour < counters.hour { try shortenSessions(of: installation, &counters, at: now) }
        let usage = try counters.pass(to: now, ended: ended, close: close)
        try merge(usage, of: installation)
        return true
    }

    /// A session that was begun while the clock was years ahead does not hold its seat for years.
    private func shortenSessions(of installation: String, _ counters: inout PoolCounters, at now: Instant) throws {
        let latest = now.milliseconds + SessionRecord.longest
        try run("UPDATE sessions SET until = ?2 WHERE installation = ?1 AND until > ?2", [installation, latest])
        counters.nextEnd = min(counters.nextEnd, latest)
    }
}

extension PoolCounters {
    /// Lets time pass: takes off what has ended, each at its time, and begins a new hour where it has come.
    ///
    /// - Parameters:
    ///   - ended: The sessions that have ended by then.
    ///   - close: Says how many seats one of them gives back.
    /// - Returns: The hours that are over.
    mutating func pass(
        to now: Instant, ended: [SessionRecord], close: (SessionRecord) throws -> Int
    ) rethrows -> UsageDraft {
        var rest = ended.sorted { $0.until < $1.until }[...]
        func takeOff(until time: Int64, _ counters: inout PoolCounters) throws {
            while let session = rest.first, session.until.milliseconds <= time {
                counters.count(session, taken: try close(session), sign: -1)
                rest.removeFirst()
            }
        }
        var usage = UsageDraft()
        let target = now.hours
        if target != hour {
            usage.add(self)
            // Hours that nobody wrote in: what was taken as they began.
            var passing = hour + 1
            while passing < target, pools.contains(where: { $0.counts.inUse > 0 }) {
                try takeOff(until: passing * Instant.millisecondsOfHour, &self)
                begin(hour: passing)
                usage.add(self)
                passing += 1
            }
            if target > hour { try takeOff(until: target * Instant.millisecondsOfHour, &self) }
            // A clock that was set back counts on in the hour that it says: the greater peak of both stays.
            begin(hour: target)
        }
        try takeOff(until: now.milliseconds, &self)
        return usage
    }

    /// Begins to count an hour: what is taken as it begins is its peak so far.
    private mutating func begin(hour: Int64) {
        self.hour = hour
        for index in pools.indices {
            pools[index].counts.peak = pools[index].counts.inUse
            pools[index].counts.denials = 0
            pools[index].counts.over = 0
        }
    }
}
