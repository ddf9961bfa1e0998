import AdapterKit
import Foundation
import GatewayAPI

/// Writes standings as a JSON array of objects, straight to bytes: a portfolio has a hundred thousand of them, and
/// `JSONEncoder` would take longer than everything else together.
enum StatusJSON {
    /// How many rows are made into text by one task.
    private static let chunk = 2048

    /// Writes the rows to standard output, one object a line. Several chunks are made side by side.
    static func write(_ rows: StatusList) async {
        Console.write([UInt8(ascii: "[")])
        let chunks = stride(from: 0, to: rows.count, by: chunk).map { $0..<min($0 + chunk, rows.count) }
        await SideBySide.write(chunks) { text(rows, $0) }
        Console.write(Array((rows.isEmpty ? "]\n" : "\n]\n").utf8))
    }

    /// The objects of some of the rows, each but the very first with a comma before it.
    static func text(_ rows: StatusList, _ range: Range<Int>) -> [UInt8] {
        var room = 0
        rows.withRows(range) { room += JSONPen.room(for: $0) }
        return [UInt8](unsafeUninitializedCapacity: room) { buffer, count in
            guard let start = buffer.baseAddress else { return }
            var pen = JSONPen(start)
            var isFirst = range.lowerBound == 0
            rows.withRows(range) { row in
                pen.put(isFirst ? "\n" : ",\n")
                isFirst = false
                pen.put(row)
            }
            count = pen.position - start
        }
    }
}

/// Writes rows into memory that has room for them.
private struct JSONPen {
    private(set) var position: UnsafeMutablePointer<UInt8>
    private var products = ProductTexts()
    private var instants = InstantPen()

    init(_ start: UnsafeMutablePointer<UInt8>) { position = start }

    /// The most bytes that a row takes: its names, marks and times, and each byte of its texts as `\u0000`.
    static func room(for row: UnsafePointer<StatusRow>) -> Int {
        var texts = row.pointee.customer.utf8.count + row.pointee.installation.utf8.count
        texts += row.pointee.product.utf8.count + row.pointee.profile.utf8.count + row.pointee.protocolName.utf8.count
        texts += row.pointee.label.utf8.count + row.pointee.timeZone.utf8.count
        for message in row.pointee.messages { texts += message.utf8.count + 1 }
        var fixed = 456
        for pool in row.pointee.seats.pools {
            texts += pool.name.utf8.count
            fixed += 24
        }
        return 6 * texts + fixed
    }

    mutating func put(_ row: UnsafePointer<StatusRow>) {
        put("{\"customer\":")
        put(text: row.pointee.customer)
        put(",\"installation\":")
        put(text: row.pointee.installation)
        let start = position
        if let known = products.known(row) {
            known.withUnsafeBufferPointer { bytes in
                if let first = bytes.baseAddress { position.update(from: first, count: bytes.count) }
            }
            position += known.count
        } else {
            put(",\"product\":")
            put(text: row.pointee.product)
            put(",\"profile\":")
            put(text: row.pointee.profile)
            put(",\"protocol\":")
            put(text: row.pointee.protocolName)
            products.keep(row, UnsafeBufferPointer(start: start, count: position - start))
        }
        put(",\"level\":")
        put(text: row.pointee.level.rawValue)
        put(",\"label\":")
        put(text: row.pointee.label)
        put(",\"access\":")
        put(text: row.pointee.access.rawValue)
        put(",\"messages\":[")
        var isFirst = true
        for message in row.pointee.messages {
            if !isFirst { put(",") }
            isFirst = false
            put(text: message)
        }
        put("],\"until\":")
        put(row.pointee.until)
        put(",\"fullUntil\":")
        put(row.pointee.fullUntil)
        put(",\"refreshDue\":")
        put(row.pointee.refreshDue)
        put(",\"lastContact\":")
        put(row.pointee.lastContact)
        put(",\"seats\":{")
        isFirst = true
        for pool in row.pointee.seats.pools {
            if !isFirst { put(",") }
            isFirst = false
            put(text: pool.name)
            put(":")
            put(number: pool.count)
        }
        put("},\"timeZone\":")
        put(text: row.pointee.timeZone)
        put(row.pointee.isUnverified ? ",\"unverified\":true}" : ",\"unverified\":false}")
    }

    mutating func put(_ text: StaticString) {
        let count = text.utf8CodeUnitCount
        position.update(from: text.utf8Start, count: count)
        position += count
    }

    private mutating func put(byte: UInt8) {
        position.pointee = byte
        position += 1
    }

    private mutating func put(_ instant: Instant?) {
        guard let instant else { return put("null") }
        put(byte: UInt8(ascii: "\""))
        position += instants.write(instant, at: position)
        put(byte: UInt8(ascii: "\""))
    }

    private mutating func put(number: Int) {
        guard number >= 10 || number < 0 else { return put(byte: 48 + UInt8(number)) }
        guard number >= 100 || number < 0 else {
            put(byte: 48 + UInt8(number / 10))
            return put(byte: 48 + UInt8(number % 10))
        }
        for digit in String(number).utf8 { put(byte: digit) }
    }

    /// A string as RFC 8259 wants it: quotes, backslashes and control characters escaped. Most hold none of these,
    /// and go over as they are.
    private mutating func put(text: String) {
        put(byte: UInt8(ascii: "\""))
        let isPlain = text.utf8.withContiguousStorageIfAvailable { bytes in
            guard let first = bytes.baseAddress else { return true }
            position.update(from: first, count: bytes.count)
            guard Self.isPlain(position, bytes.count) else { return false }
            position += bytes.count
            return true
        }
        if isPlain != true { escape(text) }
        put(byte: UInt8(ascii: "\""))
    }

    /// Whether no byte needs an escape, eight at a time: a byte is less than `n`, or zero, where to take `n` or one from
    /// it borrows of its highest bit. It may say no of others, never yes where one does.
    private static func isPlain(_ text: UnsafeMutablePointer<UInt8>, _ count: Int) -> Bool {
        let ones: UInt64 = 0x0101_0101_0101_0101
        let raw = UnsafeRawPointer(text)
        var found: UInt64 = 0
        var index = 0
        while index + 8 <= count {
            let word = raw.loadUnaligned(fromByteOffset: index, as: UInt64.self)
            let (quotes, backslashes) = (word ^ (ones &* 0x22), word ^ (ones &* 0x5C))
            found |= (word &- ones &* 0x20) & ~word
            found |= (quotes &- ones) & ~quotes | (backslashes &- ones) & ~backslashes
            index += 8
        }
        var needsEscape = found & (ones &* 0x80) != 0
        while index < count {
            let byte = text[index]
            needsEscape = needsEscape || byte < 0x20 || byte == 0x22 || byte == 0x5C
            index += 1
        }
        return !needsEscape
    }

    private mutating func escape(_ text: String) {
        for byte in text.utf8 {
            switch byte {
            case UInt8(ascii: "\""), UInt8(ascii: "\\"):
                put(byte: UInt8(ascii: "\\"))
                put(byte: byte)
            case 0x0A: put("\\n")
            case 0x09: put("\\t")
            case 0x0D: put("\\r")
            case 0..<0x20:
                put("\\u00")
                put(byte: byte < 16 ? UInt8(ascii: "0") : UInt8(ascii: "1"))
                put(byte: "0123456789abcdef".utf8.dropFirst(Int(byte & 15)).first ?? UInt8(ascii: "0"))
            default: put(byte: byte)
            }
        }
    }
}

/// What rows of one profile have in common, as JSON. Found by the very bits of their strings, which refer to the same
/// text then: so it is neither escaped anew, nor does one thread wait to count a reference that another counts too.
private struct ProductTexts {
    private struct Known {
        /// Kept, so that their memory is nobody else's meanwhile.
        var product, profile, protocolName: String
        var json: [UInt8]
    }

    private var known: [Known] = []
    private var next = 0
    private let offsets = [
        MemoryLayout<StatusRow>.offset(of: \.product), MemoryLayout<StatusRow>.offset(of: \.profile),
        MemoryLayout<StatusRow>.offset(of: \.protocolName),
    ].compactMap { $0 }

    /// How many are kept at most.
    private static let limit = 4

    func known(_ row: UnsafePointer<StatusRow>) -> [UInt8]? {
        let row = UnsafeRawPointer(row)
        let size = MemoryLayout<String>.size
        let index = known.withUnsafeBytes { kept in
            known.indices.first { index in
                guard let kept = kept.baseAddress.map({ $0 + index * MemoryLayout<Known>.stride }), offsets.count == 3
                else { return false }
                return memcmp(row + offsets[0], kept, size) == 0 && memcmp(row + offsets[1], kept + size, size) == 0
                    && memcmp(row + offsets[2], kept + 2 * size, size) == 0
            }
        }
        return index.map { known[$0].json }
    }

    mutating func keep(_ row: UnsafePointer<StatusRow>, _ json: UnsafeBufferPointer<UInt8>) {
        let new = Known(
            product: row.pointee.product, profile: row.pointee.profile, protocolName: row.pointee.protocolName,
            json: Array(json))
        if known.count < Self.limit {
            known.append(new)
        } else {
            known[next] = new
            next = (next + 1) % Self.limit
        }
    }
}
