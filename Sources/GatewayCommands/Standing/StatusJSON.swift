import AdapterKit
import GatewayAPI

/// Writes standings as a JSON array of objects, straight to bytes: a portfolio has a hundred thousand of them, and
/// `JSONEncoder` would take longer than everything else together.
enum StatusJSON {
    /// How many bytes are gathered before they are written.
    private static let chunk = 1 << 18

    /// Writes the rows to standard output, one object a line.
    static func write(_ rows: [StatusRow]) {
        var bytes: [UInt8] = []
        bytes.reserveCapacity(min(rows.count, 256) * 512 + chunk)
        bytes.append(UInt8(ascii: "["))
        // Through a pointer: a loop over the rows themselves would copy each, with all its strings.
        rows.withUnsafeBufferPointer { rows in
            for index in rows.indices {
                bytes += index == 0 ? "\n".utf8 : ",\n".utf8
                append(rows[index], to: &bytes)
                if bytes.count >= chunk {
                    Console.write(bytes)
                    bytes.removeAll(keepingCapacity: true)
                }
            }
        }
        bytes += rows.isEmpty ? "]\n".utf8 : "\n]\n".utf8
        Console.write(bytes)
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
