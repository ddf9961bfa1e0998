import AdapterKit

/// What takes the cells of a table, row by row: a ``Table`` keeps them; for the hundred thousand rows of a portfolio they
/// are measured first and written then, and kept by nobody.
protocol CellSink {
    /// Appends to the cell that is not ended yet.
    mutating func put(bytes: UnsafeBufferPointer<UInt8>)

    /// Ends the cell whose text was put: the next one stands in the next column, or in the next row.
    mutating func endCell(_ style: Table.Style?)
}

extension CellSink {
    mutating func endCell() { endCell(nil) }

    mutating func put(_ text: String) {
        // Growing an array by a string's own bytes takes them one at a time.
        if text.utf8.withContiguousStorageIfAvailable({ put(bytes: $0) }) == nil {
            Array(text.utf8).withUnsafeBufferPointer { put(bytes: $0) }
        }
    }

    mutating func put(_ number: Int) {
        guard (0..<100).contains(number) else { return put(String(number)) }
        withUnsafeTemporaryAllocation(of: UInt8.self, capacity: 2) { digits in
            digits[0] = 48 + UInt8(number / 10)
            digits[1] = 48 + UInt8(number % 10)
            put(bytes: UnsafeBufferPointer(rebasing: digits[(number < 10 ? 1 : 0)...]))
        }
    }

    mutating func put(_ day: LocalDay) {
        withUnsafeTemporaryAllocation(of: UInt8.self, capacity: LocalDay.textLength) { text in
            guard let start = text.baseAddress else { return }
            put(bytes: UnsafeBufferPointer(start: start, count: day.write(at: start)))
        }
    }
}

/// How wide the columns of a table are, and how many bytes the longest cell of each has.
struct MeasuredCells: CellSink {
    private(set) var widths: [Int]
    private(set) var longest: [Int]
    private var column = 0
    /// Of the cell that is not ended yet: how much of it is ASCII at its beginning, a byte a column, and the rest.
    private var plain = 0
    private var rest: [UInt8] = []

    /// - Parameter columns: How many there are.
    init(columns: Int) {
        widths = Array(repeating: 0, count: columns)
        longest = widths
    }

    /// The bytes that the cells of a row have at most.
    var bytesOfRow: Int { longest.reduce(0, +) }

    /// What is measured beside it.
    mutating func add(_ other: MeasuredCells) {
        widths = zip(widths, other.widths).map(max)
        longest = zip(longest, other.longest).map(max)
    }

    mutating func put(bytes: UnsafeBufferPointer<UInt8>) {
        if rest.isEmpty, CellText.isPlain(bytes) {
            plain += bytes.count
        } else {
            rest.append(contentsOf: bytes)
        }
    }

    mutating func endCell(_ style: Table.Style?) {
        var width = plain
        longest[column] = max(longest[column], plain + rest.count)
        if !rest.isEmpty {
            width += rest.withUnsafeMutableBufferPointer { CellText.flatten($0) }
            rest.removeAll(keepingCapacity: true)
        }
        plain = 0
        if widths[column] < width { widths[column] = width }
        column = column + 1 == widths.count ? 0 : column + 1
    }
}

/// Writes cells side by side, straight to memory that has room for them. Nothing stands behind the last text of a line.
struct LineCells: CellSink {
    private let widths: [Int]
    private let color: Bool
    private let limit: UnsafeMutablePointer<UInt8>
    private var end: UnsafeMutablePointer<UInt8>
    private var cell: UnsafeMutablePointer<UInt8>
    private var column = 0
    /// The columns to leave before the next text.
    private var gap = 0

    /// Lines of cells that were measured.
    ///
    /// - Parameters:
    ///   - widths: How wide each column is.
    ///   - rows: How many rows come at most.
    ///   - bytes: How many bytes their cells have together, at most.
    static func lines(
        _ widths: [Int], rows: Int, bytes: Int, color: Bool, _ put: (inout LineCells) -> Void
    ) -> [UInt8] {
        let padding = widths.dropLast().reduce(1) { $0 + $1 + 2 }
        let room = bytes + rows * (padding + (color ? widths.count * colorRoom : 0))
        return [UInt8](unsafeUninitializedCapacity: room) { lines, count in
            guard let start = lines.baseAddress else { return }
            var cells = LineCells(widths, color, start, limit: start + room)
            put(&cells)
            count = cells.end - start
        }
    }

    private init(
        _ widths: [Int], _ color: Bool, _ start: UnsafeMutablePointer<UInt8>, limit: UnsafeMutablePointer<UInt8>
    ) {
        self.widths = widths
        self.color = color
        self.limit = limit
        end = start
        cell = start
    }

    /// The most bytes that color adds to a cell.
    private static let colorRoom = 16

    mutating func put(bytes: UnsafeBufferPointer<UInt8>) {
        guard let first = bytes.baseAddress, !bytes.isEmpty else { return }
        if cell == end, gap > 0 {
            precondition(limit - end >= gap)
            end.update(repeating: UInt8(ascii: " "), count: gap)
            end += gap
            gap = 0
            cell = end
        }
        precondition(limit - end >= bytes.count)
        end.update(from: first, count: bytes.count)
        end += bytes.count
    }

    mutating func endCell(_ style: Table.Style?) {
        var width = 0
        if end > cell {
            width = CellText.flatten(UnsafeMutableBufferPointer(start: cell, count: end - cell))
            if color, let style { paint(style) }
        }
        gap += widths[column] - width + 2
        column += 1
        if column == widths.count {
            precondition(limit > end)
            end.pointee = UInt8(ascii: "\n")
            end += 1
            column = 0
            gap = 0
        }
        cell = end
    }

    /// Puts what turns a color on before the cell, and what turns it off behind it.
    private mutating func paint(_ style: Table.Style) {
        let (on, off) = (style.on, Table.Style.off)
        let count = end - cell
        precondition(limit - end >= on.count + off.count)
        (cell + on.count).update(from: cell, count: count)
        for (index, byte) in on.enumerated() { cell[index] = byte }
        end = cell + on.count + count
        for (index, byte) in off.enumerated() { end[index] = byte }
        end += off.count
    }
}
