import AdapterKit
import GatewayAPI
import GatewayProfiles
import GatewayStore
import MarkedText

extension PortfolioImport {
    /// Checks an installation's identity and site against its profile's adapter, each value at its cell. What is on
    /// record as it is was checked when it came there.
    mutating func check(
        _ new: InstallationColumns, _ stored: InstallationColumns?, _ profiled: SheetRules.Profiled, _ row: SheetRow
    ) {
        let isOther = stored.map { $0.profile != new.profile } ?? true
        for check in profiled.identity {
            let name = check.field.name
            let column = PortfolioColumn.identity(name)
            guard let value = new.identity[name] else {
                if check.field.required, isOther || stored?.identity[name] != nil { missing(check.field, column, row) }
                continue
            }
            if !isOther, stored?.isSame(as: new, column) == true { continue }
            self.check(value, check, column, row, recorded: stored?.identity[name])
        }
        for check in profiled.site {
            let name = check.field.name
            let column = PortfolioColumn.site(name)
            guard let values = new.site[name] else {
                if check.field.required, isOther || stored?.site[name] != nil { missing(check.field, column, row) }
                continue
            }
            if !isOther, stored?.isSame(as: new, column) == true { continue }
            for value in values { self.check(value, check, column, row, recorded: nil) }
        }
        checkUnknown(new, profiled, row)
    }

    /// Values that the row gives for what its adapter does not know.
    private mutating func checkUnknown(
        _ new: InstallationColumns, _ profiled: SheetRules.Profiled, _ row: SheetRow
    ) {
        for column in row.given {
            let fields: [Field]
            switch column {
            case .identity(let name) where !profiled.descriptor.identity.contains { $0.name == name }:
                fields = profiled.descriptor.identity
            case .site(let name) where !profiled.descriptor.site.contains { $0.name == name }:
                fields = profiled.descriptor.site
            default: continue
            }
            guard row[column]?.clears == false else { continue }
            row.tell(
                "is nothing that the profile \(new.profile) knows", column,
                help: "it knows \(fields.map(\.name).joined(separator: ", ")): empty the cell", reader, &diagnostics)
        }
    }

    private mutating func missing(_ field: Field, _ column: PortfolioColumn, _ row: SheetRow) {
        row.tell("(\(field.title)) is needed", column, help: field.help, reader, &diagnostics)
    }

    private mutating func check(
        _ value: String, _ check: FieldCheck, _ column: PortfolioColumn, _ row: SheetRow, recorded: String?
    ) {
        let field = check.field
        // What is secret is not shown, not even where it is wrong.
        let shown = field.secret ? "(\(field.title))" : "(\(field.title)) \(quoted(value))"
        if field.secret, Self.isMask(value) {
            return row.tell(
                "(\(field.title)) is a mask, not the value", column,
                help: "leave the cell empty, and the value on record stays", reader, &diagnostics)
        }
        if row[column]?.isExact != true {
            if let damage = CellDamage.problem(with: value) {
                return row.tell("\(shown) \(damage)", column, help: CellDamage.advice, reader, &diagnostics)
            }
            if let recorded, let loss = CellDamage.loss(of: recorded, in: value) {
                let told = field.secret ? "has lost digits" : loss
                return row.tell("\(shown) \(told)", column, help: CellDamage.advice, reader, &diagnostics)
            }
        }
        guard let problem = check.problem(with: value) else { return }
        if let whole = CellDamage.zeroed(value, { check.problem(with: $0) == nil }) {
            return row.tell(
                "\(shown) has lost the zeros that it begins with\(field.secret ? "" : ", as in \(quoted(whole))")",
                column, help: CellDamage.advice, reader, &diagnostics)
        }
        row.tell("\(shown) \(problem)", column, help: field.help, reader, &diagnostics)
    }

    /// What a spreadsheet did to the values of an identity is told although nobody knows its fields. Any of them may be
    /// secret, so none is shown.
    mutating func checkDamage(_ row: SheetRow) {
        for column in row.given {
            guard case .identity = column, let cell = row[column], !cell.clears, !cell.isExact,
                let damage = CellDamage.problem(with: cell.value)
            else { continue }
            row.tell(damage, column, help: CellDamage.advice, reader, &diagnostics)
        }
    }

    /// Whether a value is what listings show in the place of a secret.
    private static func isMask(_ value: String) -> Bool {
        value.allSatisfy { "…*•·●.xX".contains($0) }
    }

    /// Checks what people record, each value at its cell, and writes it in its one form.
    mutating func checkFacts(_ installation: inout InstallationColumns, _ row: SheetRow) {
        for column in [PortfolioColumn.name, .term, .price, .owner, .emergencyPlan, .notes] {
            guard let cell = row[column] else { continue }
            if column.isKey, !cell.isExact, let damage = CellDamage.problem(with: cell.value) {
                row.tell("\(quoted(cell.value)) \(damage)", column, help: CellDamage.advice, reader, &diagnostics)
                continue
            }
            var changes = FactChanges()
            let text = cell.clears ? "" : cell.value
            switch column {
            case .name: changes.name = text
            case .term: changes.term = text
            case .price: changes.price = text
            case .owner: changes.owner = text
            case .emergencyPlan: changes.emergencyPlan = text
            default: changes.notes = text
            }
            do throws(CallError) {
                let facts = try changes.applied(to: RecordedFacts())
                switch column {
                case .name: installation.name = facts.name
                case .term: installation.term = facts.term?.rawValue ?? ""
                case .price: installation.price = facts.price?.description ?? ""
                case .owner: installation.owner = facts.owner ?? ""
                case .emergencyPlan: installation.emergencyPlan = facts.emergencyPlan ?? ""
                default: installation.notes = facts.notes ?? ""
                }
            } catch {
                row.tell("\(quoted(cell.value)): \(error.message)", column, reader, &diagnostics)
            }
        }
    }

    /// Makes sure that the files of a new installation can ever be delivered. What its templates miss, the fields'
    /// checks have told.
    mutating func checkPlaces(_ new: InstallationColumns, _ profiled: SheetRules.Profiled, _ row: SheetRow) {
        let descriptor = profiled.descriptor
        guard descriptor.site.allSatisfy({ !$0.required || new.site[$0.name] != nil }),
            descriptor.identity.allSatisfy({ !$0.required || new.identity[$0.name] != nil })
        else { return }
        do throws(CallError) {
            _ = try InstallationValues(profile: profiled.profile, descriptor: descriptor)
                .templatePlaces(identity: new.identity, site: new.site)
        } catch {
            // With one place only, that is what is meant.
            let given = row.given.filter { if case .site = $0 { true } else { false } }
            row.tell(
                "can't be delivered to: \(error.message)", given.count == 1 ? given[0] : .installation, reader,
                &diagnostics)
        }
    }
}
