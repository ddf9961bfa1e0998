import AdapterKit
import MarkedText
import MarkedYAML

/// The records of a vendor that knows each by two values: an account and one of its licenses.
struct RecordShelf<Record: EntitlementRecord>: Sendable {
    let records: [Record]
    /// By the bytes of the first value, then of the second: texts that Unicode takes for equal are two customers.
    private let places: [[UInt8]: [[UInt8]: Int]]

    init(_ records: [Record] = []) {
        self.records = records
        places = records.indices.reduce(into: [:]) { places, index in
            let identity = records[index].identity.map { Array($0.value.utf8) }
            places[identity[0], default: [:]][identity[1]] = index
        }
    }

    /// How many accounts there are, however many licenses each has.
    var count: Int { places.count }

    /// Where the licenses of an account stand, by the bytes of their second value; nil where there is no such account.
    func licenses(of account: [UInt8]) -> [[UInt8]: Int]? { places[account] }

    /// How a vendor's section of the book is read.
    ///
    /// - Parameters:
    ///   - record: How an entry is read.
    ///   - advice: What to do where two entries have one identity.
    static func shape(of record: Shape<Record>, advice: String) -> Shape<RecordShelf> {
        Shape<RecordShelf> { node, diagnostics in
            let entries = Shape<[Marked<Record>]>.list(of: .marked(record)).read(node, into: &diagnostics)
            guard let entries else { return nil }
            var places: [[[UInt8]]: Mark] = [:]
            for entry in entries {
                let identity = entry.value.identity
                if let first = places.updateValue(entry.mark, forKey: identity.map { Array($0.value.utf8) }) {
                    diagnostics.error(
                        "a second entry has \(identity.map(\.name).joined(separator: " and ")) of the one on line "
                            + "\(first.line)", at: entry.mark, help: advice)
                }
            }
            return RecordShelf(entries.map(\.value))
        }
    }
}
