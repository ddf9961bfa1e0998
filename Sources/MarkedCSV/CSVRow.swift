/// A row of a file: its cells' texts, and where each stands. One value is filled again and again.
public struct CSVRow: Sendable {
    struct Cell: Sendable {
        /// Where its text ends in ``CSVRow/text``; it begins where the one before it ends.
        var end: Int
        /// Its first line, from 1.
        var line: Int
        /// Where that line begins in the file.
        var lineStart: Int
        /// Where the cell begins in the file, with its quote.
        var start: Int
        /// Just behind the cell in the file.
        var sourceEnd: Int
    }

    /// The texts of all cells, one behind the other.
    var text: [UInt8] = []
    var cells: [Cell] = []
    /// The row's first line, from 1.
    public internal(set) var line = 0
    /// Whether the file ended with this row, without an end of the line behind it.
    public internal(set) var isCutOff = false

    /// An empty row, to be filled by ``CSVReader/next(_:_:)``.
    public init() {}

    /// How many cells there are.
    public var count: Int { cells.count }

    /// The bytes of a cell's text, in UTF-8; line breaks in it are line feeds. Empty beyond the last.
    public func bytes(_ index: Int) -> ArraySlice<UInt8> {
        guard index < cells.count else { return [] }
        return text[(index == 0 ? 0 : cells[index - 1].end)..<cells[index].end]
    }

    /// A cell's text; empty beyond the last.
    public func text(_ index: Int) -> String { String(decoding: bytes(index), as: UTF8.self) }

    /// Whether a cell holds nothing, or there is none.
    public func isEmpty(_ index: Int) -> Bool {
        guard index < cells.count else { return true }
        return cells[index].end == (index == 0 ? 0 : cells[index - 1].end)
    }

    /// Whether all cells hold nothing.
    public var isEmpty: Bool { text.isEmpty }

    mutating func begin(line: Int) {
        text.removeAll(keepingCapacity: true)
        cells.removeAll(keepingCapacity: true)
        self.line = line
        isCutOff = false
    }
}
