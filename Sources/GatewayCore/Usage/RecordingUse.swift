import AdapterKit
import Crypto
import Foundation
import GatewayAPI
import GatewayStore
import MarkedCSV
import MarkedText

extension RecordUsage: PerformedCall {
    func perform(in context: CallContext) async throws -> UsageRecordReport {
        var desk = ObservationDesk(context)
        var checked: [NewObservation] = []
        var problems: [String] = []
        for observation in observations {
            switch try await desk.check(observation) {
            case .success(let new): checked.append(new)
            case .failure(let problem):
                problems.append(
                    [problem.message, problem.help.map { "(\($0))" }].compactMap { $0 }.joined(separator: " "))
            }
        }
        guard problems.isEmpty else { throw CallError(.invalid, problems.joined(separator: "\n")) }
        guard !checked.isEmpty else { throw CallError(.invalid, "There is nothing to record.") }
        return try await desk.record(checked, replaces: replace, name: Self.name, from: nil)
    }
}

extension ImportUsage: PerformedCall {
    func perform(in context: CallContext) async throws -> UsageRecordReport {
        var sheet: UsageSheet
        do throws(DiagnosticsError) {
            sheet = try UsageSheet(Array(contents), file: file)
        } catch {
            return UsageRecordReport(error)
        }
        var desk = ObservationDesk(context)
        var diagnostics = Diagnostics()
        var checked: [NewObservation] = []
        while !Task.isCancelled, let row = sheet.next(&diagnostics) {
            guard let observation = row.observation else { continue }
            switch try await desk.check(observation) {
            case .success(let new): checked.append(new)
            case .failure(let problem): sheet.tell(problem, of: row, &diagnostics)
            }
        }
        try Task.checkCancellation()
        guard !diagnostics.hasErrors else {
            return UsageRecordReport(DiagnosticsError(diagnostics.all, omitted: diagnostics.omitted))
        }
        guard !checked.isEmpty else {
            throw CallError(.invalid, "\(file) holds no row below its header: nothing was recorded.")
        }
        let hash = SHA256.hash(data: contents).map { String($0 >> 4, radix: 16) + String($0 & 15, radix: 16) }.joined()
        return try await desk.record(
            checked, replaces: replace, name: Self.name, from: "\(quoted(file)), SHA-256 \(hash): ")
    }
}

extension UsageRecordReport {
    /// A file of which nothing was taken.
    fileprivate init(_ error: DiagnosticsError) {
        self.init(
            recorded: 0, installations: 0, problems: error.diagnostics.map(PortfolioImportReport.Problem.init),
            omittedProblems: error.omitted)
    }
}

/// What is wrong with an observation.
struct ObservationProblem: Error {
    /// What of it, as a column is named.
    var part: UsageSheet.Column
    var message: String
    var help: String?
}

/// Checks observations, and records them.
struct ObservationDesk {
    private let context: CallContext
    private let now: Instant
    private var known: [String: Known] = [:]

    /// An installation as observations are checked by it.
    private struct Known {
        var record: InstallationRecord?
        var zone: Zone
        var pools: [String]
    }

    init(_ context: CallContext) {
        self.context = context
        now = context.now
    }

    /// The most seats that are believed.
    private static let mostSeats = 1_000_000_000
    /// How far back anything may have been seen.
    private static let mostDays = 3660

    /// An observation as it is recorded, or what is wrong with it.
    mutating func check(_ observation: UsageObservation) async throws -> Result<NewObservation, ObservationProblem> {
        let known = try await known(observation.installation)
        guard let record = known.record else {
            return .failure(
                ObservationProblem(
                    part: .installation, message: "There is no installation \"\(observation.installation)\".",
                    help: "`gatehouse installations list` shows those there are"))
        }
        if let archived = record.archived {
            return .failure(
                ObservationProblem(part: .installation, message: "\(record.id) is archived, since \(archived)."))
        }
        let module = PoolCounters.module("")
        let isModule = observation.pool.hasPrefix(module)
        let name = isModule ? String(observation.pool.dropFirst(module.count)) : observation.pool
        guard SeatText.isName(name) else {
            return .failure(
                ObservationProblem(
                    part: .pool,
                    message: "The pool \"\(observation.pool)\" must be named by letters, digits, dots, hyphens and _ "
                        + "alone, or be module:CODE."))
        }
        if !isModule, record.held, !known.pools.contains(name) {
            return .failure(
                ObservationProblem(
                    part: .pool, message: "The license of \(record.id) has no seats \"\(name)\".",
                    help: known.pools.isEmpty ? nil : "it has " + known.pools.joined(separator: ", ")))
        }
        for (part, number) in [
            (UsageSheet.Column.inUse, observation.inUse), (.registered, observation.registered ?? 0),
        ]
        where !(0...Self.mostSeats).contains(number) {
            return .failure(
                ObservationProblem(
                    part: part, message: "The number of seats (\(number)) is from 0 to \(Self.mostSeats)."))
        }
        let at: Instant =
            switch observation.at {
            case .now: now
            case .instant(let instant): instant
            // Today's peak may be recorded before noon.
            case .day(let day):
                known.zone.localDay(of: now) == day ? now : known.zone.firstInstant(of: day).adding(hours: 12)
            }
        guard at <= now else {
            return .failure(
                ObservationProblem(part: .at, message: "\(at) is still to come (it is \(now)): record what was seen."))
        }
        guard at >= now.adding(hours: -24 * Self.mostDays) else {
            return .failure(
                ObservationProblem(part: .at, message: "\(at) is more than \(Self.mostDays) days ago."))
        }
        return .success(
            NewObservation(
                installation: record.id, pool: observation.pool,
                seen: SeatObservation(at: at, inUse: observation.inUse, registered: observation.registered)))
    }

    /// Records what was checked.
    ///
    /// - Parameter source: where it is from, for the audit trail.
    func record(
        _ checked: [NewObservation], replaces: Bool, name: String, from source: String?
    ) async throws -> UsageRecordReport {
        let installations = Set(checked.map(\.installation))
        let only = installations.count == 1 ? installations.first : nil
        let customer = only.flatMap { known[$0]?.record?.customer } ?? context.scope.customer
        try await context.store.record(
            checked, replaces: replaces,
            audit: context.audit(
                name, customer: customer, subject: only,
                detail: "\(source ?? "")\(checked.count) observed of \(installations.count) installations"
                    + (replaces ? ", in place of what was recorded" : "")))
        return UsageRecordReport(recorded: checked.count, installations: installations.count)
    }

    private mutating func known(_ id: String) async throws -> Known {
        if let found = known[id] { return found }
        var found = Known(record: nil, zone: .utc, pools: [])
        if let record = try await context.store.installation(id, in: context.scope) {
            found.record = record
            found.zone = try context.gateway.zones.zone(named: record.timeZone)
            found.pools = try await context.store.seats(of: id, in: context.scope).map(\.name)
        }
        known[id] = found
        return found
    }
}
