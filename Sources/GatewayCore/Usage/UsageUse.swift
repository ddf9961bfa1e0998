import AdapterKit
import GatewayAPI
import GatewayStore

extension ShowUsage: PerformedCall {
    func perform(in context: CallContext) async throws -> UsageView {
        guard (1...Self.mostDays).contains(days) else {
            throw CallError(.invalid, "The days of a usage are a number from 1 to \(Self.mostDays).")
        }
        let record = try await context.installation(installation)
        let zone = try context.gateway.zones.zone(named: record.timeZone)
        let now = context.now
        let today = zone.localDay(of: now)
        let first = today.adding(days: 1 - days)
        // A day of the customer's may begin a day earlier in UTC.
        let records = try await context.store.usage(
            of: installation, in: context.scope, from: Int64(first.number) - 1, at: now)
        let seats = try await context.store.seats(of: installation, in: context.scope)
        let modules = records.filter { $0.pool.hasPrefix(PoolCounters.module("")) }
        let known = seats.map { pool in
            let used = records.first { $0.pool == pool.name }
            return UsageView.Pool(
                used ?? PoolUsageRecord(unused: pool.name),
                purchased: pool.count, since: first, in: zone)
        }
        // What is in use of seats that the license does not have (any more) is not left out.
        let others = records.filter { used in
            !used.pool.hasPrefix(PoolCounters.module("")) && !seats.contains { $0.name == used.pool }
        }.map { UsageView.Pool($0, purchased: record.held ? 0 : nil, since: first, in: zone) }
        return UsageView(
            installation: installation, timeZone: zone.name, from: first, to: today,
            isUnverified: record.isUnverified, pools: known + others,
            modules: modules.map { used in
                let code = String(used.pool.dropFirst(PoolCounters.module("").count))
                return UsageView.Pool(
                    used, purchased: seats.first { $0.name == code }?.count, since: first, in: zone)
            },
            users: try await context.store.seatUsers(of: installation, in: context.scope)
                .map { SeatUserView($0, for: context.caller) })
    }

    private static let mostDays = 3660
}

extension UsageView.Pool {
    /// A pool's use by the customer's days.
    init(_ used: PoolUsageRecord, purchased: Int?, since first: LocalDay, in zone: Zone) {
        let days = LocalUsage.days(used.days, in: zone).filter { $0.day >= first }
        let isObserved = used.inUse == 0 && used.observed != nil
        self.init(
            pool: used.pool, purchased: purchased,
            registered: used.observed?.registered ?? (used.assigned > 0 ? used.assigned : nil),
            inUse: isObserved ? used.observed?.inUse ?? 0 : used.inUse, seen: isObserved ? used.observed?.at : nil,
            peak: days.map(\.peak).max() ?? 0, denials: days.reduce(0) { $0 + $1.denials },
            overLimit: days.reduce(0) { $0 + $1.overLimit }, days: days)
    }
}

/// Usage by the hour in UTC, as days of a customer's.
enum LocalUsage {
    /// The days that hours fall into, each with the hours on its wall.
    static func days(_ days: [UsageDay], in zone: Zone) -> [UsageView.Day] {
        var found: [LocalDay: UsageView.Day] = [:]
        for day in days {
            for hour in 0..<24 where day.peaks[hour] > 0 || day.denials[hour] > 0 || day.overLimit[hour] > 0 {
                let start = Instant(milliseconds: (day.day * 24 + Int64(hour)) * 3_600_000)
                let local = zone.localDay(of: start)
                // Where clocks are half an hour off, an hour counts for the one on the wall that it begins in.
                let wall = start.adding(seconds: zone.offset(at: start))
                let index = Int((wall.milliseconds - Int64(local.number) * 86_400_000) / 3_600_000)
                var entry = found[local] ?? UsageView.Day(day: local, hours: [Int](repeating: 0, count: 24))
                entry.peak = max(entry.peak, day.peaks[hour])
                if entry.hours.indices.contains(index) {
                    entry.hours[index] = max(entry.hours[index], day.peaks[hour])
                }
                entry.denials += day.denials[hour]
                entry.overLimit += day.overLimit[hour]
                found[local] = entry
            }
        }
        return found.values.sorted { $0.day < $1.day }
    }
}
