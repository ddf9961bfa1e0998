import AdapterKit
import GatewayAPI
import GatewayStore

extension AddCustomer: PerformedCall {
    func perform(in context: CallContext) async throws -> CustomerView {
        try context.requirePortfolio(to: "add a customer")
        if let problem = ChosenID.problem(with: id, kind: "customer") { throw CallError(.invalid, problem) }
        let name = try RecordedText.name(displayName, "A customer's name")
        _ = try context.gateway.zones.zone(named: timeZone)
        try await context.store.addCustomer(
            id: id, name: name, timeZone: timeZone, at: context.now,
            audit: context.audit(Self.name, customer: id, subject: id, detail: "time zone \(timeZone)"))
        return CustomerView(id: id, name: name, timeZone: timeZone, installations: 0)
    }
}

extension SetCustomer: PerformedCall {
    func perform(in context: CallContext) async throws -> CustomerView {
        try context.requirePortfolio(to: "change a customer")
        guard displayName != nil || timeZone != nil || notes != nil else {
            throw CallError(.invalid, "Say what is to change of \(id).")
        }
        _ = try await ShowCustomer(id: id).perform(in: context)
        let name = try displayName.map { try RecordedText.name($0, "A customer's name") }
        if let timeZone { _ = try context.gateway.zones.zone(named: timeZone) }
        let notes = try notes.map { try RecordedText.text($0, "Notes") }
        try await context.store.editCustomer(id, in: context.scope) { [timeZone] old in
            var new = old
            new.name = name ?? old.name
            new.timeZone = timeZone ?? old.timeZone
            new.notes = notes ?? old.notes
            var told = EditNotes()
            told.add("name", old.name, new.name)
            told.add("time zone", old.timeZone, new.timeZone)
            told.addHidden("notes", old.notes, new.notes)
            guard !told.text.isEmpty else { return nil }
            return (new, context.audit(Self.name, customer: old.id, subject: old.id, detail: told.text))
        }
        return try await ShowCustomer(id: id).perform(in: context)
    }
}

extension ArchiveCustomer: PerformedCall {
    func perform(in context: CallContext) async throws -> CustomerView {
        try context.requirePortfolio(to: "archive a customer")
        _ = try await ShowCustomer(id: id).perform(in: context)
        let audit = context.audit(
            Self.name, customer: id, subject: id,
            detail: undo ? "brought back, with the installations archived with it" : "archived, with its installations")
        if undo {
            try await context.store.restoreCustomer(id, audit: audit)
        } else {
            try await context.retryingChanges(of: id) {
                var deliveries: [String: OpenDelivery] = [:]
                // Those that wait for a time to come are among them.
                let ever = Instant(milliseconds: .max)
                for open in try await context.store.unfinishedOperations(in: .customer(id), now: ever, upgrades: true) {
                    deliveries[open.installation] = try context.deliveryToGiveUp(open)
                }
                try await context.store.archiveCustomer(id, at: context.now, givesUp: deliveries, audit: audit)
            }
        }
        return try await ShowCustomer(id: id).perform(in: context)
    }
}

extension ListCustomers: PerformedCall {
    func perform(in context: CallContext) async throws -> [CustomerView] {
        try await context.store.customers(in: context.scope, archived: archived).map(CustomerView.init)
    }
}

extension ShowCustomer: PerformedCall {
    func perform(in context: CallContext) async throws -> CustomerView {
        guard let record = try await context.store.customers(in: context.scope, id: id).first else {
            throw try await context.missing(id, .customer, "customer")
        }
        return CustomerView(record)
    }
}

extension CustomerView {
    fileprivate init(_ record: CustomerRecord) {
        self.init(
            id: record.id, name: record.name, timeZone: record.timeZone, installations: record.installations,
            notes: record.notes, archived: record.archived)
    }
}

extension String {
    /// The text without white space at its ends.
    func trimmingSpace() -> String {
        let start = drop { $0.isWhitespace }
        guard let end = start.lastIndex(where: { !$0.isWhitespace }) else { return "" }
        return String(start[...end])
    }
}
