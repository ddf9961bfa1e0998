import AdapterKit
import GatewayProfiles

/// The facts of a license that a person may record as values: `validTo=2027-06-30`, `seats.users=12`,
/// `modules=FIN,COM,BOM=2026-12-31`, `edition=Standard`; `none` takes away what there is no more.
struct ByHandSheet: Sendable {
    private let dates: [AdapterDescriptor.DateDescription]
    private let pools: [String]
    private let isFirst: Bool

    /// The value that names the modules.
    static let modules = "modules"
    /// The value that names the edition.
    static let edition = "edition"
    /// What stands before the name of a pool.
    static let seats = "seats."
    /// What takes away what was recorded before.
    static let none = "none"
    /// The most seats of a pool.
    private static let mostSeats = 1_000_000

    /// - Parameter named: values that somebody records: a pool that only they name is one too.
    init(_ descriptor: AdapterDescriptor, _ profile: Profile, held: Entitlement?, named: [String: String] = [:]) {
        dates = descriptor.dates
        var pools = held?.seats.map(\.name) ?? []
        pools += profile.seats.pools.keys.sorted().filter { !pools.contains($0) }
        let others = named.keys.filter { $0.hasPrefix(Self.seats) }.map { String($0.dropFirst(Self.seats.count)) }
        pools += others.sorted().filter { SeatText.isName($0) && !pools.contains($0) }
        self.pools = pools.isEmpty ? ["users"] : pools
        isFirst = held == nil
    }

    /// The values, described.
    var fields: [Field] {
        dates.map { date in
            Field(
                name: date.name, title: date.name,
                pattern: "[0-9]{4}-[0-9]{2}-[0-9]{2}(T.+)?" + (date.optional ? "|\(Self.none)" : ""),
                expectation: "a day such as 2027-03-31, or a time such as 2027-03-31T12:00:00Z"
                    + (date.optional ? ", or \(Self.none)" : ""),
                required: isFirst && !date.optional, help: date.help)
        }
            + pools.map { pool in
                Field(
                    name: Self.seats + pool, title: "\(pool)", pattern: "[0-9]{1,7}",
                    expectation: "a number of seats from 0 to \(Self.mostSeats)", required: false,
                    help: "How many seats of \(pool) the license has.")
            }
            + [
                Field(
                    name: Self.modules, title: "modules",
                    pattern: "[A-Za-z0-9._/-]+(=[0-9-]{10})?(,[A-Za-z0-9._/-]+(=[0-9-]{10})?)*",
                    expectation: "codes with commas between, such as FIN,G/L,BOM=2026-12-31, or \(Self.none)",
                    required: false,
                    help: "The codes of all modules, each with its own last day where it has one."),
                Field(
                    name: Self.edition, title: "edition", required: false,
                    help: "The product's edition, or \(Self.none)."),
            ]
    }

    /// What the values say, over what was held.
    ///
    /// - Parameters:
    ///   - values: Each passes its field.
    ///   - now: A date of what happened last, such as `lastCheck`, can't lie behind it.
    /// - Throws: ``AdapterError`` `rejected` with everything that is wrong.
    func entitlement(
        _ values: [String: String], over held: Entitlement?, at now: Instant
    ) throws(AdapterError) -> Entitlement {
        var entitlement = held ?? Entitlement()
        entitlement.isUnverified = true
        entitlement.remarks = []
        entitlement.details = [:]
        entitlement.vendorStatus = nil
        var problems: [(field: String, message: String)] = []
        for date in dates {
            guard let text = values[date.name] else { continue }
            if date.optional, text == Self.none {
                entitlement.dates[date.name] = nil
            } else if let value = DateValue(text) {
                if date.name.hasPrefix("last"), value.isFuture(at: now) {
                    problems.append(
                        (date.name, "\(date.name) is still to come: \(text). It says when something was last done."))
                }
                entitlement.dates[date.name] = value
            } else {
                problems.append((date.name, "\(date.name) is no date: \(text)."))
            }
        }
        for pool in pools {
            guard let text = values[Self.seats + pool] else { continue }
            guard let count = Int(text), (0...Self.mostSeats).contains(count) else {
                problems.append((Self.seats + pool, "\(Self.seats)\(pool) is a number from 0 to \(Self.mostSeats)."))
                continue
            }
            if let index = entitlement.seats.firstIndex(where: { $0.name == pool }) {
                entitlement.seats[index].count = count
            } else {
                entitlement.seats.append(Entitlement.SeatPool(name: pool, count: count))
            }
        }
        if let text = values[Self.modules] {
            do {
                entitlement.modules = try modules(text, held?.modules ?? [])
            } catch {
                problems.append((Self.modules, error.message))
            }
        }
        if let edition = values[Self.edition] { entitlement.edition = edition == Self.none ? nil : edition }
        guard problems.isEmpty else {
            throw AdapterError(
                .rejected, problems.map(\.message).joined(separator: " "), field: problems.first?.field)
        }
        return entitlement
    }

    private struct Flaw: Error {
        var message: String
    }

    private func modules(_ text: String, _ known: [Entitlement.Module]) throws(Flaw) -> [Entitlement.Module] {
        guard text != Self.none else { return [] }
        var modules: [Entitlement.Module] = []
        for part in text.split(separator: ",") {
            let pair = part.split(separator: "=", maxSplits: 1).map(String.init)
            let code = pair[0]
            guard !modules.contains(where: { $0.code == code }) else {
                throw Flaw(message: "The module \(code) is named twice.")
            }
            var module = known.first { $0.code == code } ?? Entitlement.Module(code: code, name: code)
            module.expires = nil
            if pair.count > 1 {
                guard let day = LocalDay(pair[1]) else {
                    throw Flaw(message: "The module \(code) has no day such as 2026-12-31: \(pair[1]).")
                }
                module.expires = .day(day)
            }
            modules.append(module)
        }
        return modules
    }
}

extension DateValue {
    /// Whether it is still to come, in every time zone.
    fileprivate func isFuture(at now: Instant) -> Bool {
        switch self {
        case .instant(let instant): instant > now.adding(minutes: Settling.clockTolerance)
        case .day(let day): day.number > now.adding(hours: 14).utcDay
        }
    }
}
