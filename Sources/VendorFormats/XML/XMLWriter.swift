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
                bytes += "</\(name)>\n".utf8
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
            bytes += "</\(name)>\n".utf8
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
            bytes += name.utf8
            for (key, value) in attributes {
                bytes += " \(key)=\"".utf8
                escape(value, quoted: true, of: name)
                bytes.append(UInt8(ascii: "\""))
            }
        }

        private mutating func indent() {
            for _ in 0..<(depth * 2) { bytes.append(32) }
        }

        /// White space that a reader would change is written as numbers.
        private mutating func escape(_ text: String, quoted: Bool, of name: String) {
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
                        bytes += UTF8.encode(scalar).map(Array.init) ?? []
                    } else if problem == nil {
                        let code = String(scalar.value, radix: 16, uppercase: true)
                        problem = "Element \"\(name)\" cannot be written: XML has no character U+\(code)."
                    }
                }
            }
        }
    }
}
