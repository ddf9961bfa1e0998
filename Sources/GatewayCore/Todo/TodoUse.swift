import AdapterKit
import GatewayAPI
import GatewayProfiles
import GatewayStore

extension ListTodo: PerformedCall {
    /// A renewal is listed so many days ahead.
    private static let renewalDays = 30

    func perform(in context: CallContext) async throws -> [TodoItem] {
        if let customer { _ = try await ShowCustomer(id: customer).perform(in: context) }
        var drafts =
            try await steps(context) + offline(context) + orders(context) + refusals(context) + renewals(context)
            + upgrades(context) + otherKeys(context) + reviews(context) + authorizations(context)
        // What is being done about it, or keeps it from being done, is told already.
        drafts += try await licenses(context, but: Set(drafts.map(\.installation)))
        let installations = Set(drafts.map(\.installation))
        let cards = try await context.store.cards(of: installations, in: context.scope)
        let until = try await LossOfAccess(context).times(of: installations, customer: customer)
        let items = drafts.compactMap { draft -> TodoItem? in
            guard let card = cards[draft.installation], owner == nil || card.owner == owner else { return nil }
            return TodoItem(
                kind: draft.kind, installation: draft.installation, installationName: card.name,
                customer: card.customer, customerName: card.customerName, owner: card.owner, what: draft.what,
                command: draft.command, since: draft.since, fullUntil: until[draft.installation])
        }
        return items.sorted { first, second in
            (first.fullUntil?.milliseconds ?? .max, first.customer, first.installation, first.kind.rawValue)
                < (second.fullUntil?.milliseconds ?? .max, second.customer, second.installation, second.kind.rawValue)
        }
    }

    /// Something to do, before it is known whose it is.
    private struct Draft {
        var kind: TodoItem.Kind
        var installation: String
        var what: String
        var command: String?
        var since: Instant?
    }

    private func steps(_ context: CallContext) async throws -> [Draft] {
        // An offline request is listed by where its answer stands.
        let files = Set(try await offlineItems(context).filter { $0.operation != nil }.map(\.installation))
        return try await ListSteps(customer: customer).perform(in: context)
            .filter { $0.act != .request || !files.contains($0.installation) }
            .map {
                Draft(
                    kind: .step, installation: $0.installation, what: "\($0.title).",
                    command: "gatehouse steps show \($0.operation)", since: $0.since)
            }
    }

    private func upgrades(_ context: CallContext) async throws -> [Draft] {
        var drafts: [Draft] = []
        for upgrade in try await context.store.upgradesOfNote(in: context.scope, customer: customer) {
            let id = upgrade.installation
            let open = try await context.store.openUpgrade(on: id)
            // One that was done and is open again was being rolled back: nobody is let in until that has ended.
            let isOpen = open?.id == upgrade.operation
            if isOpen, let open, open.status == .running, Recovery.isAlive(open.owner, of: context.gateway) { continue }
            if !isOpen, upgrade.phase == .failed || upgrade.phase == .rolledBack {
                drafts.append(
                    Draft(
                        kind: .upgrade, installation: id,
                        what:
                            "The upgrade of the license keys \(upgrade.phase == .failed ? "failed" : "was rolled back"): "
                            + "see why, then begin another, or close it with `gatehouse upgrade close \(id)`.",
                        command: "gatehouse upgrade show \(id)", since: upgrade.start))
                continue
            }
            let isWatched = upgrade.phase == .done && !isOpen
            let troubled = try await context.store.upgradeFiles(of: upgrade.operation).filter { $0.trouble != nil }
            let hosts = troubled.isEmpty ? "" : " (\(troubled.map(\.host).joined(separator: ", ")))"
            drafts.append(
                Draft(
                    kind: .upgrade, installation: id,
                    what: isWatched
                        ? "Watch the upgrade of the license keys, then close it."
                        : "Put right what keeps the upgrade of the license keys from its end\(hosts), then go on with it.",
                    command: isWatched ? "gatehouse upgrade close \(id)" : "gatehouse upgrade resume \(id)",
                    since: upgrade.start))
        }
        return drafts
    }

    private func otherKeys(_ context: CallContext) async throws -> [Draft] {
        try await context.store.lastEnded(OtherKeys.outcome, in: context.scope, customer: customer).map {
            Draft(
                kind: .keys, installation: $0.installation, what: $0.message,
                command: "gatehouse explain \($0.installation)", since: $0.at)
        }
    }

    private func authorizations(_ context: CallContext) async throws -> [Draft] {
        try await licensesToAcquire(context)
            + LostAnswers(context: context).open(customer: customer).map {
                Draft(
                    kind: .authorization, installation: $0.installation, what: LostAnswers.told($0),
                    command: LostAnswers.command($0.act, $0.installation), since: $0.started)
            }
    }

    private func licensesToAcquire(_ context: CallContext) async throws -> [Draft] {
        // Where a code is shown already, the step is listed.
        let shown = Set(
            try await context.store.askedOperations(in: context.scope, customer: customer)
                .filter { $0.operation.act == .authorize }.map(\.operation.installation))
        var drafts: [Draft] = []
        for (id, _) in try await context.store.licensesToAcquire(in: context.scope, customer: customer)
        where !shown.contains(id) {
            let record = try await context.installation(id)
            guard let again = try await context.acquireAgain(record, at: context.now) else { continue }
            drafts.append(
                Draft(
                    kind: .authorization, installation: id, what: "Acquire the license again: \(again.text)",
                    command: "gatehouse \(again.isPastRenewal ? "deauthorize" : "authorize") \(id)"))
        }
        return drafts
    }

    /// What holds no license, where nothing but a person brings one.
    private func licenses(_ context: CallContext, but told: Set<String>) async throws -> [Draft] {
        try await context.store.unlicensedInstallations(in: context.scope, customer: customer).compactMap { found in
            let id = found.installation
            guard !told.contains(id), let profile = context.gateway.profiles.profiles[found.profile] else { return nil }
            let way = context.gateway.way(of: profile)
            let what: String
            switch way {
            case .refresh, .refreshAndKeys: return nil
            case .authorization: what = "Acquire a license for \(profile.product): it has none."
            case .recording: what = "Record what is licensed of \(profile.product)."
            case .keys: what = "Give the keys of \(profile.product): nothing is known of its license."
            }
            return Draft(
                kind: .license, installation: id, what: what, command: way.command(for: id), since: found.added)
        }
    }

    private func reviews(_ context: CallContext) async throws -> [Draft] {
        try await ListReviews(customer: customer, due: true).perform(in: context).map {
            Draft(
                kind: .review, installation: $0.installation, what: $0.kind.sentence,
                command: "gatehouse reviews done \($0.id)", since: $0.next)
        }
    }

    private func offlineItems(_ context: CallContext) async throws -> [OfflineItem] {
        try await ListOffline(customer: customer).perform(in: context)
    }

    private func offline(_ context: CallContext) async throws -> [Draft] {
        try await offlineItems(context).compactMap { item in
            let id = item.installation
            switch item.state {
            case .current, .sent: return nil
            case .due:
                return Draft(
                    kind: .request, installation: id, what: "Make the next license request.",
                    command: "gatehouse offline request \(id) --output FILE.xml", since: item.due)
            case .requested:
                return Draft(
                    kind: .send, installation: id, what: "Mail the license request to the vendor's support.",
                    command: "gatehouse offline sent \(id)", since: item.requested)
            case .unanswered:
                let sent = item.sent ?? item.requested
                return Draft(
                    kind: .reply, installation: id,
                    what: "Ask the vendor's support after the answer to the license request.",
                    command: "gatehouse offline import \(id) FILE.ent", since: sent)
            }
        }
    }

    private func orders(_ context: CallContext) async throws -> [Draft] {
        try await ListOrders(customer: customer, open: true).perform(in: context).filter { $0.state == .overdue }.map {
            order in
            let reference = order.reference.isEmpty ? "" : " \(order.reference)"
            return Draft(
                kind: .order, installation: order.installation,
                what: "Ask the vendor where the order\(reference) is.",
                command: "gatehouse orders list --installation \(order.installation)", since: order.until)
        }
    }

    private func refusals(_ context: CallContext) async throws -> [Draft] {
        try await context.store.refusedInstallations(in: context.scope, customer: customer).map {
            Draft(
                kind: .identity, installation: $0.installation, what: $0.message,
                command: "gatehouse installations show \($0.installation)", since: $0.at)
        }
    }

    private func renewals(_ context: CallContext) async throws -> [Draft] {
        let list = try await ListRenewals(customer: customer, days: Self.renewalDays, overdue: true)
            .perform(in: context)
        return list.renewals.filter { $0.orderUntil == nil }.map { renewal in
            let what = renewal.module.map { "the module \($0) of \(renewal.product)" } ?? renewal.product
            let when =
                switch renewal.days {
                case ..<0: "ended on \(renewal.day)"
                case 0: "ends today"
                default: "ends on \(renewal.day)"
                }
            if renewal.days < 0, renewal.date == TokenDate.renewsOn.rawValue,
                context.gateway.isOnTokens(profile: renewal.profile)
            {
                return Draft(
                    kind: .renewal, installation: renewal.installation,
                    what: "Renew \(what), which \(when): a refresh is refused from then on. "
                        + AuthorizationText.again(renewal.installation, isPastRenewal: true),
                    command: "gatehouse deauthorize \(renewal.installation)")
            }
            return Draft(
                kind: .renewal, installation: renewal.installation, what: "Renew \(what), which \(when).",
                command: "gatehouse orders add \(renewal.installation) --placed now")
        }
    }
}
