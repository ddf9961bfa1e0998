/// How a profile writes a date in a message: `MM/dd/yyyy`, `d MMMM yyyy`.
struct MessageDateFormat: Sendable {
    private enum Part: Sendable {
        case year, twoDigitMonth, shortMonth, fullMonth, day, twoDigitDay
        case text(String)
    }

    private let parts: [Part]

    private static let tokens: [(String, Part)] = [
        ("yyyy", .year), ("MM", .twoDigitMonth), ("MMM", .shortMonth), ("MMMM", .fullMonth), ("d", .day),
        ("dd", .twoDigitDay),
    ]

    private static let months = [
        "January", "February", "March", "April", "May", "June", "July", "August", "September", "October",
        "November", "December",
    ]

    /// - Throws: every mistake: a run of letters that is none of the tokens, or no token at all.
    init(_ text: String) throws(MessageTemplate.Mistakes) {
        var parts: [Part] = []
        var mistakes: [MessageTemplate.Mistake] = []
        var rest = Array(text.utf8)[...]
        while let first = rest.first {
            let isLetter = Self.isLetter(first)
            // A run of one letter is a token (`yyyyMMdd` is three); what is no letter stands for itself.
            let run = rest.prefix { isLetter ? $0 == first : !Self.isLetter($0) }
            let word = String(decoding: run, as: UTF8.self)
            if !isLetter {
                parts.append(.text(word))
            } else if let token = Self.tokens.first(where: { $0.0 == word }) {
                parts.append(token.1)
            } else {
                mistakes.append(
                    .init(
                        offset: run.startIndex,
                        message: "\"\(word)\" is no part of a date; there are yyyy, MM, MMM, MMMM, d and dd."))
            }
            rest = rest[run.endIndex...]
        }
        let hasToken = parts.contains { if case .text = $0 { false } else { true } }
        if mistakes.isEmpty, !hasToken {
            mistakes.append(
                .init(offset: 0, message: "A date format needs at least one of yyyy, MM, MMM, MMMM, d and dd."))
        }
        guard mistakes.isEmpty else { throw MessageTemplate.Mistakes(all: mistakes) }
        self.parts = parts
    }

    private static func isLetter(_ byte: UInt8) -> Bool {
        (byte | 0x20) >= UInt8(ascii: "a") && (byte | 0x20) <= UInt8(ascii: "z")
    }

    /// The day as the format writes it.
    func text(_ day: LocalDay) -> String {
        let (year, month, number) = day.components
        var text = ""
        for part in parts {
            switch part {
            case .year: text += Self.digits(year, 4)
            case .twoDigitMonth: text += Self.digits(month, 2)
            case .shortMonth: text += Self.months[month - 1].prefix(3)
            case .fullMonth: text += Self.months[month - 1]
            case .day: text += "\(number)"
            case .twoDigitDay: text += Self.digits(number, 2)
            case .text(let literal): text += literal
            }
        }
        return text
    }

    private static func digits(_ value: Int, _ width: Int) -> String {
        let digits = "\(max(value, 0))"
        return String(repeating: "0", count: max(0, width - digits.utf8.count)) + digits
    }
}
