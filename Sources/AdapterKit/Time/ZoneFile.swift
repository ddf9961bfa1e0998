/// Reads compiled zone data: TZif, RFC 9636. Every count is checked against the bytes that are there.
struct ZoneFile {
    private let name: String
    private let bytes: [UInt8]
    private var position = 0

    /// The largest file taken: those of the system have less than 4 kB.
    static let greatestSize = 262_144

    static func table(name: String, bytes: [UInt8]) throws(ZoneError) -> ZoneTable {
        var file = ZoneFile(name: name, bytes: bytes)
        return try file.read()
    }

    private init(name: String, bytes: [UInt8]) {
        self.name = name
        self.bytes = bytes
    }

    private struct Header {
        var version: UInt8
        var utIndicators: Int
        var standardIndicators: Int
        var leapSeconds: Int
        var times: Int
        var types: Int
        var characters: Int

        func size(timeSize: Int) -> Int {
            times * (timeSize + 1) + types * 6 + characters + leapSeconds * (timeSize + 4)
                + standardIndicators + utIndicators
        }
    }

    private mutating func read() throws(ZoneError) -> ZoneTable {
        guard bytes.count <= Self.greatestSize else { throw error("it is larger than any zone's") }
        let old = try header()
        guard old.version >= UInt8(ascii: "2") else {
            throw error("it is of TZif version 1, which ends in 2037; version 2 or later is needed")
        }
        try skip(old.size(timeSize: 4))
        let header = try header()
        guard header.leapSeconds == 0 else {
            throw error("it counts leap seconds (a zone under \"right/\"), which the system's clock does not")
        }
        guard header.types >= 1 else { throw error("it has no local time") }
        guard header.size(timeSize: 8) <= bytes.count - position else { throw error("it is cut short") }

        var times: [Int] = []
        times.reserveCapacity(header.times)
        for _ in 0..<header.times { times.append(try integer(8)) }
        let kinds = bytes[position..<position + header.times]
        try skip(header.times)
        var offsets: [Int] = []
        for _ in 0..<header.types {
            let offset = try integer(4)
            // The bounds of RFC 9636, section 3.2.
            guard offset > -90_000, offset < 93_600 else { throw error("an offset from UTC is out of range") }
            offsets.append(offset)
            try skip(2)
        }
        try skip(header.characters + header.standardIndicators + header.utIndicators)

        var changes: [(at: Int, offset: Int)] = []
        changes.reserveCapacity(header.times + ZoneRule.years * 2)
        for (time, kind) in zip(times, kinds) {
            guard Int(kind) < offsets.count else { throw error("a change names a local time that is not there") }
            guard changes.last.map({ $0.at < time }) ?? true else { throw error("its changes are out of order") }
            changes.append((time, offsets[Int(kind)]))
        }
        return try table(changes: changes, first: offsets[0], rule: try footer())
    }

    /// The table with the footer's rule carried on from the last change for 400 years and a margin.
    private func table(
        changes: [(at: Int, offset: Int)], first: Int, rule: ZoneRule?
    ) throws(ZoneError) -> ZoneTable {
        guard let rule else { return ZoneTable(name: name, changes: changes, first: first, end: Int.max) }
        var changes = changes
        guard let summer = rule.summer else {
            // Times before a footer's own are the file's; a file without changes is the footer alone.
            let offset = rule.standard
            guard changes.last.map({ $0.offset == offset }) ?? (first == offset) else {
                throw error("its rule (the last line) contradicts its last change")
            }
            return ZoneTable(name: name, changes: changes, first: first, end: Int.max)
        }
        let last = changes.last?.at ?? Int.min
        let year = last < Self.rulesBegin ? 1900 : LocalDay(number: last / ZoneTable.day).components.year
        guard year <= 3000 else { throw error("its last change lies too far ahead") }
        var expanded: [(at: Int, offset: Int)] = []
        for year in year..<year + ZoneRule.years {
            expanded.append((summer.begins.second(year: year) - rule.standard, summer.offset))
            expanded.append((summer.ends.second(year: year) - summer.offset, rule.standard))
        }
        // A rule may end one year's summer time at the very instant at which the next one's begins: the later
        // entry, the beginning, then counts.
        let ordered = expanded.enumerated().sorted { ($0.element.at, $0.offset) < ($1.element.at, $1.offset) }
        for (_, change) in ordered where change.at > last {
            if changes.last?.at == change.at { changes.removeLast() }
            changes.append(change)
        }
        guard let newYear = LocalDay(year: year + ZoneRule.years - 2, month: 1, day: 1) else {
            throw error("its last change lies too far ahead")
        }
        return ZoneTable(name: name, changes: changes, first: first, end: newYear.number * ZoneTable.day)
    }

    /// 1900-01-01: a file with a rule and no later change has its rule expanded from there.
    private static let rulesBegin = -25_567 * ZoneTable.day

    private mutating func footer() throws(ZoneError) -> ZoneRule? {
        guard position < bytes.count, bytes[position] == UInt8(ascii: "\n"),
            let end = bytes[(position + 1)...].firstIndex(of: UInt8(ascii: "\n"))
        else { throw error("its last line is missing") }
        let text = bytes[position + 1..<end]
        if text.isEmpty { return nil }
        guard let rule = ZoneRule(text) else { throw error("its rule (the last line) can't be read") }
        return rule
    }

    private mutating func header() throws(ZoneError) -> Header {
        guard bytes.count - position >= 44 else { throw error("it is cut short") }
        guard bytes[position..<position + 4].elementsEqual("TZif".utf8) else {
            throw error("it is no compiled zone (TZif)")
        }
        let version = bytes[position + 4]
        try skip(20)
        return Header(
            version: version, utIndicators: try count(), standardIndicators: try count(), leapSeconds: try count(),
            times: try count(), types: try count(), characters: try count())
    }

    private mutating func count() throws(ZoneError) -> Int {
        let value = try integer(4)
        guard value >= 0, value <= Self.greatestSize else { throw error("it counts more than it holds") }
        return value
    }

    /// A signed integer of so many bytes, most significant first.
    private mutating func integer(_ size: Int) throws(ZoneError) -> Int {
        guard bytes.count - position >= size else { throw error("it is cut short") }
        var value = Int(Int8(bitPattern: bytes[position]))
        for byte in bytes[position + 1..<position + size] { value = value << 8 | Int(byte) }
        position += size
        return value
    }

    private mutating func skip(_ size: Int) throws(ZoneError) {
        guard size >= 0, size <= bytes.count - position else { throw error("it is cut short") }
        position += size
    }

    private func error(_ reason: String) -> ZoneError { ZoneError(zone: name, reason: reason) }
}
