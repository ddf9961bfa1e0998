import AdapterKit
import ArgumentParser
import GatewayAPI
import GatewayCore

/// `gatehouse status`.
struct StatusCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "status",
        abstract: "How installations stand, soonest loss of full access first.",
        discussion: """
            --at only ever reads: it answers for any day. A date without a time is the first instant of that day in \
            each customer's own time zone.
            """)

    @Option(help: "Only this customer's.")
    var customer: String?

    @Option(help: "Only at this level; repeatable.")
    var level: [Level] = []

    @Option(help: ArgumentHelp("When: a date, or an RFC 3339 time.", valueName: "date"))
    var at: PointInTime = .now

    @OptionGroup var options: GlobalOptions

    func run() async throws {
        let (rows, archived) = try await options.withGateway { gateway, caller in
            let rows = try await gateway.perform(Status(customer: customer, levels: level, at: at), by: caller)
            return (rows, try await ArchivedCustomer(customer, isEmpty: rows.isEmpty, gateway, caller))
        }
        if options.json {
            await StatusJSON.write(rows)
        } else if let archived {
            Console.print(archived.text)
        } else if rows.isEmpty {
            Console.print(level.isEmpty ? "No installations yet: gatehouse installations add --help" : "None.")
        } else {
            await Table.print(Self.tables(rows), width: Console.width, color: Console.hasColor)
        }
    }

    /// How many rows are put into one part of the table.
    private static let chunk = 4096

    /// The table in parts, which are made side by side.
    private static func tables(_ rows: StatusList) async -> [Table] {
        let chunks = stride(from: 0, to: rows.count, by: chunk).map { $0..<min($0 + chunk, rows.count) }
        var tables: [Table] = []
        await SideBySide.make(chunks) {
            table(rows, $0)
        } _: {
            tables.append($0)
        }
        return tables
    }

    /// The table of all rows.
    static func table(_ rows: StatusList) -> Table { table(rows, 0..<rows.count) }

    private static func table(_ rows: StatusList, _ range: Range<Int>) -> Table {
        var table = Table("customer", "installation", "product", "level", "label", "seats", "next change", "message")
        table.reserve(rows: range.count)
        var zones = DisplayZones()
        rows.withRows(range) { row in add(row, to: &table, zones: &zones) }
        return table
    }

    private static func add(_ row: UnsafePointer<StatusRow>, to table: inout Table, zones: inout DisplayZones) {
        func cell(_ text: String, _ style: Table.Style? = nil) {
            table.put(text)
            table.endCell(style)
        }
        cell(row.pointee.customer)
        cell(row.pointee.installation)
        cell(row.pointee.product.isEmpty ? "?" : row.pointee.product)
        cell(row.pointee.level.rawValue, row.pointee.level.style)
        table.put(row.pointee.label)
        if row.pointee.isUnverified { table.put(", unverified") }
        table.endCell()
        var separator = ""
        for pool in row.pointee.seats.pools {
            table.put(separator)
            table.put(pool.count)
            table.put(" ")
            table.put(pool.name)
            separator = ", "
        }
        cell(separator.isEmpty ? "–" : "")
        if let until = row.pointee.until {
            table.put(zones.zone(row.pointee.timeZone).localDay(of: until))
            table.endCell()
        } else {
            cell("–")
        }
        separator = ""
        for message in row.pointee.messages {
            table.put(separator)
            table.put(message)
            separator = " "
        }
        table.endCell()
    }
}

/// The time zones that days are shown in, each looked up once.
private struct DisplayZones {
    private let database = ZoneDatabase()
    private var zones: [String: Zone] = [:]
    private var latest = Zone.utc

    /// The zone of a name; UTC where this machine does not know it.
    mutating func zone(_ name: String) -> Zone {
        if latest.name == name { return latest }
        latest = zones[name] ?? (try? database.zone(named: name)) ?? .utc
        zones[name] = latest
        return latest
    }
}
