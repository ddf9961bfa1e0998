import AdapterKit
import GRDB
import GatewayAPI

/// How many seats of a pool somebody saw in use.
public struct NewObservation: Hashable, Sendable {
    /// The installation's ID.
    public var installation: String
    /// The pool, or a module under ``PoolCounters/module(_:)``.
    public var pool: String
    /// What was seen.
    public var seen: SeatObservation

    /// An observation.
    public init(installation: String, pool: String, seen: SeatObservation) {
        self.installation = installation
        self.pool = pool
        self.seen = seen
    }
}

extension Store {
    /// Adds what was observed to the usage, all or none. The greatest number of an hour is its peak, so that what is
    /// recorded twice counts once.
    ///
    /// - Parameter replaces: Whether an hour's peak becomes what is recorded, whatever it was: to correct a mistake.
    public func record(
        _ observations: [NewObservation], replaces: Bool, audit: AuditEntry?
    ) async throws {
        var byInstallation: [String: [NewObservation]] = [:]
        for observation in observations { byInstallation[observation.installation, default: []].append(observation) }
        let groups = byInstallation.sorted { $0.key < $1.key }
        try await commits.write { db in
            for (installation, observations) in groups {
                var usage = UsageDraft()
                for observation in observations {
                    usage.raise(
                        observation.pool, hour: observation.seen.at.hours, to: observation.seen.inUse)
                }
                if replaces {
                    try db.replacePeaks(usage, of: installation, hours: observations)
                } else {
                    try db.merge(usage, of: installation)
                }
                for observation in observations.sorted(by: { $0.seen.at < $1.seen.at }) {
                    try db.note(observation)
                }
            }
            if let audit { try db.append(audit) }
        }
    }
}

extension Database {
    /// Keeps what was seen last.
    fileprivate func note(_ observation: NewObservation) throws {
        try run(
            """
            INSERT INTO seat_observations (installation, pool, at, in_use, registered) VALUES (?1, ?2, ?3, ?4, ?5)
            ON CONFLICT (installation, pool) DO UPDATE SET at = excluded.at, in_use = excluded.in_use,
            registered = COALESCE(excluded.registered, seat_observations.registered)
            WHERE seat_observations.at <= excluded.at
            """,
            [
                observation.installation, observation.pool, observation.seen.at.milliseconds, observation.seen.inUse,
                observation.seen.registered,
            ])
    }

    /// Sets the peaks of the hours that were observed, and leaves the others of their days.
    fileprivate func replacePeaks(
        _ usage: UsageDraft, of installation: String, hours observations: [NewObservation]
    ) throws {
        for (key, hours) in usage.days {
            let row = try row(
                "SELECT peaks FROM usage_days WHERE installation = ?1 AND pool = ?2 AND day = ?3",
                [installation, key.pool, key.day])
            var peaks = row.map { HourlyColumn.read($0[0]) } ?? [Int](repeating: 0, count: 24)
            for observation in observations where observation.pool == key.pool {
                let hour = observation.seen.at.hours
                guard UsageDraft.day(of: hour) == key.day else { continue }
                let index = UsageDraft.index(of: hour)
                peaks[index] = hours.peaks[index]
            }
            try run(
                """
                INSERT INTO usage_days (installation, pool, day, peaks, denials, over_limit)
                VALUES (?1, ?2, ?3, ?4, '', '') ON CONFLICT (installation, pool, day)
                DO UPDATE SET peaks = excluded.peaks
                """, [installation, key.pool, key.day, HourlyColumn.write(peaks)])
        }
    }
}
