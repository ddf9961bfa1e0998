import AdapterKit

/// How installations stand, in order, as they were worked out: in parts, side by side.
///
/// A portfolio has a hundred thousand rows: they stay where they were made, and the order refers to them. As JSON it is
/// an array of rows.
public struct StatusList: Codable, Hashable, Sendable, RandomAccessCollection {
    private var parts: [[StatusRow]]
    private var order: [Place]

    /// Where a row is.
    private struct Place: Hashable, Sendable {
        var part: Int32
        var row: Int32
    }

    /// The rows of all parts, soonest loss of full access first; those that lose it together in the order given.
    public init(parts: [[StatusRow]]) {
        self.parts = parts
        var keys: [(loss: Int64, place: Place)] = []
        keys.reserveCapacity(parts.reduce(0) { $0 + $1.count })
        for part in parts.indices {
            parts[part].withUnsafeBufferPointer { rows in
                for row in rows.indices {
                    keys.append((rows[row].loss, Place(part: Int32(part), row: Int32(row))))
                }
            }
        }
        keys.sort { ($0.loss, $0.place.part, $0.place.row) < ($1.loss, $1.place.part, $1.place.row) }
        order = keys.map(\.place)
    }

    /// The first position.
    public var startIndex: Int { 0 }
    /// The position behind the last.
    public var endIndex: Int { order.count }

    /// The row at a position; a copy.
    public subscript(position: Int) -> StatusRow {
        parts[Int(order[position].part)][Int(order[position].row)]
    }

    /// Hands over some of the rows where they are: each copied, with all its strings, would take longer than to write
    /// it. A pointer is good until `body` returns.
    public func withRows(_ range: Range<Int>, _ body: (UnsafePointer<StatusRow>) -> Void) {
        for place in order[range] {
            parts[Int(place.part)].withUnsafeBufferPointer { rows in
                if let first = rows.baseAddress { body(first + Int(place.row)) }
            }
        }
    }

    /// Reads an array of rows, in their order.
    public init(from decoder: any Decoder) throws {
        let rows = try [StatusRow](from: decoder)
        parts = [rows]
        order = rows.indices.map { Place(part: 0, row: Int32($0)) }
    }

    /// Writes an array of rows.
    public func encode(to encoder: any Encoder) throws {
        var container = encoder.unkeyedContainer()
        for row in self { try container.encode(row) }
    }
}

extension StatusRow {
    /// When full access ends, in milliseconds; what was never licensed lost it before all others.
    fileprivate var loss: Int64 { fullUntil?.milliseconds ?? (access == .full ? Int64.max : Int64.min) }
}
