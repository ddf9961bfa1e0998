import AdapterKit
import GatewayAPI
import GatewayStore
import Synchronization

extension Refresh: PerformedCall {
    func perform(in context: CallContext) async throws -> RefreshReport {
        guard (1...256).contains(concurrency) else {
            throw CallError(.invalid, "The concurrency of a refresh is a number from 1 to 256.")
        }
        let named: [InstallationRecord]? = try await named(in: context)
        if !dryRun {
            try await context.store.append(
                context.audit(
                    Self.name, customer: customer(of: named), subject: named?.count == 1 ? named?.first?.id : nil,
                    detail: detail))
            await Recovery(context: context, adopt: adopt).run()
        }
        let run = RefreshRun(call: self, context: context)
        if let named { return await run.refresh(named) }
        return try await run.refreshAll(filter(at: context.now))
    }

    /// The installations that were named; nil for those that a filter finds.
    private func named(in context: CallContext) async throws -> [InstallationRecord]? {
        switch selection {
        case .installations(let ids):
            guard !ids.isEmpty else { throw CallError(.invalid, "Name at least one installation.") }
            var records: [InstallationRecord] = []
            for id in ids where !records.contains(where: { $0.id == id }) {
                records.append(try await context.installation(id))
            }
            return records
        case .customer(let id):
            _ = try await ShowCustomer(id: id).perform(in: context)
            return nil
        case .due, .all: return nil
        }
    }

    private func filter(at now: Instant) -> InstallationFilter {
        switch selection {
        case .customer(let id): .customer(id)
        case .due: .due(at: now)
        case .all, .installations: .all
        }
    }

    private func customer(of named: [InstallationRecord]?) -> String? {
        if case .customer(let id) = selection { return id }
        guard let first = named?.first, named?.allSatisfy({ $0.customer == first.customer }) == true else { return nil }
        return first.customer
    }

    private var detail: String {
        let what =
            switch selection {
            case .installations(let ids): ids.count > 20 ? "\(ids.count) installations" : ids.joined(separator: ", ")
            case .customer(let id): "all of customer \(id)"
            case .due: "what is due"
            case .all: "all"
            }
        return "\(what), \(trigger.rawValue)\(adopt ? ", adopting files" : "")"
    }
}

/// One refresh call over many installations: a page at a time, several at once.
struct RefreshRun: Sendable {
    let call: Refresh
    let context: CallContext
    private let tally: Tally

    /// How many installations are read at once: enough to keep the workers busy, few enough for any memory.
    static let page = 512

    init(call: Refresh, context: CallContext) {
        self.call = call
        self.context = context
        tally = Tally(progress: context.progress)
    }

    /// Refreshes these, and reports on each.
    func refresh(_ records: [InstallationRecord]) async -> RefreshReport {
        tally.expect(records.count)
        await refreshPage(records, keepAll: true)
        return tally.report
    }

    /// Refreshes all that a filter finds.
    func refreshAll(_ filter: InstallationFilter) async throws -> RefreshReport {
        tally.expect(try await context.store.installationCount(filter, in: context.scope))
        var last: String?
        while !Task.isCancelled {
            let records = try await context.store.installations(
                filter, in: context.scope, after: last, limit: Self.page)
            guard let end = records.last else { break }
            await refreshPage(records, keepAll: false)
            last = end.id
        }
        try Task.checkCancellation()
        return tally.report
    }

    private func refreshPage(_ records: [InstallationRecord], keepAll: Bool) async {
        await withTaskGroup(of: Void.self) { group in
            var next = 0
            func start() {
                guard next < records.count, !Task.isCancelled else { return }
                let record = records[next]
                next += 1
                group.addTask {
                    let result = await InstallationRefresh(call: call, context: context).run(record)
                    tally.add(result, keep: keepAll || result.outcome.isFailure || result.outcome == .updated)
                }
            }
            for _ in 0..<call.concurrency { start() }
            while await group.next() != nil { start() }
        }
    }

    /// What has ended so far.
    private final class Tally: Sendable {
        private struct State {
            var report = RefreshReport()
            var done = 0
            var total = 0
        }

        private let state = Mutex(State())
        private let progress: @Sendable (Progress) -> Void

        init(progress: @escaping @Sendable (Progress) -> Void) { self.progress = progress }

        var report: RefreshReport { state.withLock { $0.report } }

        func expect(_ total: Int) { state.withLock { $0.total = total } }

        func add(_ result: RefreshResult, keep: Bool) {
            let now = state.withLock { state in
                state.report.counts[result.outcome, default: 0] += 1
                if keep {
                    if state.report.results.count < RefreshReport.maximumResults {
                        state.report.results.append(result)
                    } else {
                        state.report.omitted += 1
                    }
                }
                state.done += 1
                return Progress(
                    done: state.done, total: max(state.total, state.done),
                    latest: "\(result.installation): \(result.outcome.rawValue)")
            }
            progress(now)
        }
    }
}
