import AdapterKit

/// How installations stand, in order, as they were worked out: in parts, side by side.
///
/// A portfolio has a hundred thousand rows: they stay where they were made, and the order refers to them. As JSON it is
/// an array of rows.
public struct StatusList: Codable, Hashable, Sendable, RandomAccessCollection {
    private var parts: [[StatusRow]]
    private var order: [Place]

    /// Where a row is, and when it loses full access.
    fileprivate struct Place: Hashable, Sendable {
        var loss: Int64
        var part: Int32
        var row: Int32
    }

    /// Rows that were put in order beside others.
    public struct Part: Sendable {
        fileprivate let rows: [StatusRow]
        fileprivate let order: [Place]

        /// These rows, soonest loss of full access first; those that lose it together in the order given.
        public init(_ rows: [StatusRow]) {
            self.rows = rows
            order = rows.withUnsafeBufferPointer { rows in
                rows.indices.map { Place(loss: rows[$0].loss, part: 0, row: Int32($0)) }
                    .sorted { ($0.loss, $0.row) < ($1.loss, $1.row) }
            }
        }
    }

    /// The rows of all parts, soonest loss of full access first; those that lose it together in the order of the parts.
    public init(_ parts: [Part]) {
        self.parts = parts.map(\.rows)
        order = parts.first?.order ?? []
        for number in parts.indices.dropFirst() {
            order = Self.merged(order, parts[number].order, number: Int32(number))
        }
    }

    private static func merged(_ first: [Place], _ second: [Place], number: Int32) -> [Place] {
        var merged: [Place] = []
        merged.reserveCapacity(first.count + second.count)
        var rest = second[...]
        func take(_ place: Place) { merged.append(Place(loss: place.loss, part: number, row: place.row)) }
        for place in first {
            while let next = rest.first, next.loss < place.loss {
                take(next)
                rest.removeFirst()
            }
            merged.append(place)
        }
        for place in rest { take(place) }
        return merged
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

    /// Hands over some of the rows likewise, in no order but that in which they stand in memory, which is quicker where
    /// the order does not matter.
    public func withUnorderedRows(_ range: Range<Int>, _ body: (UnsafePointer<StatusRow>) -> Void) {
        var start = 0
        for part in parts {
            let here = range.clamped(to: start..<start + part.count)
            part.withUnsafeBufferPointer { rows in
                guard let first = rows.baseAddress else { return }
                for number in here where !here.isEmpty { body(first + (number - start)) }
            }
            start += part.count
        }
    }

    /// Reads an array of rows, in their order.
    public init(from decoder: any Decoder) throws {
        let rows = try [StatusRow](from: decoder)
        parts = [rows]
        order = rows.indices.map { Place(loss: rows[$0].loss, part: 0, row: Int32($0)) }
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
