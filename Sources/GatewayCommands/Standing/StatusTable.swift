import AdapterKit
import GatewayAPI
import GatewayCore

/// The table of standings. A portfolio has a hundred thousand rows: they are measured and then written, side by side on
/// all cores, and what stands in their cells is kept nowhere in between.
struct StatusTable: Sendable {
    let rows: StatusList

    /// How many rows are measured, or made into lines, at once.
    private static let chunk = 2048
    /// The bytes that a day may have more in its own zone than in UTC, where the year gets another digit.
    private static let spare = 2
    private static let headings = [
        "customer", "installation", "product", "level", "label", "seats", "next change", "message",
    ]

    /// Writes it to standard output.
    func print(width: Int?, color: Bool) async {
        var measured = MeasuredCells(columns: Self.headings.count)
        Self.addHeadings(to: &measured)
        var names: Set<String> = []
        let chunks = stride(from: 0, to: rows.count, by: Self.chunk).map { $0..<min($0 + Self.chunk, rows.count) }
        await SideBySide.make(chunks) { range in
            var (cells, zones) = (MeasuredCells(columns: Self.headings.count), DisplayZones())
            rows.withUnorderedRows(range) { Self.add($0, to: &cells, zones: &zones) }
            return (cells, zones.names)
        } _: { cells, zones in
            measured.add(cells)
            names.formUnion(zones)
        }
        let widths = measured.widths
        guard Table.fit(widths, in: width) else { return table().print(width: width, color: color) }
        let (zones, room) = (DisplayZones(names), measured.bytesOfRow + Self.spare)
        Console.write(LineCells.lines(widths, rows: 1, bytes: room, color: color) { Self.addHeadings(to: &$0) })
        await SideBySide.write(chunks) { range in
            LineCells.lines(widths, rows: range.count, bytes: range.count * room, color: color) { cells in
                var zones = zones.apart
                add(range, to: &cells, &zones)
            }
        }
    }

    /// The rows as a table that breaks what is too wide for a terminal.
    func table() -> Table {
        var table = Table(columns: Self.headings.count)
        table.reserve(rows: rows.count)
        Self.addHeadings(to: &table)
        var (measured, seen) = (MeasuredCells(columns: Self.headings.count), DisplayZones())
        add(0..<rows.count, to: &measured, &seen)
        var zones = DisplayZones(seen.names)
        add(0..<rows.count, to: &table, &zones)
        return table
    }

    private static func addHeadings(to cells: inout some CellSink) {
        for heading in headings {
            cells.put(heading.uppercased())
            cells.endCell(.faint)
        }
    }

    private func add(_ range: Range<Int>, to cells: inout some CellSink, _ zones: inout DisplayZones) {
        rows.withRows(range) { Self.add($0, to: &cells, zones: &zones) }
    }

    private static func add(
        _ row: UnsafePointer<StatusRow>, to cells: inout some CellSink, zones: inout DisplayZones
    ) {
        cells.put(row.pointee.customer)
        cells.endCell()
        cells.put(row.pointee.installation)
        cells.endCell()
        cells.put(row.pointee.product.isEmpty ? "?" : row.pointee.product)
        cells.endCell()
        cells.put(row.pointee.level.rawValue)
        cells.endCell(row.pointee.level.style)
        cells.put(row.pointee.label)
        if row.pointee.isUnverified { cells.put(", unverified") }
        cells.endCell()
        var separator = ""
        for pool in row.pointee.seats.pools {
            cells.put(separator)
            cells.put(pool.count)
            cells.put(" ")
            cells.put(pool.name)
            separator = ", "
        }
        if separator.isEmpty { cells.put("–") }
        cells.endCell()
        if let until = row.pointee.until {
            cells.put(zones.day(of: until, in: row))
        } else {
            cells.put("–")
        }
        cells.endCell()
        separator = ""
        for message in row.pointee.messages {
            cells.put(separator)
            cells.put(message)
            separator = " "
        }
        cells.endCell()
    }
}

/// The time zones that days are shown in, each looked up once: while rows are measured, their names are gathered.
private struct DisplayZones: Sendable {
    private(set) var names: Set<String> = []
    private var zones: [String: Zone] = [:]
    private var latest = ""
    private var zone = Zone.utc

    /// Gathers names, and takes every day as UTC has it.
    init() {}

    /// Zones that are known; UTC for those that this machine does not know.
    init(_ names: Set<String>) {
        let database = ZoneDatabase()
        for name in names { zones[name] = try? database.zone(named: name) }
    }

    /// The same in memory of their own, for a thread that goes through many rows beside another.
    var apart: DisplayZones {
        var copy = DisplayZones()
        copy.zones = zones.mapValues(\.apart)
        return copy
    }

    /// The day of an instant where a row's customer is.
    mutating func day(of instant: Instant, in row: UnsafePointer<StatusRow>) -> LocalDay {
        if latest != row.pointee.timeZone {
            latest = row.pointee.timeZone
            names.insert(latest)
            zone = zones[latest] ?? .utc
        }
        return zone.localDay(of: instant)
    }
}
