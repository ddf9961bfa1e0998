/// The text of a cell in a terminal.
enum CellText {
    /// Whether all of it is ASCII.
    static func isPlain(_ bytes: UnsafeBufferPointer<UInt8>) -> Bool {
        guard let raw = UnsafeRawPointer(bytes.baseAddress) else { return true }
        var index = 0
        var all: UInt64 = 0
        while index + 8 <= bytes.count {
            all |= raw.loadUnaligned(fromByteOffset: index, as: UInt64.self)
            index += 8
        }
        var isPlain = all & 0x8080_8080_8080_8080 == 0
        for byte in bytes[index...] { isPlain = isPlain && byte < 0x80 }
        return isPlain
    }

    /// Makes spaces of control characters: a message of several lines would tear the table.
    ///
    /// - Returns: The columns that it takes.
    static func flatten(_ bytes: UnsafeMutableBufferPointer<UInt8>) -> Int {
        let ones: UInt64 = 0x0101_0101_0101_0101
        guard let raw = UnsafeRawPointer(bytes.baseAddress) else { return 0 }
        var index = 0
        var all: UInt64 = 0
        var controls: UInt64 = 0
        // Eight at a time: a byte is less than 32 where to take that from it borrows of its highest bit.
        while index + 8 <= bytes.count {
            let word = raw.loadUnaligned(fromByteOffset: index, as: UInt64.self)
            all |= word
            controls |= (word &- ones &* 0x20) & ~word
            index += 8
        }
        let first = controls & (ones &* 0x80) == 0 ? index : 0
        var isPlain = all & (ones &* 0x80) == 0
        for index in first..<bytes.count {
            bytes[index] = max(bytes[index], 0x20)
            isPlain = isPlain && bytes[index] < 0x80
        }
        // All of it ASCII, a byte takes a column.
        return isPlain ? bytes.count : width(String(decoding: bytes, as: UTF8.self))
    }

    /// The columns that a text takes: wide East Asian characters take two, combining marks none.
    static func width(_ text: String) -> Int {
        if text.utf8.allSatisfy({ $0 < 0x80 }) { return text.utf8.count }
        return text.reduce(0) { sum, character in
            guard let first = character.unicodeScalars.first?.value else { return sum }
            let wide =
                (0x1100...0x115F).contains(first) || (0x2E80...0xA4CF).contains(first)
                || (0xAC00...0xD7A3).contains(first) || (0xF900...0xFAFF).contains(first)
                || (0xFE30...0xFE6F).contains(first) || (0xFF00...0xFF60).contains(first)
                || (0x1F300...0x1FAFF).contains(first)
            return sum + (wide ? 2 : 1)
        }
    }
}
