import AdapterKit
import GatewayAPI
import GatewayStore

extension ListSteps: PerformedCall {
    func perform(in context: CallContext) async throws -> [StepItem] {
        if let customer { _ = try await ShowCustomer(id: customer).perform(in: context) }
        if let installation { _ = try await context.installation(installation) }
        let asked = try await context.store.askedOperations(
            in: context.scope, customer: customer, installation: installation
        ).filter { owner == nil || $0.owner == owner }
        let until = try await LossOfAccess(context).times(
            of: Set(asked.map(\.operation.installation)), customer: customer)
        return try asked.map { try StepItem($0, fullUntil: until[$0.operation.installation]) }
            .sorted(by: StepItem.comesFirst)
    }
}

extension ShowStep: PerformedCall {
    func perform(in context: CallContext) async throws -> StepDetail {
        guard let (record, notes) = try await context.store.operation(operation, in: context.scope) else {
            throw CallError(
                .notFound, "There is no operation \"\(operation)\". `gatehouse steps list` shows what is open.")
        }
        let asked = try await context.store.askedOperations(in: context.scope, installation: record.installation)
            .first { $0.operation.id == operation }
        let until = try await LossOfAccess(context).times(of: [record.installation], customer: record.customer)
        return StepDetail(
            item: try asked.map { try StepItem($0, fullUntil: until[record.installation]) },
            operation: OperationView(record, notes: notes),
            what: try asked.map { try Conversation.personStep($0.operation) },
            attachments: try await context.store.attachments(of: operation))
    }
}

extension ShowAttachment: PerformedCall {
    func perform(in context: CallContext) async throws -> AttachedFile {
        guard let bytes = try await context.store.attachment(file, step: step, of: operation, in: context.scope) else {
            throw CallError(
                .notFound,
                "No file \"\(file)\" is kept with step \(step) of the operation \(operation). `gatehouse steps show "
                    + "\(operation)` lists what is.")
        }
        return AttachedFile(name: file, contents: Array(bytes))
    }
}

extension CompleteStep: PerformedCall {
    func perform(in context: CallContext) async throws -> RefreshResult {
        guard let (record, _) = try await context.store.operation(operation, in: context.scope) else {
            throw CallError(
                .notFound, "There is no operation \"\(operation)\". `gatehouse steps list` shows what is open.")
        }
        let note = note.trimmingSpace()
        return try await StepCompletion(context: context, adopt: adopt).run(
            operation, step: step,
            StepCompletion.Bag(
                files: files, values: values, note: note.isEmpty ? "" : try RecordedText.name(note, "A step's note"),
                at: try await instant(record, context)), audit: Self.name)
    }

    private func instant(_ record: OperationRecord, _ context: CallContext) async throws -> Instant? {
        switch at {
        case .now: return nil
        case .instant(let instant): return instant
        case .day(let day):
            throw CallError(.invalid, "\(day) is a day: say at what time it was done, such as \(day)T09:00:00Z.")
        }
    }
}

extension CancelStep: PerformedCall {
    func perform(in context: CallContext) async throws -> OperationView {
        guard var record = try await context.store.operation(operation, in: context.scope)?.0 else {
            throw CallError(
                .notFound, "There is no operation \"\(operation)\". `gatehouse steps list` shows what is open.")
        }
        if record.status != .asking, record.ended == nil, !Recovery.isAlive(record.owner, of: context.gateway) {
            // Its process ended while it took up what somebody had brought.
            _ = await Recovery(context: context, adopt: false).finish(record)
            record = try await context.store.operation(operation, in: context.scope)?.0 ?? record
        }
        guard record.status == .asking else {
            throw CallError(
                .conflict, "The operation \(operation) waits for nobody: \(StepCompletion.whereItStands(record)).")
        }
        guard record.act != .upgrade else {
            throw CallError(
                .conflict,
                "An upgrade is not given up half way: `gatehouse upgrade rollback \(record.installation)` puts everything "
                    + "back as it was.")
        }
        let note = note.trimmingSpace()
        let why = note.isEmpty ? "" : " " + (try RecordedText.name(note, "A step's note"))
        try await context.store.giveUpStep(
            operation, "It was given up by \(context.caller.id).\(why)", at: context.now,
            audit: context.audit(
                Self.name, customer: record.customer, subject: record.installation, detail: "operation \(operation)"))
        return try await ShowOperation(id: operation).perform(in: context)
    }
}

extension StepItem {
    init(_ asked: AskedOperation, fullUntil: Instant?) throws {
        let record = asked.operation
        self.init(
            operation: record.id, step: asked.stepsDone + 1, act: record.act, installation: record.installation,
            installationName: asked.installationName, customer: record.customer, customerName: asked.customerName,
            title: try Conversation.personStep(record).title, since: record.started, sent: record.sent,
            owner: asked.owner, fullUntil: fullUntil)
    }

    /// The soonest loss of access first, then the oldest.
    static func comesFirst(_ first: StepItem, _ second: StepItem) -> Bool {
        (first.fullUntil?.milliseconds ?? .max, first.since, first.operation)
            < (second.fullUntil?.milliseconds ?? .max, second.since, second.operation)
    }
}

/// When installations lose full access if nothing is done.
struct LossOfAccess {
    private let context: CallContext

    init(_ context: CallContext) { self.context = context }

    /// The times, by installation; in the past where it is lost already, absent where no loss is foreseen.
    func times(of installations: Set<String>, customer: String?) async throws -> [String: Instant] {
        guard !installations.isEmpty else { return [:] }
        let desk = StandingDesk(context.gateway, at: .now, now: context.now)
        let only = installations.count == 1 ? installations.first : nil
        return try await context.store.readStatus(in: context.scope, customer: customer, installation: only) { cursor in
            var desk = desk
            var times: [String: Instant] = [:]
            while let record = try cursor.next() {
                guard installations.contains(record.id),
                    let result = try desk.standing(of: record, customer: cursor.customer)
                else { continue }
                let standing = result.standing
                times[record.id] = standing.fullUntil ?? (standing.level.access == .full ? nil : result.at)
            }
            return times
        }
    }
}
