import AdapterKit
import GatewayAPI
import GatewayProfiles
import GatewayStore
import MarkedCSV
import MarkedText

extension PortfolioImport {
    /// Checks a row's installation, and adds or changes it.
    mutating func takeInstallation(
        _ row: SheetRow, of customer: String, _ batch: inout PortfolioBatch
    ) throws {
        guard let cell = row[.installation] else {
            if let column = row.given.first(where: { !$0.isCustomers }) {
                row.tell(
                    "is given, but the row names no installation", column,
                    help: "give its ID in the column installation, or empty the row but for the customer", reader,
                    &diagnostics)
            }
            return
        }
        let id = cell.value
        if let line = installations[id] {
            row.tell(
                "\(quoted(id)) stands in line \(line) already", .installation, help: "one row for an installation",
                reader, &diagnostics)
            // What else is wrong with the row is told with it.
            var unused = InstallationColumns(id: id, customer: customer, profile: "")
            checkFacts(&unused, row)
            checkDamage(row)
            return
        }
        installations[id] = row.line
        if let stored = try batch.installation(id) {
            try take(row, existing: stored, of: customer, &batch)
        } else {
            try take(row, newInstallation: cell, of: customer, &batch)
        }
    }

    // MARK: New ones

    private mutating func take(
        _ row: SheetRow, newInstallation cell: SheetRow.Cell, of customer: String, _ batch: inout PortfolioBatch
    ) throws {
        check(id: cell, "installation", .installation, row)
        if !cell.isExact, let other = try Self.zeroed(cell.value, { try batch.installation($0) != nil }) {
            row.tell(
                "\(quoted(cell.value)) has lost the zeros that it begins with: there is \(quoted(other))",
                .installation, help: CellDamage.advice, reader, &diagnostics)
        }
        var new = InstallationColumns(id: cell.value, customer: customer, profile: "")
        for column in row.given where !column.isCustomers {
            guard let cell = row[column], !cell.clears else { continue }
            if case .identity(let name) = column {
                new.identity[name] = cell.value
            } else {
                new.set(column, cell.value)
            }
        }
        checkFacts(&new, row)
        if let profiled = profile(of: new, row) {
            check(new, nil, profiled, row)
            checkPlaces(new, profiled, row)
        }
        report.installations.added += 1
        note(.init(line: row.line, kind: .installation, id: new.id, isNew: true, values: []))
        guard writes else { return }
        try batch.add(
            new, at: now,
            context.audit(
                ImportPortfolio.name, customer: customer, subject: new.id,
                detail: "\(title), line \(row.line): added, profile \(new.profile)"))
    }

    private mutating func profile(of installation: InstallationColumns, _ row: SheetRow) -> SheetRules.Profiled? {
        guard !installation.profile.isEmpty else {
            row.tell(
                "is needed: the installation \(quoted(installation.id)) is new", .profile,
                help: "`gatehouse profiles list` shows those there are", reader, &diagnostics)
            return nil
        }
        switch rules.profile(installation.profile) {
        case .success(let profiled): return profiled
        case .failure(let error):
            row.tell("\(quoted(installation.profile)): \(error.message)", .profile, reader, &diagnostics)
            checkDamage(row)
            return nil
        }
    }

    // MARK: Those on record

    private mutating func take(
        _ row: SheetRow, existing stored: InstallationColumns, of customer: String, _ batch: inout PortfolioBatch
    ) throws {
        let errors = diagnostics.errorCount
        if stored.isArchived {
            row.tell(
                "\(quoted(stored.id)) is archived", .installation,
                help: "`gatehouse installations archive \(stored.id) --undo` brings it back", reader, &diagnostics)
        }
        if stored.customer != customer {
            row.tell(
                "\(quoted(stored.id)) is an installation of \(quoted(stored.customer))", .installation,
                help: "an import moves no installation to another customer", reader, &diagnostics)
            return
        }
        var wanted = stored
        var given: [PortfolioColumn] = []
        for column in row.given where !column.isCustomers && column != .installation {
            guard let cell = row[column] else { continue }
            wanted.set(column, cell.clears ? "" : cell.value)
            given.append(column)
        }
        checkFacts(&wanted, row)
        let changed = given.filter { !wanted.isSame(as: stored, $0) }
        guard !changed.isEmpty else {
            report.installations.unchanged += 1
            return
        }
        guard call.update else {
            row.tell(
                "\(quoted(stored.id)) is on record with another \(changed.map(\.title).joined(separator: ", "))",
                .installation, help: "--update changes what is on record", reader, &diagnostics)
            return
        }
        guard let profiled = profile(of: wanted, row) else { return }
        check(wanted, stored, profiled, row)
        let values = changed.map { column in
            let isSecret = isSecret(column, profiled)
            let (was, now) = (stored.text(column), wanted.text(column))
            return PortfolioImportReport.Change.Value(
                column: column.title, was: isSecret && !was.isEmpty ? "…" : was,
                now: isSecret && !now.isEmpty ? "…" : now)
        }
        report.installations.changed += 1
        note(.init(line: row.line, kind: .installation, id: stored.id, isNew: false, values: values))
        guard diagnostics.errorCount == errors else { return }
        // Nothing of an identity is carried over to another profile but what the row says.
        let isMoved = changed.contains(.profile)
        let call = SetInstallation(wanted, isMoved ? given : changed)
        try change(row, stored, call, &batch)
    }

    /// What the call for one installation does, in this transaction.
    private mutating func change(
        _ row: SheetRow, _ stored: InstallationColumns, _ call: SetInstallation, _ batch: inout PortfolioBatch
    ) throws {
        guard let state = try batch.editable(stored.id) else { return }
        let editing = InstallationEditing(gateway: context.gateway, now: now, isChecked: true)
        let decision: InstallationEditing.Decision
        do throws(CallError) {
            guard
                var made = try editing.decide(call, on: state.record, state.facts, held: state.heldProtocol)
            else { return }
            if made.edit.places != nil { made.edit.givesUp = try context.deliveryToGiveUp(state.open) }
            decision = made
        } catch {
            row.tell("\(quoted(stored.id)): \(error.message)", .installation, reader, &diagnostics)
            return
        }
        guard writes else { return }
        try batch.apply(
            decision.edit, at: now,
            context.audit(
                ImportPortfolio.name, customer: stored.customer, subject: stored.id,
                detail: "\(title), line \(row.line): \(decision.notes)"))
    }

    private func isSecret(_ column: PortfolioColumn, _ profiled: SheetRules.Profiled) -> Bool {
        guard case .identity(let name) = column else { return false }
        return profiled.descriptor.identity.first { $0.name == name }?.secret != false
    }
}

extension InstallationColumns {
    /// A column's value as text: several values of a site one a line, and nothing for none.
    func text(_ column: PortfolioColumn) -> String {
        switch column {
        case .name: name
        case .profile: profile
        case .identity(let field): identity[field] ?? ""
        case .site(let place): (site[place] ?? []).joined(separator: "\n")
        case .term: term
        case .price: price
        case .owner: owner
        case .emergencyPlan: emergencyPlan
        case .notes: notes
        case .installation: id
        case .customer, .customerName, .timeZone, .customerNotes: ""
        }
    }

    /// Whether two have the same value, byte by byte: Swift takes two spellings of an accented letter for equal, the
    /// vendor does not.
    func isSame(as other: InstallationColumns, _ column: PortfolioColumn) -> Bool {
        text(column).utf8.elementsEqual(other.text(column).utf8)
    }

    /// Sets a column by its text; an empty one takes the value away.
    mutating func set(_ column: PortfolioColumn, _ text: String) {
        switch column {
        case .name: name = text
        case .profile: profile = text
        case .identity(let field): identity[field] = text.isEmpty ? nil : text
        case .site(let place):
            let values = text.split(separator: "\n").map(String.init)
            site[place] = values.isEmpty ? nil : values
        case .term: term = text
        case .price: price = text
        case .owner: owner = text
        case .emergencyPlan: emergencyPlan = text
        case .notes: notes = text
        case .installation, .customer, .customerName, .timeZone, .customerNotes: break
        }
    }
}

extension SetInstallation {
    /// The call that gives an installation these columns of another.
    fileprivate init(_ wanted: InstallationColumns, _ columns: [PortfolioColumn]) {
        self.init(id: wanted.id)
        for column in columns {
            let text = wanted.text(column)
            switch column {
            case .profile: profile = text
            case .identity(let field): identity[field] = text
            case .site(let place): site[place] = wanted.site[place] ?? []
            case .name: facts.name = text
            case .term: facts.term = text
            case .price: facts.price = text
            case .owner: facts.owner = text
            case .emergencyPlan: facts.emergencyPlan = text
            case .notes: facts.notes = text
            case .installation, .customer, .customerName, .timeZone, .customerNotes: break
            }
        }
    }
}
