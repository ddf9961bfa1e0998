import AdapterKit
import GatewayAPI
import GatewayProfiles
import GatewayStore

extension RequestOffline: PerformedCall {
    func perform(in context: CallContext) async throws -> OfflineRequestReport {
        var report = OfflineRequestReport()
        switch selection {
        case .installations(let ids):
            guard !ids.isEmpty else { throw CallError(.invalid, "Name at least one installation.") }
            var seen: Set<String> = []
            for id in ids where seen.insert(id).inserted {
                let record = try await context.installation(id)
                if ids.count == 1 {
                    report.requests.append(try await request(record, context))
                } else {
                    await add(record, to: &report, context)
                }
            }
        case .due:
            let desk = OfflineDesk(gateway: context.gateway, now: context.now)
            let rows = try await context.store.offlineRows(
                of: OfflineDesk.profiles(context.gateway), in: context.scope)
            for item in try rows.compactMap(desk.item) where item.state == .due {
                await add(try await context.installation(item.installation), to: &report, context)
            }
        }
        return report
    }

    /// One that fails holds up no other.
    private func add(
        _ record: InstallationRecord, to report: inout OfflineRequestReport, _ context: CallContext
    ) async {
        do {
            report.requests.append(try await request(record, context))
        } catch {
            report.failures.append(
                OfflineRequestReport.Failure(
                    installation: record.id, message: Gateway.callError(error).message))
        }
    }

    /// How often an installation is read again because something else came into force meanwhile.
    private static let maximumReloads = 5

    private func request(_ first: InstallationRecord, _ context: CallContext) async throws -> OfflineRequest {
        var record = first
        for _ in 1...Self.maximumReloads {
            if let archived = record.archived {
                throw CallError(.conflict, "The installation \(record.id) is archived, since \(archived).")
            }
            let (profile, adapter) = try await context.gateway.profileAndAdapter(for: record)
            guard profile.offline != nil else { throw Self.unable(record, profile, context.gateway) }
            let open = try await context.store.askedOperation(on: record.id, act: .request)
            if let open, !anew, try ByHand.asked(Conversation.journaled(open).0) == profile.vendor.isByHand {
                return try OfflineRequest(open, isNew: false)
            }
            let now = context.now
            let facts = Facts(
                record, profile, operation: Identifiers.operation(at: now), nonce: Identifiers.nonce(), at: now)
            let transition = try adapter.begin(.request, facts: facts)
            guard case .ask = transition.step else {
                throw AdapterError(
                    .malformed, "The adapter \(adapter.descriptor.title) asks nobody to send its request.")
            }
            if let open {
                try await context.store.giveUpStep(
                    open.id, "A new request was made in its place: an answer to this one is not taken any more.",
                    at: now,
                    audit: context.audit(
                        CancelStep.name, customer: record.customer, subject: record.id,
                        detail: "operation \(open.id), for a new request"))
            }
            // The nonce is durable before the file leaves: the answer to it is taken, whatever ends meanwhile.
            let claim = try await context.store.claim(
                NewOperation(
                    id: facts.operation, installation: record.id, customer: record.customer,
                    protocolName: profile.protocolName, act: .request, caller: context.caller.id, owner: "",
                    started: now, basedOn: record.revision, edits: record.edits,
                    first: try Conversation.journal(transition, nonce: facts.nonce, at: now),
                    audit: context.audit(
                        Self.name, customer: record.customer, subject: record.id,
                        detail: "operation \(facts.operation)")))
            switch claim {
            case .claimed:
                guard let made = try await context.store.askedOperation(on: record.id, act: .request) else { break }
                return try OfflineRequest(made, isNew: true)
            case .asked(let open): return try OfflineRequest(open, isNew: false)
            case .busy(let open):
                // A refresh is under way, which may make the request needless.
                try await StepCompletion(context: context).wait(for: open)
            case .stale: break
            }
            record = try await context.installation(record.id)
        }
        throw CallError(.conflict, "\(record.id) is being changed by others all the time: try again.")
    }

    /// That a profile knows no offline activations, naming those that do.
    private static func unable(_ record: InstallationRecord, _ profile: Profile, _ gateway: Gateway) -> CallError {
        let others = gateway.profiles.profiles.values.filter { other in
            other.offline != nil && other.protocolName == profile.protocolName && other.product == profile.product
                && other.vendor.isByHand == profile.vendor.isByHand
        }.map(\.name).sorted()
        guard let other = others.first else {
            return CallError(
                .conflict,
                "The profile \(profile.name) of \(record.id) knows no offline activations, nor does another of "
                    + "its product.")
        }
        let names = others.count > 1 ? "one of \(others.joined(separator: ", "))" : other
        return CallError(
            .conflict,
            "The profile \(profile.name) of \(record.id) is for installations with a way to the Internet and makes no "
                + "requests. Where there is none use \(names): `gatehouse installations set \(record.id) --profile \(other)`"
                + ".")
    }
}

extension OfflineRequest {
    init(_ record: OperationRecord, isNew: Bool) throws {
        let step = try Conversation.personStep(record)
        let file = step.hands.first.map { hand in
            // Named so that sixty of them lie beside one another.
            AttachedFile(name: "\(record.installation)-\(hand.name)", contents: hand.contents)
        }
        self.init(
            operation: record.id, installation: record.installation, customer: record.customer,
            requested: record.started, isNew: isNew, sent: record.sent, file: file, text: step.text)
    }
}

extension ImportOffline: PerformedCall {
    func perform(in context: CallContext) async throws -> RefreshResult {
        if let installation { _ = try await context.installation(installation) }
        let document = try SignedDocument(file.contents)
        let completion = StepCompletion(context: context, adopt: adopt)
        if let taken = try await context.store.request(withNonce: document.nonce, in: context.scope),
            taken.status != .asking, taken.ended == nil
        {
            // Somebody else brought an answer to it: what came of that decides.
            try await completion.wait(for: taken)
        }
        guard let request = try await context.store.request(withNonce: document.nonce, in: context.scope) else {
            throw CallError(
                .failed,
                "\(file.name) answers no request that was made here. Send the newest request file (`gatehouse offline list` "
                    + "shows what is open), and import the answer to that one.")
        }
        if let installation, request.installation != installation {
            throw CallError(
                .failed, "\(file.name) answers the request of \(request.installation), not one of \(installation).")
        }
        guard request.ended == nil else {
            let again = "`gatehouse offline request \(request.installation)` makes a new one."
            throw CallError(
                .failed,
                request.status == .failed
                    ? "\(file.name) answers a request that was given up: \(request.message ?? "") \(again)"
                    : "\(file.name) was imported already, by operation \(request.id)"
                        + (request.ended.map { ", \($0)" } ?? "") + ". It is taken once. \(again)")
        }
        return try await completion.run(request.id, StepCompletion.Bag(files: [file]), audit: Self.name)
    }
}
