import AdapterKit
import GatewayAPI
import GatewayProfiles
import GatewayStore

extension ReportLicenses: PerformedCall {
    func perform(in context: CallContext) async throws -> LicenseReport {
        for (what, number) in [("The days of a report", days), ("The days of --unseen", unseen)]
        where !(1...3660).contains(number) {
            throw CallError(.invalid, "\(what) are a number from 1 to 3660.")
        }
        if let customer { _ = try await ShowCustomer(id: customer).perform(in: context) }
        let now = context.now
        let since = now.adding(hours: -24 * days)
        let used = try await LicenseUse.read(in: context, customer: customer, from: since.utcDay)
        let observed = try await context.store.observations(in: context.scope, customer: customer)
        let owners = try await context.store.seatOwners(in: context.scope, customer: customer)
        let installations = try await context.store.readStatus(in: context.scope, customer: customer) { cursor in
            var records: [StatusRecord] = []
            while let record = try cursor.next() { records.append(record) }
            return records
        }
        var report = LicenseReport(at: now, days: days, findings: [], installations: installations.count, unknown: 0)
        for record in installations {
            let pools = used[record.id] ?? [:]
            let seen = observed[record.id] ?? [:]
            let named = owners[record.id] ?? []
            if pools.isEmpty, seen.isEmpty, named.isEmpty {
                report.unknown += 1
                continue
            }
            var look = LicenseLook(
                record: record,
                product: (context.gateway.profiles.profiles[record.profile]?.product ?? record.profile)
                    + (record.isUnverified ? " (unverified)" : ""),
                days: days, used: pools, observed: seen)
            look.seats(owners: named)
            if pools.keys.contains(where: { $0.hasPrefix(PoolCounters.module("")) }),
                let entitlement = try await context.store.entitlement(of: record.id, in: context.scope)
            {
                look.modules(entitlement.modules)
            }
            look.unseen(
                named.filter {
                    $0.lastSeen < now.adding(hours: -24 * unseen)
                        && ($0.assigned ?? now) < now.adding(hours: -24 * unseen)
                },
                days: unseen, named: context.caller.seesUsers)
            report.findings += look.findings
        }
        return report
    }
}

/// What was used of a pool in the days that count.
struct LicenseUse {
    /// The most at once.
    var peak = 0
    var denials = 0
    var overLimit = 0
    /// Days that saw anything.
    var days = 0
    /// The last of them, in days since 1970.
    private var latest = Int64.min

    /// By installation and pool.
    static func read(
        in context: CallContext, customer: String?, from day: Int64
    ) async throws -> [String: [String: LicenseUse]] {
        var found = try await context.store.readPeaks(
            in: context.scope, customer: customer, from: day, through: context.now.utcDay
        ) { cursor in
            var found: [String: [String: LicenseUse]] = [:]
            while let day = try cursor.next() {
                found[cursor.installation, default: [:]][cursor.pool, default: LicenseUse()].add(day)
            }
            return found
        }
        for (installation, pools) in try await context.store.hoursBeingCounted(in: context.scope, customer: customer) {
            for (pool, counted) in pools where (day...context.now.utcDay).contains(counted.day) {
                found[installation, default: [:]][pool, default: LicenseUse()].add(counted)
            }
        }
        return found
    }

    private mutating func add(_ day: PeakDay) {
        peak = max(peak, day.peaks.max() ?? 0)
        denials += day.denials
        overLimit += day.overLimit
        // The hour that is counted is of a day that may have come already.
        if latest != day.day { days += 1 }
        latest = day.day
    }
}

/// A look at one installation.
private struct LicenseLook {
    let record: StatusRecord
    let product: String
    let days: Int
    let used: [String: LicenseUse]
    let observed: [String: SeatObservation]
    var findings: [LicenseReport.Finding] = []

    /// Seats that nobody needed are told from so many days on that saw anything: a fortnight's rest proves nothing.
    private static let leastDays = 20
    /// Seats are too many where no more than this part of them was ever in use.
    private static let leastUse = 0.8

    mutating func seats(owners: [SeatUserRecord]) {
        for pool in SeatColumn.read(record.seats) {
            let use = used[pool.name] ?? LicenseUse()
            let assigned = owners.count { $0.pool == pool.name }
            let registered = observed[pool.name]?.registered ?? (assigned > 0 ? assigned : nil)
            if use.peak > pool.count || use.overLimit > 0 {
                add(
                    .overUsed, pool.name, pool.count, registered, use,
                    "\(use.peak) of \(pool.count) \(pool.name) were in use at once"
                        + (use.overLimit > 0 ? ", \(use.overLimit) claims were let in over the limit." : "."))
            } else if let registered, registered > pool.count {
                add(
                    .overUsed, pool.name, pool.count, registered, use,
                    "\(registered) \(pool.name) are set up, and \(pool.count) were bought.")
            }
            if use.denials > 0 {
                add(
                    .denied, pool.name, pool.count, registered, use,
                    "\(use.denials) claims of \(pool.name) were refused in \(days) days.")
            }
            let most = max(use.peak, assigned)
            if pool.count > 1, use.days >= Self.leastDays, Double(most) <= Double(pool.count) * Self.leastUse {
                add(
                    .underUsed, pool.name, pool.count, registered, use,
                    "At most \(most) of \(pool.count) \(pool.name) were needed in \(days) days: \(pool.count - most) "
                        + "were never used.")
            }
        }
    }

    /// Modules that nobody used, where use of modules is seen at all.
    mutating func modules(_ modules: [Entitlement.Module]) {
        for module in modules where (used[PoolCounters.module(module.code)]?.peak ?? 0) == 0 {
            add(
                .unusedModule, module.code, nil, nil, LicenseUse(),
                "Nobody was seen in the module \(module.code) (\(module.name)) in \(days) days.")
        }
    }

    mutating func unseen(_ users: [SeatUserRecord], days unseen: Int, named: Bool) {
        for (pool, users) in Dictionary(grouping: users, by: \.pool).sorted(by: { $0.key < $1.key }) {
            let count = users.count
            add(
                .unseenUsers, pool, SeatColumn.read(record.seats).first { $0.name == pool }?.count, nil,
                used[pool] ?? LicenseUse(),
                "\(count) named \(count == 1 ? "user has" : "users have") a seat of \(pool) and \(count == 1 ? "was" : "were") "
                    + "not seen for \(unseen) days.", users: named ? users.map(\.user) : [])
        }
    }

    private mutating func add(
        _ kind: LicenseReport.Kind, _ subject: String, _ purchased: Int?, _ registered: Int?, _ use: LicenseUse,
        _ text: String, users: [String] = []
    ) {
        findings.append(
            LicenseReport.Finding(
                customer: record.customer, installation: record.id, product: product, kind: kind, subject: subject,
                purchased: purchased, registered: registered, peak: use.peak, denials: use.denials, text: text,
                users: users))
    }
}

extension Instant {
    /// Days since 1970, in UTC.
    var utcDay: Int64 { Int64(Zone.utc.localDay(of: self).number) }
}
