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
        var found = Recovery.Found()
        if !dryRun {
            try await context.store.append(
                context.audit(
                    Self.name, customer: customer(of: named) ?? context.scope.customer,
                    subject: named?.count == 1 ? named?.first?.id : nil,
                    detail: detail))
            // What others left open is finished as it was begun: strangers' files are adopted only where they are asked for.
            found = await Recovery(context: context, adopt: false).run()
            // What came of it may forbid to ask again: a token that the vendor takes no more, a license that was given back.
            named = try await self.named(in: context)
        }
        let run = RefreshRun(call: self, context: context, found: found)
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
    /// What a recovery came to just before.
    let found: Recovery.Found
    private let tally: Tally

    init(call: Refresh, context: CallContext, found: Recovery.Found) {
        self.call = call
        self.found = found
        self.context = context
        tally = Tally(watched: Set(found.conversations.keys), progress: context.progress)
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
        tellOthers()
        return tally.report
    }

    /// Tells of what was left open and went badly just now, where nothing else came of the installation: nobody would know.
    private func tellOthers() {
        for (installation, result) in found.conversations.sorted(by: { $0.key < $1.key })
        where result.outcome.isFailure && !tally.hasHeard(of: installation) {
            tally.add(result, keep: true)
        }
    }

    private func work(on source: RecordSource, _ turns: Turns, keepAll: Bool) async throws {
        while true {
            let turn = await turns.take()
            defer { turn.end() }
            guard !Task.isCancelled, let (record, delivered) = try await source.next() else { return }
            let refresh = InstallationRefresh(
                call: call, context: context, found: found, turn: turn, tell: { tally.tell($0) })
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
            /// Those that were asked about, as far as others' operations were found open.
            var heard: Set<String> = []
        }

        private let state = Mutex(State())
        private let progress: @Sendable (Progress) -> Void
        private let watched: Set<String>

        /// - Parameter watched: The installations whose operations others left open.
        init(watched: Set<String>, progress: @escaping @Sendable (Progress) -> Void) {
            self.watched = watched
            self.progress = progress
        }

        var report: RefreshReport { state.withLock { $0.report } }

        func expect(_ total: Int) { state.withLock { $0.total = total } }

        /// Tells what it is at.
        func tell(_ latest: String) {
            let now = state.withLock { Progress(done: $0.done, total: max($0.total, $0.done + 1), latest: latest) }
            progress(now)
        }

        /// Whether something came of an installation that was left open by others.
        func hasHeard(of installation: String) -> Bool { state.withLock { $0.heard.contains(installation) } }

        func add(_ result: RefreshResult, keep: Bool) {
            let now = state.withLock { state in
                if watched.contains(result.installation), result.outcome != .notDue {
                    state.heard.insert(result.installation)
                }
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
