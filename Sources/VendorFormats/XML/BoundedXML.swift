public import AdapterKit

/// XML from strangers, read within bounds.
///
/// What is read is the part of XML that license files need: elements, attributes, text, comments, CDATA, the
/// five predefined entities and numeric ones. What makes XML dangerous is refused before anything is built: a
/// DOCTYPE, and with it every entity of one's own, processing instructions, any encoding but UTF-8; bytes,
/// depth, elements and attributes are counted.
///
/// It is written by hand because Foundation's parser has no call for a DOCTYPE, drops the text of entities
/// without a word, cannot be told a depth, and has to be loaded into every process that starts. This part of
/// XML is small enough to read at a glance and in one pass over the bytes.
public enum BoundedXML {
    /// Reads a document.
    ///
    /// - Parameters:
    ///   - bytes: The whole document, UTF-8.
    ///   - limits: What is too much.
    /// - Returns: The document element.
    /// - Throws: ``AdapterError`` `malformed`, whose message is a whole sentence that names the line.
    public static func read(_ bytes: some Collection<UInt8>, limits: Limits = Limits()) throws(AdapterError) -> Element
    {
        guard bytes.count <= limits.bytes else {
            throw AdapterError(
                .malformed, "The XML document has \(bytes.count) bytes; at most \(limits.bytes) are allowed.")
        }
        var reader = XMLReader(Array(bytes), limits: limits)
        return try reader.document()
    }

    /// What a document may have at most.
    public struct Limits: Hashable, Sendable {
        /// Its size in bytes.
        public var bytes: Int
        /// How deep elements are nested, the document element counted; at most 256.
        public var depth: Int
        /// Its elements.
        public var elements: Int
        /// The attributes of one element.
        public var attributes: Int

        /// Limits; the defaults are those of the protocol pages.
        public init(bytes: Int = 262_144, depth: Int = 8, elements: Int = 2_000, attributes: Int = 32) {
            self.bytes = bytes
            // A tree is taken apart by recursion, so no caller may allow one that is deeper than any stack.
            self.depth = min(depth, 256)
            self.elements = elements
            self.attributes = attributes
        }
    }

    /// An element with everything in it.
    public struct Element: Hashable, Sendable {
        /// Its name, as it stands there: there are no namespaces.
        public var name: String
        /// Its attributes in the document's order, each name once.
        public var attributes: [Attribute]
        /// The elements in it.
        public var children: [Element]
        /// The text that stands in it and in none of its children, white space included.
        public var text: String
        /// The line of the document that it begins on, from 1.
        public var line: Int

        /// An element.
        public init(
            name: String, attributes: [Attribute] = [], children: [Element] = [], text: String = "", line: Int = 1
        ) {
            self.name = name
            self.attributes = attributes
            self.children = children
            self.text = text
            self.line = line
        }
    }

    /// An attribute of an element.
    public struct Attribute: Hashable, Sendable {
        /// Its name, as it stands there.
        public var name: String
        /// Its value, entities replaced, each white space character a space.
        public var value: String

        /// An attribute.
        public init(name: String, value: String) {
            self.name = name
            self.value = value
        }
    }
}
