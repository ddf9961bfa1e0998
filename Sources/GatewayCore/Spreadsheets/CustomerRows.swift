import AdapterKit
import GatewayAPI
import GatewayStore
import MarkedCSV
import MarkedText

extension PortfolioImport {
    /// Checks a row's customer, and adds or changes it where the row is the first to say so.
    ///
    /// - Returns: Its ID; nil where the row names none.
    mutating func takeCustomer(_ row: SheetRow, _ batch: inout PortfolioBatch) throws -> String? {
        guard let cell = row[.customer] else {
            row.tell("is empty", .customer, help: "each row names its customer", reader, &diagnostics)
            return nil
        }
        let id = cell.value
        if let met = customers[id] {
            if !met.isBroken { checkAgrees(row, met) }
            return id
        }
        let errors = diagnostics.errorCount
        let stored = try batch.customer(id)
        let columns: CustomerColumns
        if let stored {
            columns = try take(row, existing: stored, &batch)
        } else {
            columns = try take(row, newCustomer: cell, &batch)
        }
        customers[id] = MetCustomer(
            columns: columns, line: row.line, isBroken: diagnostics.errorCount > errors)
        return id
    }

    /// A customer's columns stand in each of its rows, and say the same there.
    private mutating func checkAgrees(_ row: SheetRow, _ met: MetCustomer) {
        for (column, value) in Self.values(of: met.columns) {
            guard let cell = row[column], !(cell.clears ? value.isEmpty : cell.value == value) else { continue }
            row.tell(
                "is \(quoted(cell.value)), and in the row of line \(met.line) \(value.isEmpty ? "none" : quoted(value))",
                column, help: "a customer's columns say the same in all of its rows", reader, &diagnostics)
        }
    }

    private static func values(of customer: CustomerColumns) -> [(PortfolioColumn, String)] {
        [(.customerName, customer.name), (.timeZone, customer.timeZone), (.customerNotes, customer.notes)]
    }

    private mutating func take(
        _ row: SheetRow, newCustomer cell: SheetRow.Cell, _ batch: inout PortfolioBatch
    ) throws -> CustomerColumns {
        let id = cell.value
        check(id: cell, "customer", .customer, row)
        if !cell.isExact, let other = try Self.zeroed(id, { try batch.customer($0) != nil }) {
            row.tell(
                "\(quoted(id)) has lost the zeros that it begins with: there is \(quoted(other))", .customer,
                help: CellDamage.advice, reader, &diagnostics)
        }
        for column in [PortfolioColumn.customerName, .timeZone] where row[column] == nil || row[column]?.clears == true
        {
            row.tell(
                "is needed: the customer \(quoted(id)) is new", column,
                help: column == .timeZone
                    ? "give its IANA time zone, such as America/Toronto" : "give the name that people know", reader,
                &diagnostics)
        }
        var columns = CustomerColumns(id: id, name: "", timeZone: "", notes: "")
        for (column, _) in Self.values(of: columns) {
            guard let cell = row[column], !cell.clears else { continue }
            set(column, to: cell, of: &columns, row)
        }
        report.customers.added += 1
        note(.init(line: row.line, kind: .customer, id: id, isNew: true, values: []))
        if writes {
            try batch.add(
                columns, at: now,
                context.audit(
                    ImportPortfolio.name, customer: id, subject: id,
                    detail: "\(title), line \(row.line): added, time zone \(columns.timeZone)"))
        }
        return columns
    }

    private mutating func take(
        _ row: SheetRow, existing stored: CustomerColumns, _ batch: inout PortfolioBatch
    ) throws -> CustomerColumns {
        if stored.isArchived {
            row.tell(
                "\(quoted(stored.id)) is archived", .customer,
                help: "`gatehouse customers archive \(stored.id) --undo` brings it back", reader, &diagnostics)
        }
        var columns = stored
        var values: [PortfolioImportReport.Change.Value] = []
        var notes = EditNotes()
        for (column, was) in Self.values(of: stored) {
            guard let cell = row[column] else { continue }
            let wanted = cell.clears ? "" : cell.value
            guard !wanted.utf8.elementsEqual(was.utf8) else { continue }
            guard call.update else {
                row.tell(
                    "is \(quoted(wanted)), and on record \(was.isEmpty ? "none" : quoted(was))", column,
                    help: "--update changes what is on record", reader, &diagnostics)
                continue
            }
            guard !cell.clears || column == .customerNotes else {
                row.tell("can't be cleared", column, reader, &diagnostics)
                continue
            }
            set(column, to: cell, of: &columns, row)
            values.append(.init(column: column.title, was: was, now: wanted))
            if column.mayNamePeople {
                notes.addHidden(column.title, was, wanted)
            } else {
                notes.add(column.title, was, wanted)
            }
        }
        guard !values.isEmpty else {
            report.customers.unchanged += 1
            return columns
        }
        report.customers.changed += 1
        note(.init(line: row.line, kind: .customer, id: stored.id, isNew: false, values: values))
        if writes {
            try batch.update(
                columns,
                context.audit(
                    ImportPortfolio.name, customer: stored.id, subject: stored.id,
                    detail: "\(title), line \(row.line): \(notes.text)"))
        }
        return columns
    }

    /// Takes over a customer's value; what is wrong with it is told.
    private mutating func set(
        _ column: PortfolioColumn, to cell: SheetRow.Cell, of customer: inout CustomerColumns, _ row: SheetRow
    ) {
        let value = cell.clears ? "" : cell.value
        do throws(CallError) {
            switch column {
            case .customerName: customer.name = try RecordedText.name(value, "A customer's name")
            case .customerNotes: customer.notes = try RecordedText.text(value, "Notes")
            default:
                customer.timeZone = value
                if let problem = rules.problem(withZone: value) {
                    row.tell("\(quoted(value)): \(problem)", column, reader, &diagnostics)
                }
            }
        } catch {
            row.tell("\(quoted(value)): \(error.message)", column, reader, &diagnostics)
        }
    }

    /// Checks an ID that is new.
    mutating func check(id cell: SheetRow.Cell, _ kind: String, _ column: PortfolioColumn, _ row: SheetRow) {
        if !cell.isExact, let damage = CellDamage.problem(with: cell.value) {
            row.tell("\(quoted(cell.value)) \(damage)", column, help: CellDamage.advice, reader, &diagnostics)
        } else if ChosenID.problem(with: cell.value, kind: kind) != nil {
            row.tell(
                "\(quoted(cell.value)) is no ID", column,
                help: "1 to 64 lower-case letters, digits, dots, hyphens and underscores, beginning with a letter, a "
                    + "digit or an underscore", reader, &diagnostics)
        }
    }

    /// The ID with zeros before it that there is, where a new one is all digits.
    static func zeroed(_ id: String, _ exists: (String) throws -> Bool) throws -> String? {
        guard id.utf8.allSatisfy(CellGuard.isDigit) else { return nil }
        var longer = id
        while longer.utf8.count < 20 {
            longer = "0" + longer
            if try exists(longer) { return longer }
        }
        return nil
    }
}
