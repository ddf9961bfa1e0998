import MarkedYAML

/// The kinds of value that the protocol pages define, as the book is checked for them: what the book says must fit
/// into an answer.
extension Shape where Value == String {
    /// What somebody or something is known by: 1 to 512 bytes.
    static var identity: Shape {
        text(bytes: 512).checked { text in
            let ends = [text.unicodeScalars.first, text.unicodeScalars.last]
            return ends.contains { $0?.properties.isWhitespace ?? false }
                ? "white space stands at an end of this text" : nil
        }
    }

    static func text(bytes limit: Int) -> Shape {
        Shape.string.checked { text in
            if text.isEmpty { return "this text is empty" }
            if text.utf8.count > limit { return "this text is longer than \(limit) bytes" }
            let isPlain = text.unicodeScalars.allSatisfy { scalar in
                // XML has neither of the two noncharacters.
                scalar.properties.generalCategory != .control && scalar.value != 0xFFFE && scalar.value != 0xFFFF
            }
            return isPlain ? nil : "this text holds a control character"
        }
    }

    /// An address of the web, at most 512 bytes.
    static var address: Shape {
        text(bytes: 512).checked { text in
            let isPlain = text.utf8.allSatisfy { (0x21..<0x7F).contains($0) && !"\"<>\\^`{|}".utf8.contains($0) }
            let host = text.hasPrefix("https://") ? text.dropFirst(8) : text.dropFirst(7)
            return isPlain && (text.hasPrefix("https://") || text.hasPrefix("http://")) && !host.isEmpty
                && host.first != "/" ? nil : "this is no address such as https://hub.example:8443"
        }
    }

    /// Letters, digits and `._~:/-`.
    static func token(characters limit: Int) -> Shape {
        text(bytes: limit).checked { text in
            text.unicodeScalars.allSatisfy {
                switch $0 {
                case "A"..."Z", "a"..."z", "0"..."9", ".", "_", "~", ":", "/", "-": true
                default: false
                }
            } ? nil : "this text holds other characters than letters, digits and ._~:/-"
        }
    }
}

extension Shape where Value == Int {
    /// A number of users or the like.
    static var count: Shape { .int(in: 0...1_000_000) }

    /// A duration such as `90s`, `15m`, `1h` or `7d`, in seconds.
    static func seconds(in range: ClosedRange<Int>) -> Shape {
        Shape.text("a duration such as 90s, 15m, 1h or 7d") { text in
            let digits = text.utf8.dropLast()
            guard (1...9).contains(digits.count), digits.allSatisfy({ (48...57).contains($0) }),
                let number = Int(String(decoding: digits, as: UTF8.self))
            else { return nil }
            switch text.utf8.last {
            case UInt8(ascii: "s"): return number
            case UInt8(ascii: "m"): return number * 60
            case UInt8(ascii: "h"): return number * 3_600
            case UInt8(ascii: "d"): return number * 86_400
            default: return nil
            }
        }.checked { seconds in
            range.contains(seconds)
                ? nil : "this duration is not within \(range.lowerBound)s and \(range.upperBound)s"
        }
    }
}

extension Shape where Value == BookDate {
    static var date: Shape {
        .text("a day such as 2027-01-31, or one counted from today such as +70d or -3d", BookDate.init)
    }
}

extension Shape where Value == BookMoment {
    static var moment: Shape {
        .text("a day such as 2027-01-31 or -3d, or a time such as 2027-01-31T10:00:00Z", BookMoment.init)
    }
}
