/// A line of an iCalendar file as it stands on the wire: folded, and ended with CRLF (RFC 5545, section 3.1).
enum ContentLine {
    /// The most octets of a line, without its CRLF.
    static let longest = 75

    /// Appends `NAME:value`, folded so that no line is longer and no character is torn.
    static func append(_ name: String, _ value: String, to bytes: inout [UInt8]) {
        var rest = Array("\(name):\(value)".utf8)[...]
        var room = longest
        while rest.count > room {
            var end = rest.startIndex + room
            // Not within the bytes of a character: those behind its first begin with the bits 10.
            while end > rest.startIndex + 1, rest[end] & 0xC0 == 0x80 { end -= 1 }
            bytes += rest[..<end]
            bytes += [0x0D, 0x0A, 0x20]
            rest = rest[end...]
            // The space that begins it counts.
            room = longest - 1
        }
        bytes += rest
        bytes += [0x0D, 0x0A]
    }

    /// A value of type TEXT (section 3.3.11): backslashes, semicolons, commas and line ends are escaped, and other
    /// control characters, which it can't hold, become spaces.
    static func escaped(_ text: String) -> String {
        var escaped = String.UnicodeScalarView()
        var last: Unicode.Scalar?
        for scalar in text.unicodeScalars {
            switch scalar {
            case "\\", ";", ",": escaped.append(contentsOf: ["\\", scalar])
            case "\n" where last == "\r": break
            case "\n", "\r": escaped.append(contentsOf: ["\\", "n"])
            case _ where scalar.value < 32 && scalar != "\t", "\u{7F}": escaped.append(" ")
            default: escaped.append(scalar)
            }
            last = scalar
        }
        return String(escaped)
    }
}
