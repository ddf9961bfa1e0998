import AdapterKit

/// Makes IDs and nonces.
enum Identifiers {
    /// A UUIDv7 (RFC 9562, section 5.7): 48 bits of milliseconds, then random ones; in order of time as text.
    static func operation(at now: Instant) -> String {
        var bytes = randomBytes(16)
        let time = UInt64(max(0, now.milliseconds))
        for index in 0..<6 { bytes[index] = UInt8(truncatingIfNeeded: time >> UInt64(40 - 8 * index)) }
        bytes[6] = bytes[6] & 0x0F | 0x70
        bytes[8] = bytes[8] & 0x3F | 0x80
        var text = Hex.encode(bytes)[...].utf8
        var parted = ""
        parted.reserveCapacity(36)
        for length in [8, 4, 4, 4, 12] {
            if !parted.isEmpty { parted += "-" }
            parted += Substring(text.prefix(length))
            text = text.dropFirst(length)
        }
        return parted
    }

    /// 128 random bits in hexadecimal.
    static func nonce() -> String { Hex.encode(randomBytes(16)) }

    /// Random bytes, a multiple of 8 of them. The system's generator is cryptographic on every platform that Swift
    /// supports; it is asked for words, since each question is a system call.
    private static func randomBytes(_ count: Int) -> [UInt8] {
        var generator = SystemRandomNumberGenerator()
        var bytes: [UInt8] = []
        while bytes.count < count {
            let word = generator.next()
            for shift in stride(from: 0, to: 64, by: 8) {
                bytes.append(UInt8(truncatingIfNeeded: word >> UInt64(shift)))
            }
        }
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
