import AdapterKit
import Foundation

/// Makes IDs and nonces.
enum Identifiers {
    /// A UUIDv7 (RFC 9562, section 5.7): 48 bits of milliseconds, then random ones; in order of time as text.
    static func operation(at now: Instant) -> String {
        var bytes = randomBytes(16)
        let time = UInt64(max(0, now.milliseconds))
        for index in 0..<6 { bytes[index] = UInt8(truncatingIfNeeded: time >> UInt64(40 - 8 * index)) }
        bytes[6] = bytes[6] & 0x0F | 0x70
        bytes[8] = bytes[8] & 0x3F | 0x80
        let digits = Hex.encode(bytes).utf8
        return String(unsafeUninitializedCapacity: 36) { text in
            var place = 0
            for (index, digit) in digits.enumerated() {
                if [8, 12, 16, 20].contains(index) {
                    text[place] = UInt8(ascii: "-")
                    place += 1
                }
                text[place] = digit
                place += 1
            }
            return place
        }
    }

    /// 128 random bits in hexadecimal.
    static func nonce() -> String { Hex.encode(randomBytes(16)) }

    /// At most 256 random bytes, by one call of the system's cryptographic generator where it can be had.
    private static func randomBytes(_ count: Int) -> [UInt8] {
        var bytes = [UInt8](repeating: 0, count: count)
        if getentropy(&bytes, count) == 0 { return bytes }
        var generator = SystemRandomNumberGenerator()
        for index in bytes.indices { bytes[index] = generator.next() }
        return bytes
    }
}

/// Checks the IDs that people choose.
enum ChosenID {
    /// What is wrong with an ID; nil where nothing is.
    static func problem(with id: String, kind: String) -> String? {
        let plain = id.utf8.allSatisfy { byte in
            (97...122).contains(byte) || (48...57).contains(byte) || byte == UInt8(ascii: "-")
                || byte == UInt8(ascii: "_") || byte == UInt8(ascii: ".")
        }
        guard plain, (1...64).contains(id.utf8.count), let first = id.utf8.first, first != UInt8(ascii: "-"),
            first != UInt8(ascii: ".")
        else {
            return "The \(kind)'s ID \"\(id)\" must be 1 to 64 lower-case letters, digits, dots, hyphens and "
                + "underscores, beginning with a letter, a digit or an underscore."
        }
        return nil
    }
}
