/// A walk along the audit trail's chain of hashes, record by record.
public struct AuditChain: Sendable {
    /// How many records follow upon each other.
    public private(set) var records = 0
    /// The hash of the last one; empty before the first.
    public private(set) var head = ""
    /// What is wrong with the first bad record; nil where all is well so far.
    public private(set) var problem: String?

    /// A walk that begins.
    public init() {}

    /// Goes on to the next record. After a bad one nothing more is looked at.
    public mutating func add(_ record: AuditRecord) {
        guard problem == nil else { return }
        if record.number != records + 1 {
            problem = "After record \(records) comes record \(record.number): some are missing."
        } else if record.previous != head {
            problem = "Record \(record.number) does not follow the one before it: one was changed."
        } else if record.computedHash() != record.hash {
            problem = "Record \(record.number) was changed: its hash is another."
        } else {
            records += 1
            head = record.hash
        }
    }
}
