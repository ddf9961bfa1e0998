import Foundation

extension JSONEncoder {
    /// Writes values as they are stored: with sorted keys, so that the same is the same text.
    static var stored: JSONEncoder {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        return encoder
    }

    /// A value as JSON text.
    func text(_ value: some Encodable) throws -> String { String(decoding: try encode(value), as: UTF8.self) }
}
