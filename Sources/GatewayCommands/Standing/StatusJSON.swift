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
        let width = max(1, ProcessInfo.processInfo.activeProcessorCount)
        for start in stride(from: 0, to: chunks.count, by: width) {
            let batch = chunks[start..<min(start + width, chunks.count)]
            let texts = await withTaskGroup(of: (Int, [UInt8]).self) { tasks in
                for (number, range) in batch.enumerated() { tasks.addTask { (number, text(rows, range)) } }
                var texts = batch.map { _ in [UInt8]() }
                for await (number, text) in tasks { texts[number] = text }
                return texts
            }
            for text in texts { Console.write(text) }
        }
        Console.write(Array((rows.isEmpty ? "]\n" : "\n]\n").utf8))
    }

    /// The objects of some of the rows, each but the very first with a comma before it.
    static func text(_ rows: StatusList, _ range: Range<Int>) -> [UInt8] {
        var bytes: [UInt8] = []
        bytes.reserveCapacity(range.count * 512)
        var isFirst = range.lowerBound == 0
        rows.withRows(range) { row in
            bytes += isFirst ? "\n".utf8 : ",\n".utf8
            isFirst = false
            append(row.pointee, to: &bytes)
        }
        return bytes
    }

    static func append(_ row: borrowing StatusRow, to bytes: inout [UInt8]) {
        bytes += "{\"customer\":".utf8
        append(row.customer, to: &bytes)
        bytes += ",\"installation\":".utf8
        append(row.installation, to: &bytes)
        bytes += ",\"product\":".utf8
        append(row.product, to: &bytes)
        bytes += ",\"profile\":".utf8
        append(row.profile, to: &bytes)
        bytes += ",\"protocol\":".utf8
        append(row.protocolName, to: &bytes)
        bytes += ",\"level\":".utf8
        append(row.level.rawValue, to: &bytes)
        bytes += ",\"label\":".utf8
        append(row.label, to: &bytes)
        bytes += ",\"access\":".utf8
        append(row.access.rawValue, to: &bytes)
        bytes += ",\"messages\":[".utf8
        for (index, message) in row.messages.enumerated() {
            if index > 0 { bytes.append(UInt8(ascii: ",")) }
            append(message, to: &bytes)
        }
        bytes += "],\"until\":".utf8
        append(row.until, to: &bytes)
        bytes += ",\"fullUntil\":".utf8
        append(row.fullUntil, to: &bytes)
        bytes += ",\"refreshDue\":".utf8
        append(row.refreshDue, to: &bytes)
        bytes += ",\"lastContact\":".utf8
        append(row.lastContact, to: &bytes)
        bytes += ",\"seats\":{".utf8
        for (index, pool) in row.seats.pools.enumerated() {
            if index > 0 { bytes.append(UInt8(ascii: ",")) }
            append(pool.name, to: &bytes)
            bytes.append(UInt8(ascii: ":"))
            bytes += String(pool.count).utf8
        }
        bytes += "}}".utf8
    }

    private static func append(_ instant: Instant?, to bytes: inout [UInt8]) {
        guard let instant else {
            bytes += "null".utf8
            return
        }
        bytes.append(UInt8(ascii: "\""))
        instant.write(to: &bytes)
        bytes.append(UInt8(ascii: "\""))
    }

    /// A string as RFC 8259 wants it: quotes, backslashes and control characters escaped. Most hold none of these,
    /// and go over as they are.
    static func append(_ text: String, to bytes: inout [UInt8]) {
        bytes.append(UInt8(ascii: "\""))
        let plain = text.utf8.withContiguousStorageIfAvailable { utf8 in
            guard utf8.allSatisfy({ $0 >= 0x20 && $0 != UInt8(ascii: "\"") && $0 != UInt8(ascii: "\\") }) else {
                return false
            }
            bytes.append(contentsOf: utf8)
            return true
        }
        if plain != true { escape(text, to: &bytes) }
        bytes.append(UInt8(ascii: "\""))
    }

    private static func escape(_ text: String, to bytes: inout [UInt8]) {
        for byte in text.utf8 {
            switch byte {
            case UInt8(ascii: "\""), UInt8(ascii: "\\"):
                bytes.append(UInt8(ascii: "\\"))
                bytes.append(byte)
            case 0x0A: bytes += "\\n".utf8
            case 0x09: bytes += "\\t".utf8
            case 0x0D: bytes += "\\r".utf8
            case 0..<0x20: bytes += "\\u00\(byte < 16 ? "0" : "1")\(String(byte & 15, radix: 16))".utf8
            default: bytes.append(byte)
            }
        }
    }
}
