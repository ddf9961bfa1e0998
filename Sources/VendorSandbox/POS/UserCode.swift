/// What a person types in to authorize a device: 8 letters without vowels, shown as `XXXX-XXXX` (RFC 8628, section 6.1).
struct UserCode: Hashable, Sendable, CustomStringConvertible {
    /// Letters that form no words; 20 to the power of 8 codes are 34 bits.
    private static let alphabet = Array("BCDFGHJKLMNPQRSTVWXZ".utf8)
    private static let length = 8

    /// The letters, without a dash.
    let letters: String

    /// A code that can't be guessed: the system's generator is one for secrets.
    static func random() -> UserCode {
        var generator = SystemRandomNumberGenerator()
        let letters = (0..<length).map { _ in alphabet[Int.random(in: 0..<alphabet.count, using: &generator)] }
        return UserCode(letters: String(decoding: letters, as: UTF8.self))
    }

    private init(letters: String) { self.letters = letters }

    /// The code that a text means, without regard to case, punctuation and white space; nil where it can be none.
    init?(_ text: String) {
        guard text.utf8.count <= 64 else { return nil }
        var letters: [UInt8] = []
        for scalar in text.unicodeScalars {
            switch scalar {
            case "a"..."z": letters.append(UInt8(scalar.value) - 32)
            case "A"..."Z", "0"..."9": letters.append(UInt8(scalar.value))
            default: if scalar.properties.isAlphabetic { return nil }
            }
        }
        guard letters.count == Self.length, letters.allSatisfy(Self.alphabet.contains) else { return nil }
        self.letters = String(decoding: letters, as: UTF8.self)
    }

    /// As people see it.
    var description: String { letters.prefix(4) + "-" + letters.suffix(4) }
}
