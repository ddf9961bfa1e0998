import Foundation

/// Writes long lists as JSON, element by element: at no time is there the text of them all.
enum StreamedJSON {
    /// How many elements are made into text by one task.
    private static let chunk = 256

    /// Writes an array, an element a line.
    ///
    /// - Parameters:
    ///   - opening: What stands before it.
    ///   - closing: What stands behind it.
    static func write<Element: Encodable & Sendable>(
        _ elements: [Element], opening: String = "", closing: String = ""
    ) async throws {
        Console.write(Array("\(opening)[".utf8))
        let chunks = stride(from: 0, to: elements.count, by: chunk).map { $0..<min($0 + chunk, elements.count) }
        var failure: (any Error)?
        await SideBySide.make(chunks) { range in
            Result { try text(elements[range], isFirst: range.lowerBound == 0) }
        } _: { made in
            switch made {
            case .success(let bytes): Console.write(bytes)
            case .failure(let error): failure = failure ?? error
            }
        }
        if let failure { throw failure }
        Console.write(Array("\(elements.isEmpty ? "]" : "\n]")\(closing)\n".utf8))
    }

    private static func text(_ elements: ArraySlice<some Encodable>, isFirst: Bool) throws -> [UInt8] {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        var bytes: [UInt8] = []
        for (number, element) in elements.enumerated() {
            bytes += (isFirst && number == 0 ? "\n" : ",\n").utf8
            bytes += try encoder.encode(element)
        }
        return bytes
    }

    /// A value as compact JSON.
    static func compact(_ value: some Encodable) throws -> String {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        return String(decoding: try encoder.encode(value), as: UTF8.self)
    }
}
