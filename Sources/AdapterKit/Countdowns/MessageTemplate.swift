/// A stage's message as text and placeholders: `{product} for {customer} renews in {daysToDate}`.
///
/// `{{` and `}}` are braces of the text's own.
struct MessageTemplate: Sendable {
    enum Placeholder: String, CaseIterable, Sendable {
        case product, customer, installation, `where`, days, daysToDate, daysToLoss, lossDate, date, module
    }

    enum Part: Sendable {
        case text(String)
        case placeholder(Placeholder)
    }

    let parts: [Part]
    /// About how many bytes a text will have.
    private let room: Int
    /// The placeholders with the offset of each in the text, in bytes.
    let uses: [(placeholder: Placeholder, offset: Int)]

    /// What is wrong at an offset (in bytes).
    struct Mistake: Error {
        let offset: Int
        let message: String
    }

    /// - Throws: `Mistakes` with every mistake of the text.
    init(_ text: String) throws(Mistakes) {
        var parts: [Part] = []
        var uses: [(placeholder: Placeholder, offset: Int)] = []
        var mistakes: [Mistake] = []
        let bytes = Array(text.utf8)
        var literal: [UInt8] = []
        var index = 0
        while index < bytes.count {
            let byte = bytes[index]
            guard byte == Self.open || byte == Self.close else {
                literal.append(byte)
                index += 1
                continue
            }
            if index + 1 < bytes.count, bytes[index + 1] == byte {
                literal.append(byte)
                index += 2
                continue
            }
            guard byte == Self.open else {
                mistakes.append(Mistake(offset: index, message: "This } closes nothing; write }} for a brace."))
                index += 1
                continue
            }
            guard let end = bytes[index...].firstIndex(of: Self.close) else {
                mistakes.append(
                    Mistake(offset: index, message: "This { is not closed; write {{ for a brace."))
                break
            }
            let name = String(decoding: bytes[index + 1..<end], as: UTF8.self)
            if let placeholder = Placeholder(rawValue: name) {
                if !literal.isEmpty { parts.append(.text(String(decoding: literal, as: UTF8.self))) }
                literal = []
                parts.append(.placeholder(placeholder))
                uses.append((placeholder, index))
            } else {
                mistakes.append(Mistake(offset: index, message: Self.unknown(name)))
            }
            index = end + 1
        }
        if !literal.isEmpty { parts.append(.text(String(decoding: literal, as: UTF8.self))) }
        guard mistakes.isEmpty else { throw Mistakes(all: mistakes, uses: uses) }
        self.parts = parts
        self.uses = uses
        room = bytes.count + 16 * uses.count
    }

    struct Mistakes: Error {
        let all: [Mistake]
        /// The placeholders that there are, which may be wrong where they stand.
        var uses: [(placeholder: Placeholder, offset: Int)] = []
    }

    private static let open = UInt8(ascii: "{")
    private static let close = UInt8(ascii: "}")

    private static func unknown(_ name: String) -> String {
        let known = Placeholder.allCases.map(\.rawValue)
        if let nearest = Spelling.nearest(to: name, among: known).first {
            return "There is no placeholder {\(name)}; did you mean {\(nearest)}?"
        }
        let list = known.map { "{\($0)}" }.joined(separator: ", ")
        return "There is no placeholder {\(name)}; there are \(list)."
    }

    /// The text with each placeholder replaced by what `value` gives for it.
    func rendered(_ value: (Placeholder) -> String) -> String {
        var bytes: [UInt8] = []
        bytes.reserveCapacity(room)
        // Bytes are put together in half the time that a growing string takes.
        func append(_ text: String) {
            if text.utf8.withContiguousStorageIfAvailable({ bytes.append(contentsOf: $0) }) == nil {
                bytes.append(contentsOf: text.utf8)
            }
        }
        for part in parts {
            switch part {
            case .text(let literal): append(literal)
            case .placeholder(let placeholder): append(value(placeholder))
            }
        }
        return String(decoding: bytes, as: UTF8.self)
    }

    /// `0 days`, `1 day`, `7 days`: a placeholder for days makes its own plural.
    static func days(_ count: Int) -> String { count == 1 || count == -1 ? "\(count) day" : "\(count) days" }
}
