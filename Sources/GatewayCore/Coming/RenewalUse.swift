import AdapterKit
import GatewayAPI
import GatewayProfiles
import GatewayStore

extension ListRenewals: PerformedCall {
    func perform(in context: CallContext) async throws -> RenewalList {
        guard (0...Self.mostDays).contains(days) else {
            throw CallError(.invalid, "Renewals are listed for 0 to \(Self.mostDays) days ahead.")
        }
        if let customer { _ = try await ShowCustomer(id: customer).perform(in: context) }
        let desk = StandingDesk(context.gateway, at: at, now: context.now)
        var list = try await context.store.readComing(in: context.scope, customer: customer) { cursor in
            var desk = desk
            var finder = RenewalFinder(days: days, overdue: overdue)
            while let record = try cursor.next() {
                guard let result = try desk.standing(of: record.status, customer: cursor.customer) else { continue }
                finder.add(record, result, customer: cursor.customer.name)
            }
            return finder.list
        }
        // Stable: what renews on one day stays in the order of customers and installations.
        list.renewals = list.renewals.enumerated().sorted {
            ($0.element.day, $0.offset) < ($1.element.day, $1.offset)
        }.map(\.element)
        return list
    }
}

/// Gathers what has to be renewed, installation by installation.
private struct RenewalFinder {
    let days: Int
    let overdue: Bool
    private var renewals: [Renewal] = []
    private var sums = PriceSums()
    private var unpriced = 0
    private var ended = 0
    private var profile = ""
    private var deadlines: [Deadline] = []

    init(days: Int, overdue: Bool) {
        self.days = days
        self.overdue = overdue
    }

    var list: RenewalList {
        RenewalList(renewals: renewals, sums: sums.sums, unpriced: unpriced, overdue: ended)
    }

    /// A date that countdowns of a profile lead up to.
    private struct Deadline {
        var name: String
        /// Nil for the modules' own.
        var slot: DateSlot?
        var countdowns: Set<String>
    }

    /// Something that ends.
    private struct Ending {
        var deadline: Deadline
        var module: Entitlement.Module?
        var day: LocalDay
        var days: Int
    }

    mutating func add(_ record: ComingRecord, _ result: StandingDesk.Result, customer: String) {
        if profile != result.profile.name {
            profile = result.profile.name
            deadlines = Self.deadlines(of: result.profile.rules)
        }
        let today = result.zone.localDay(of: result.at)
        var timeline: Timeline?
        for deadline in deadlines {
            for ending in Self.endings(deadline, result, today) where ending.days <= days {
                if ending.days < 0 { ended += 1 }
                guard ending.days >= 0 || overdue else { continue }
                let known =
                    timeline ?? result.profile.rules.timeline(of: result.facts, in: result.zone, naming: result.names)
                timeline = known
                append(record, result, ending, known, customer: customer)
            }
        }
    }

    /// What a profile's installations renew by: dates with a stage on them or before them. What is only counted from,
    /// such as the last contact, has stages behind it alone.
    private static func deadlines(of rules: CountdownRules) -> [Deadline] {
        let others =
            [DateName.lastContact, .validFrom, .vendorExpired, .offlineActivated].map(\.rawValue)
            + [TokenDate.tokenExpires.rawValue]
        var deadlines: [Deadline] = []
        for countdown in rules.countdowns where countdown.stages.contains(where: { $0.at.isNotAfter }) {
            for name in countdown.from where !others.contains(name) {
                if let index = deadlines.firstIndex(where: { $0.name == name }) {
                    deadlines[index].countdowns.insert(countdown.name)
                } else {
                    let slot = name == Countdown.moduleExpiry ? nil : rules.slot(of: name)
                    deadlines.append(Deadline(name: name, slot: slot, countdowns: [countdown.name]))
                }
            }
        }
        return deadlines
    }

    private static func endings(_ deadline: Deadline, _ result: StandingDesk.Result, _ today: LocalDay) -> [Ending] {
        func ending(_ value: DateValue, _ module: Entitlement.Module?) -> Ending {
            let day =
                switch value {
                case .day(let day): day
                case .instant(let instant): result.zone.localDay(of: instant)
                }
            return Ending(deadline: deadline, module: module, day: day, days: day.number - today.number)
        }
        guard let slot = deadline.slot else {
            return result.facts.modules.compactMap { module in module.expires.map { ending($0, module) } }
        }
        return result.facts[slot].map { [ending($0, nil)] } ?? []
    }

    private mutating func append(
        _ record: ComingRecord, _ result: StandingDesk.Result, _ ending: Ending, _ timeline: Timeline,
        customer: String
    ) {
        let stages = timeline.changes.filter { change in
            change.stageLevel >= .grace && change.module == ending.module?.code
                && change.countdown.map(ending.deadline.countdowns.contains) == true
        }
        let price = ending.module == nil ? record.price.flatMap(Price.init) : nil
        if let price {
            sums.add(price)
        } else if ending.module == nil {
            unpriced += 1
        }
        renewals.append(
            Renewal(
                day: ending.day, days: ending.days, customer: record.status.customer, customerName: customer,
                installation: record.status.id, installationName: record.name, product: result.profile.product,
                profile: result.profile.name, date: ending.deadline.name, module: ending.module?.code,
                moduleName: ending.module?.name, term: record.term.flatMap(RecordedFacts.Term.init), price: price,
                owner: record.owner,
                level: result.standing.level,
                then: stages.map {
                    Renewal.Stage(
                        at: $0.at, day: result.zone.localDay(of: $0.at), level: $0.after, label: $0.label)
                }, orderUntil: record.orderUntil, isUnverified: record.status.isUnverified))
    }
}

extension Countdown.Offset {
    /// Whether it is on its date or before it.
    fileprivate var isNotAfter: Bool {
        switch self {
        case .days(let count): count <= 0
        case .hours(let count): count <= 0
        }
    }
}
