import AdapterKit
import GatewayAPI
import GatewayStore
import Synchronization

extension Refresh: PerformedCall {
    func perform(in context: CallContext) async throws -> RefreshReport {
        guard (1...256).contains(concurrency) else {
            throw CallError(.invalid, "The concurrency of a refresh is a number from 1 to 256.")
        }
        var named: [InstallationRecord]? = try await named(in: context)
        var unfinished: [String: RefreshResult] = [:]
        if !dryRun {
            try await context.store.append(
                context.audit(
                    Self.name, customer: customer(of: named) ?? context.scope.customer,
                    subject: named?.count == 1 ? named?.first?.id : nil,
                    detail: detail))
            // What others left open is finished as it was begun: strangers' files are adopted only where they are asked for.
            unfinished = await Recovery(context: context, adopt: false).run()
            // What came of it may forbid to ask again: a token that the vendor takes no more, a license that was given back.
            named = try await self.named(in: context)
        }
        let run = RefreshRun(call: self, context: context, unfinished: unfinished)
        if let named { return try await run.refresh(named) }
        return try await run.refreshAll(filter(at: context.now))
    }

    /// The installations that were named; nil for those that a filter finds.
    private func named(in context: CallContext) async throws -> [InstallationRecord]? {
        switch selection {
        case .installations(let ids):
            guard !ids.isEmpty else { throw CallError(.invalid, "Name at least one installation.") }
            var records: [InstallationRecord] = []
            var seen: Set<String> = []
            for id in ids where seen.insert(id).inserted {
                let record = try await context.installation(id)
                if let archived = record.archived { throw Self.archived("installation", id, since: archived) }
                records.append(record)
            }
            return records
        case .customer(let id):
            let customer = try await ShowCustomer(id: id).perform(in: context)
            if let archived = customer.archived { throw Self.archived("customer", id, since: archived) }
            return nil
        case .due, .all: return nil
        }
    }

    private static func archived(_ kind: String, _ id: String, since archived: Instant) -> CallError {
        CallError(
            .conflict,
            "The \(kind) \(id) is archived, since \(archived), and is not refreshed. `gatehouse \(kind)s archive \(id) "
                + "--undo` brings it back.")
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
    /// What a recovery could not finish just before, by operation.
    let unfinished: [String: RefreshResult]
    private let tally: Tally

    init(call: Refresh, context: CallContext, unfinished: [String: RefreshResult]) {
        self.call = call
        self.unfinished = unfinished
        self.context = context
        tally = Tally(progress: context.progress)
    }

    /// Refreshes these, and reports on each.
    func refresh(_ records: [InstallationRecord]) async throws -> RefreshReport {
        tally.expect(records.count)
        return try await refresh(from: RecordSource(records), keepAll: true)
    }

    /// Refreshes all that a filter finds.
    func refreshAll(_ filter: InstallationFilter) async throws -> RefreshReport {
        tally.expect(try await context.store.installationCount(filter, in: context.scope))
        return try await refresh(from: RecordSource(filter, context: context), keepAll: false)
    }

    /// Asks about as many at once as the call says: one that waits long for its vendor holds up no other. As many again
    /// have their answer and are being ended, so that the vendor need not wait for our disk.
    private func refresh(from source: RecordSource, keepAll: Bool) async throws -> RefreshReport {
        let turns = Turns(call.concurrency)
        do {
            try await withThrowingTaskGroup(of: Void.self) { group in
                for _ in 0..<call.concurrency * 2 {
                    group.addTask { try await work(on: source, turns, keepAll: keepAll) }
                }
                try await group.waitForAll()
            }
        } catch {
            await source.end()
            throw error
        }
        await source.end()
        try Task.checkCancellation()
        return tally.report
    }

    private func work(on source: RecordSource, _ turns: Turns, keepAll: Bool) async throws {
        while true {
            let turn = await turns.take()
            defer { turn.end() }
            guard !Task.isCancelled, let (record, delivered) = try await source.next() else { return }
            let refresh = InstallationRefresh(call: call, context: context, unfinished: unfinished, turn: turn)
            let result = await refresh.run(record, delivered: delivered)
            tally.add(result, keep: keepAll || result.isOfNote)
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
                state.report.ordersApplied += result.orders.count
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

extension RefreshResult {
    /// Whether it is told one by one, however many there are.
    fileprivate var isOfNote: Bool {
        outcome.isFailure || outcome == .updated || outcome == .waiting || !orders.isEmpty
    }
}
