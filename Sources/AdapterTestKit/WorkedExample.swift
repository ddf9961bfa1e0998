public import AdapterKit
import Foundation

/// The worked example of a protocol page: its fenced blocks, byte for byte.
///
/// A block is found by the word behind its language in its info string: `` ```xml changed ``.
public struct WorkedExample: Sendable {
    private let text: String

    /// What is not as a test wants it.
    public struct Flaw: Error, CustomStringConvertible {
        /// A clause that says so.
        public let description: String
    }

    /// The example of a page.
    ///
    /// - Parameters:
    ///   - page: The page's path, from the folder of the file that asks.
    ///   - file: The file that asks.
    /// - Throws: What Foundation says where the page can't be read.
    public init(page: String, from file: String = #filePath) throws {
        text = try String(
            contentsOf: URL(filePath: file).deletingLastPathComponent().appending(path: page), encoding: .utf8)
    }

    /// A block by its name.
    ///
    /// - Parameter language: The word before the name.
    /// - Throws: ``Flaw`` where the page has none of that name.
    public func block(_ name: String, of language: String = "xml") throws -> [UInt8] {
        guard let start = text.range(of: "```\(language) \(name)\n"),
            let end = text.range(of: "```", range: start.upperBound..<text.endIndex)
        else { throw Flaw(description: "the page has no block \"\(name)\"") }
        return Array(text[start.upperBound..<end.lowerBound].utf8)
    }

    /// What the core hands on of a block that is a signed answer. Its signature is not checked.
    ///
    /// - Throws: ``Flaw`` where it is signed for another purpose or nonce.
    public func answer(_ name: String, purpose: String, nonce: String) throws -> Event {
        let document = try block(name)
        let signed = try SignedDocument(document)
        guard signed.purpose == purpose, signed.nonce == nonce else {
            throw Flaw(
                description: "the block \"\(name)\" is signed for \(signed.purpose) over \(signed.nonce), not for "
                    + "\(purpose) over \(nonce)")
        }
        return .answer(Response(status: 200, body: Array(signed.payload), document: document))
    }
}

extension Event {
    /// The payload of an answer; nil where it is none.
    public var payload: String? {
        guard case .answer(let response) = self else { return nil }
        return String(decoding: response.body, as: UTF8.self)
    }

    /// The answer with the first of one text replaced by another.
    ///
    /// - Throws: ``WorkedExample/Flaw`` where there is no such text in it.
    public func replacing(_ good: String, _ bad: String) throws -> Event {
        guard let payload, payload.contains(good) else {
            throw WorkedExample.Flaw(description: "there is no \"\(good)\" to replace")
        }
        return .answer(Response(status: 200, body: Array(payload.replacing(good, with: bad, maxReplacements: 1).utf8)))
    }
}
