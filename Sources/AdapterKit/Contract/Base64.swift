import Foundation

/// Bytes that stand in JSON as base64, not as a list of numbers.
@propertyWrapper
public struct Base64: Codable, Hashable, Sendable {
    /// The bytes.
    public var wrappedValue: [UInt8]

    /// Bytes.
    public init(wrappedValue: [UInt8]) { self.wrappedValue = wrappedValue }

    /// Reads the text form.
    public init(from decoder: any Decoder) throws {
        wrappedValue = try Array(decoder.singleValueContainer().decode(Data.self))
    }

    /// Writes the text form.
    public func encode(to encoder: any Encoder) throws {
        var container = encoder.singleValueContainer()
        try container.encode(Data(wrappedValue))
    }
}
