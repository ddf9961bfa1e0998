public import AdapterKit

extension BoundedXML {
    /// Writes a document, element by element.
    ///
    /// A character that XML cannot hold is neither dropped nor replaced, since what is written would then name
    /// somebody else: ``document()`` refuses the whole.
    public struct Writer: Sendable {
        private var bytes: [UInt8]
        private var depth = 0
        private var problem: String?

        /// A document that begins with the XML declaration.
        public init() {
            bytes = Array("<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n".utf8)
        }

        /// Writes an element that holds text alone; empty text makes an empty element.
        public mutating func element(
            _ name: String, _ attributes: KeyValuePairs<String, String> = [:], text: String = ""
        ) {
            begin(name, attributes)
            if text.isEmpty {
                bytes += "/>\n".utf8
            } else {
                bytes.append(UInt8(ascii: ">"))
                escape(text, quoted: false, of: name)
                end(name)
            }
        }

        /// Writes an element that holds what `children` writes.
        public mutating func element<Failure: Error>(
            _ name: String, _ attributes: KeyValuePairs<String, String> = [:],
            children: (inout Writer) throws(Failure) -> Void
        ) throws(Failure) {
            begin(name, attributes)
            bytes += ">\n".utf8
            depth += 1
            try children(&self)
            depth -= 1
            indent()
            end(name)
        }

        /// The document, which ends with a line feed.
        ///
        /// - Throws: ``AdapterError`` `malformed` where something was written that XML cannot hold.
        public func document() throws(AdapterError) -> [UInt8] {
            if let problem { throw AdapterError(.malformed, problem) }
            return bytes
        }

        private mutating func begin(_ name: String, _ attributes: KeyValuePairs<String, String>) {
            indent()
            bytes.append(UInt8(ascii: "<"))
            append(name)
            for (key, value) in attributes {
                append(" \(key)=\"")
                escape(value, quoted: true, of: name)
                bytes.append(UInt8(ascii: "\""))
            }
        }

        private mutating func end(_ name: String) {
            append("</")
            append(name)
            append(">\n")
        }

        private mutating func append(_ text: String) {
            // Growing an array by a string's own bytes takes them one at a time.
            if text.utf8.withContiguousStorageIfAvailable({ bytes.append(contentsOf: $0) }) == nil {
                bytes.append(contentsOf: text.utf8)
            }
        }

        private mutating func indent() {
            for _ in 0..<(depth * 2) { bytes.append(32) }
        }

        /// Printable ASCII but for what is written otherwise: most text is nothing else.
        private static func standsForItself(_ byte: UInt8) -> Bool {
            switch byte {
            case UInt8(ascii: "&"), UInt8(ascii: "<"), UInt8(ascii: ">"), UInt8(ascii: "\""): false
            default: (0x20..<0x7F).contains(byte)
            }
        }

        /// White space that a reader would change is written as numbers.
        private mutating func escape(_ text: String, quoted: Bool, of name: String) {
            if text.utf8.allSatisfy(Self.standsForItself) { return append(text) }
            for scalar in text.unicodeScalars {
                switch scalar {
                case "&": bytes += "&amp;".utf8
                case "<": bytes += "&lt;".utf8
                case ">": bytes += "&gt;".utf8
                case "\"" where quoted: bytes += "&quot;".utf8
                case "\r": bytes += "&#13;".utf8
                case "\n" where quoted: bytes += "&#10;".utf8
                case "\t" where quoted: bytes += "&#9;".utf8
                default:
                    if BoundedXML.allows(scalar) {
                        if let encoded = UTF8.encode(scalar) { bytes.append(contentsOf: encoded) }
                    } else if problem == nil {
                        let code = String(scalar.value, radix: 16, uppercase: true)
                        problem = "Element \"\(name)\" cannot be written: XML has no character U+\(code)."
                    }
                }
            }
        }
    }
}
