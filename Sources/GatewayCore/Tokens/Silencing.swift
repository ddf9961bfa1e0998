import Foundation

/// Finds a secret in what a server says, however it is written there, and puts stars in its place.
struct Silencing {
    private let secrets: [[UInt8]]

    /// What stands in a secret's place.
    private static let stars = Array("********".utf8)

    /// - Parameter secrets: Those of less than 8 bytes are passed over: they stand in any text.
    init(_ secrets: [String]) {
        // The longest first: a token may have another one in it.
        self.secrets = Set(secrets).map { Array($0.utf8) }.filter { $0.count >= 8 }.sorted { $0.count > $1.count }
    }

    /// An error's body without them: of JSON every text as it is read, since JSON may write any character otherwise.
    func body(_ body: [UInt8]) -> [UInt8] {
        guard !secrets.isEmpty else { return body }
        if let value = try? JSONDecoder().decode(Value.self, from: Data(body)),
            let told = try? JSONEncoder().encode(value.mapped { text($0) })
        {
            return Array(told)
        }
        return bytes(body)
    }

    /// A text without them.
    func text(_ text: String) -> String { String(decoding: bytes(Array(text.utf8)), as: UTF8.self) }

    /// Bytes without them.
    func bytes(_ bytes: [UInt8]) -> [UInt8] {
        secrets.reduce(bytes) { bytes, secret in
            var told: [UInt8] = []
            var place = 0
            while place < bytes.count {
                if let end = Self.end(of: secret, in: bytes, at: place) {
                    told += Self.stars
                    place = end
                } else {
                    told.append(bytes[place])
                    place += 1
                }
            }
            return told
        }
    }

    /// Behind a secret that stands at a place; nil where it does not.
    private static func end(of secret: [UInt8], in bytes: [UInt8], at start: Int) -> Int? {
        var place = start
        for byte in secret {
            guard let end = end(of: byte, in: bytes, at: place) else { return nil }
            place = end
        }
        return place
    }

    /// Behind a byte that stands at a place: as it is, `%2F` or `+` as in forms, `\/` or `\u002F` as in JSON that is quoted
    /// in JSON, `&#47;`, `&#x2F;` or by its name as in HTML.
    private static func end(of byte: UInt8, in bytes: [UInt8], at place: Int) -> Int? {
        guard place < bytes.count else { return nil }
        let rest = bytes[place...]
        let isItself = rest.first == byte || rest.first == UInt8(ascii: "+") && byte == UInt8(ascii: " ")
        guard let first = rest.first, [UInt8(ascii: "%"), UInt8(ascii: "\\"), UInt8(ascii: "&")].contains(first) else {
            return isItself ? place + 1 : nil
        }
        let written = String(decoding: rest.prefix(9), as: UTF8.self).lowercased()
        let hex = String(byte, radix: 16)
        let digits = byte < 16 ? "0\(hex)" : hex
        var forms = ["%\(digits)", "\\u00\(digits)", "\\\(Character(Unicode.Scalar(byte)))".lowercased()]
        // In hexadecimal and decimal, with any zeros before.
        for zeros in ["", "0", "00"] { forms += ["&#x\(zeros)\(hex);", "&#\(zeros)\(byte);"] }
        forms += names[byte].map { ["&\($0);"] } ?? []
        // The longer one first: an ampersand may stand for itself, and begin what stands for one.
        return forms.first { written.hasPrefix($0) }.map { place + $0.utf8.count } ?? (isItself ? place + 1 : nil)
    }

    /// What HTML calls the characters of tokens.
    private static let names: [UInt8: String] = [
        UInt8(ascii: "+"): "plus", UInt8(ascii: "/"): "sol", UInt8(ascii: "="): "equals", UInt8(ascii: "&"): "amp",
        UInt8(ascii: "_"): "lowbar", UInt8(ascii: "."): "period",
    ]

    /// Whatever JSON may be. Read by what the adapters read it with: two readers may differ on what stands there twice.
    private enum Value: Codable {
        case text(String)
        case number(Double)
        case flag(Bool)
        case list([Value])
        case object([String: Value])
        case nothing

        init(from decoder: any Decoder) throws {
            let container = try decoder.singleValueContainer()
            if let text = try? container.decode(String.self) {
                self = .text(text)
            } else if let flag = try? container.decode(Bool.self) {
                self = .flag(flag)
            } else if let number = try? container.decode(Double.self) {
                self = .number(number)
            } else if let list = try? container.decode([Value].self) {
                self = .list(list)
            } else if let object = try? container.decode([String: Value].self) {
                self = .object(object)
            } else {
                self = .nothing
            }
        }

        func encode(to encoder: any Encoder) throws {
            var container = encoder.singleValueContainer()
            switch self {
            case .text(let text): try container.encode(text)
            case .number(let number): try container.encode(number)
            case .flag(let flag): try container.encode(flag)
            case .list(let list): try container.encode(list)
            case .object(let object): try container.encode(object)
            case .nothing: try container.encodeNil()
            }
        }

        /// The same with every text changed.
        func mapped(_ change: (String) -> String) -> Value {
            switch self {
            case .text(let text): .text(change(text))
            case .list(let list): .list(list.map { $0.mapped(change) })
            case .object(let object):
                .object(
                    Dictionary(
                        object.map { (change($0.key), $0.value.mapped(change)) },
                        uniquingKeysWith: { first, _ in first }))
            case .number, .flag, .nothing: self
            }
        }
    }
}
