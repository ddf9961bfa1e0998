/// The dates of an entitlement as one line of text, for a store's column: a listing reads them from there
/// without decoding the entitlement.
///
/// `expires=2027-01-31;lastContact=2026-01-01T10:00:00Z;+GL,General Ledger=2027-02-28`: the dates in the
/// order of their names, then the modules that have a date of their own, in the vendor's order. In names and
/// codes the bytes `% + , ; =` and control characters are written as `%` and two hexadecimal digits.
public enum DatesColumn {
    /// The line; empty for no dates.
    public static func text(dates: [String: DateValue], modules: [Entitlement.Module] = []) -> String {
        var bytes: [UInt8] = []
        for (name, value) in dates.sorted(by: { $0.key < $1.key }) {
            if !bytes.isEmpty { bytes.append(separator) }
            bytes.append(contentsOf: escaped(name))
            bytes.append(equals)
            append(value, to: &bytes)
        }
        for module in modules {
            guard let value = module.expires else { continue }
            if !bytes.isEmpty { bytes.append(separator) }
            bytes.append(plus)
            bytes.append(contentsOf: escaped(module.code))
            bytes.append(comma)
            bytes.append(contentsOf: escaped(module.name))
            bytes.append(equals)
            append(value, to: &bytes)
        }
        return String(decoding: bytes, as: UTF8.self)
    }

    /// The dates and modules of a line.
    ///
    /// - Throws: ``Malformed`` where the bytes are no such line.
    public static func values(
        _ column: some Collection<UInt8>
    ) throws(Malformed) -> (dates: [String: DateValue], modules: [Entitlement.Module]) {
        var dates: [String: DateValue] = [:]
        var modules: [Entitlement.Module] = []
        try scan(column) { entry in
            if let module = entry.module {
                modules.append(module)
            } else {
                dates[unescaped(entry.key)] = entry.value
            }
        }
        return (dates, modules)
    }

    /// A column's bytes that are not what ``DatesColumn`` writes.
    public struct Malformed: Error, Hashable, Sendable, CustomStringConvertible {
        /// The position of the entry, in bytes from 0.
        public let offset: Int

        /// Where the column can't be read.
        public var description: String {
            "The stored dates can't be read at byte \(offset + 1); refresh the installation to store them anew."
        }
    }

    struct Entry {
        /// The name as it is written, escapes included.
        let key: Slice<UnsafeBufferPointer<UInt8>>
        let value: DateValue

        /// The module that the entry tells of; nil where it tells of a date.
        var module: Entitlement.Module? {
            guard key.first == plus, let comma = key.firstIndex(of: comma) else { return nil }
            return Entitlement.Module(
                code: unescaped(key[(key.startIndex + 1)..<comma]), name: unescaped(key[(comma + 1)...]),
                expires: value)
        }

        var isModule: Bool { key.first == plus }
    }

    static func scan(_ column: some Collection<UInt8>, _ body: (Entry) -> Void) throws(Malformed) {
        let result: Malformed?? = column.withContiguousStorageIfAvailable { malformed(in: $0, body) }
        let found: Malformed? =
            switch result {
            case .some(let found): found
            case .none: Array(column).withUnsafeBufferPointer { malformed(in: $0, body) }
            }
        if let found { throw found }
    }

    private static func malformed(in bytes: UnsafeBufferPointer<UInt8>, _ body: (Entry) -> Void) -> Malformed? {
        var start = 0
        while start < bytes.count {
            var split = start
            while split < bytes.count, bytes[split] != equals, bytes[split] != separator { split += 1 }
            var end = split
            while end < bytes.count, bytes[end] != separator { end += 1 }
            let key = bytes[start..<split]
            guard split > start, split < end, let value = DateValue(reading: bytes[(split + 1)..<end]),
                key.first != plus || key.contains(comma)
            else { return Malformed(offset: start) }
            body(Entry(key: key, value: value))
            // A separator must be followed by another entry.
            if end + 1 == bytes.count { return Malformed(offset: end) }
            start = end + 1
        }
        return nil
    }

    private static let separator = UInt8(ascii: ";")
    private static let equals = UInt8(ascii: "=")
    private static let comma = UInt8(ascii: ",")
    private static let plus = UInt8(ascii: "+")
    private static let percent = UInt8(ascii: "%")

    private static func append(_ value: DateValue, to bytes: inout [UInt8]) {
        switch value {
        case .day(let day): bytes += day.description.utf8
        case .instant(let instant): bytes += instant.description.utf8
        }
    }

    static func escaped(_ name: String) -> [UInt8] {
        let digits = Array("0123456789ABCDEF".utf8)
        var bytes: [UInt8] = []
        for byte in name.utf8 {
            if byte < 32 || byte == 127 || [separator, equals, comma, plus, percent].contains(byte) {
                bytes += [percent, digits[Int(byte >> 4)], digits[Int(byte & 15)]]
            } else {
                bytes.append(byte)
            }
        }
        return bytes
    }

    private static func unescaped(_ bytes: Slice<UnsafeBufferPointer<UInt8>>) -> String {
        var plain: [UInt8] = []
        plain.reserveCapacity(bytes.count)
        var rest = bytes
        while let byte = rest.popFirst() {
            if byte == percent, let high = digit(rest.first), let low = digit(rest.dropFirst().first) {
                plain.append(high << 4 | low)
                rest = rest.dropFirst(2)
            } else {
                plain.append(byte)
            }
        }
        return String(decoding: plain, as: UTF8.self)
    }

    private static func digit(_ byte: UInt8?) -> UInt8? {
        switch byte {
        case let byte? where byte >= 48 && byte <= 57: byte - 48
        case let byte? where byte >= 65 && byte <= 70: byte - 55
        default: nil
        }
    }
}

extension CountdownRules {
    /// Fills the dates and modules of facts from a store's column; dates that no rule asks about are left out.
    ///
    /// - Throws: ``DatesColumn/Malformed``; the dates are then those before the mistake.
    public func read(_ column: some Collection<UInt8>, into facts: inout StandingFacts) throws(DatesColumn.Malformed) {
        for index in facts.values.indices { facts.values[index] = nil }
        if !facts.modules.isEmpty { facts.modules = [] }
        let keys = compiled.slotKeys
        try DatesColumn.scan(column) { entry in
            if entry.isModule {
                if let module = entry.module { facts.modules.append(module) }
            } else if let index = keys.firstIndex(where: { $0.elementsEqual(entry.key) }) {
                facts[DateSlot(index: index)] = entry.value
            }
        }
    }
}

extension DateValue {
    /// Reads what ``description`` writes: `2027-01-31`, `2026-01-01T10:00:00Z`, `2026-01-01T10:00:00.250Z`.
    fileprivate init?(reading bytes: Slice<UnsafeBufferPointer<UInt8>>) {
        let start = bytes.startIndex
        func number(_ from: Int, _ count: Int) -> Int? {
            var value = 0
            for index in start + from..<start + from + count {
                guard bytes[index] >= 48, bytes[index] <= 57 else { return nil }
                value = value * 10 + Int(bytes[index] - 48)
            }
            return value
        }
        func has(_ character: UInt8, _ position: Int) -> Bool { bytes[start + position] == character }
        let dash = UInt8(ascii: "-")
        let colon = UInt8(ascii: ":")
        guard bytes.count == 10 || bytes.count == 20 || bytes.count == 24, has(dash, 4), has(dash, 7),
            let year = number(0, 4), let month = number(5, 2), let dayOfMonth = number(8, 2),
            let day = LocalDay(year: year, month: month, day: dayOfMonth)
        else { return nil }
        if bytes.count == 10 {
            self = .day(day)
            return
        }
        guard has(UInt8(ascii: "T"), 10), has(colon, 13), has(colon, 16), has(UInt8(ascii: "Z"), bytes.count - 1),
            let hour = number(11, 2), hour < 24, let minute = number(14, 2), minute < 60,
            let second = number(17, 2), second < 60
        else { return nil }
        var fraction = 0
        if bytes.count == 24 {
            guard has(UInt8(ascii: "."), 19), let thousandths = number(20, 3) else { return nil }
            fraction = thousandths
        }
        let seconds = day.number * 86_400 + (hour * 60 + minute) * 60 + second
        self = .instant(Instant(milliseconds: Int64(seconds * 1000 + fraction)))
    }
}
