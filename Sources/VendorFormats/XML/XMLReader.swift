import AdapterKit

/// One pass over the bytes of a document. Elements that are open stand on a stack of their own, so that
/// nesting costs no stack of the thread.
struct XMLReader {
    private let bytes: [UInt8]
    private let limits: BoundedXML.Limits
    private var position = 0
    private var line = 1
    private var elements = 0

    /// The longest name, in bytes.
    private static let longestName = 128

    init(_ bytes: [UInt8], limits: BoundedXML.Limits) {
        self.bytes = bytes
        self.limits = limits
    }

    /// Reads the whole document.
    mutating func document() throws(AdapterError) -> BoundedXML.Element {
        if bytes.starts(with: [0xEF, 0xBB, 0xBF]) { position = 3 }
        try checkCharacters()
        if at("<?xml"), position + 5 < bytes.count, Self.isSpace(bytes[position + 5]) { try declaration() }
        try skipMisc()
        guard peek == UInt8(ascii: "<") else {
            throw failure(peek == nil ? "the document holds no element" : "text stands outside the document element")
        }
        var open = Stack()
        var root: BoundedXML.Element?
        repeat {
            try next(&open, &root)
        } while root == nil
        try skipMisc()
        guard peek == nil, let root else { throw failure("something follows the document element") }
        return root
    }

    /// The elements that have begun and not ended, innermost last, each with its text so far.
    private struct Stack {
        var elements: [BoundedXML.Element] = []
        var texts: [[UInt8]] = []
    }

    /// Reads one tag, comment, CDATA section, or stretch of text.
    private mutating func next(_ open: inout Stack, _ root: inout BoundedXML.Element?) throws(AdapterError) {
        guard let byte = peek else {
            throw failure("the document ends within \(Self.tag(open.elements.last))")
        }
        guard byte == UInt8(ascii: "<") else { return try text(into: &open.texts[open.texts.count - 1]) }
        switch position + 1 < bytes.count ? bytes[position + 1] : 0 {
        case UInt8(ascii: "!"):
            if at("<!--") {
                try comment()
            } else if at("<![CDATA["), !open.elements.isEmpty {
                try cdata(into: &open.texts[open.texts.count - 1])
            } else {
                throw failure("a DOCTYPE or another declaration is not allowed")
            }
        case UInt8(ascii: "?"):
            throw failure("a processing instruction is not allowed")
        case UInt8(ascii: "/"):
            position += 2
            let name = try self.name()
            skipSpace()
            guard peek == UInt8(ascii: ">"), open.elements.last?.name == name else {
                throw failure("</\(name)> does not end \(Self.tag(open.elements.last))")
            }
            position += 1
            close(&open, &root)
        default:
            try startTag(&open, &root)
        }
    }

    private mutating func startTag(_ open: inout Stack, _ root: inout BoundedXML.Element?) throws(AdapterError) {
        let begins = line
        position += 1
        let name = try self.name()
        elements += 1
        guard elements <= limits.elements else { throw failure("there are more than \(limits.elements) elements") }
        guard open.elements.count < limits.depth else {
            throw failure("elements are nested more than \(limits.depth) deep")
        }
        var attributes: [BoundedXML.Attribute] = []
        while true {
            let spaced = skipSpace()
            switch peek {
            case UInt8(ascii: ">"):
                position += 1
                open.elements.append(BoundedXML.Element(name: name, attributes: attributes, line: begins))
                open.texts.append([])
                return
            case UInt8(ascii: "/") where at("/>"):
                position += 2
                open.elements.append(BoundedXML.Element(name: name, attributes: attributes, line: begins))
                open.texts.append([])
                return close(&open, &root)
            default:
                guard spaced else { throw failure("the tag <\(name)> is broken") }
                let attribute = try self.attribute(of: name)
                guard !attributes.contains(where: { $0.name == attribute.name }) else {
                    throw failure("<\(name)> has the attribute \(attribute.name) twice")
                }
                guard attributes.count < limits.attributes else {
                    throw failure("<\(name)> has more than \(limits.attributes) attributes")
                }
                attributes.append(attribute)
            }
        }
    }

    private func close(_ open: inout Stack, _ root: inout BoundedXML.Element?) {
        guard var element = open.elements.popLast(), let text = open.texts.popLast() else { return }
        element.text = String(decoding: text, as: UTF8.self)
        if open.elements.isEmpty {
            root = element
        } else {
            open.elements[open.elements.count - 1].children.append(element)
        }
    }

    // MARK: Parts

    private mutating func name() throws(AdapterError) -> String {
        let start = position
        while let byte = peek, Self.isName(byte, first: position == start) { position += 1 }
        guard position > start else { throw failure("a name of ASCII letters is missing") }
        guard position - start <= Self.longestName else {
            throw failure("a name is longer than \(Self.longestName) bytes")
        }
        return String(decoding: bytes[start..<position], as: UTF8.self)
    }

    private mutating func attribute(of element: String) throws(AdapterError) -> BoundedXML.Attribute {
        let name = try self.name()
        skipSpace()
        guard peek == UInt8(ascii: "=") else { throw failure("the attribute \(name) of <\(element)> has no value") }
        position += 1
        skipSpace()
        guard let quote = peek, quote == UInt8(ascii: "\"") || quote == UInt8(ascii: "'") else {
            throw failure("the attribute \(name) of <\(element)> has a value without quotes")
        }
        position += 1
        var value: [UInt8] = []
        while let byte = peek, byte != quote {
            switch byte {
            case UInt8(ascii: "<"): throw failure("a < stands in the attribute \(name) of <\(element)>")
            case UInt8(ascii: "&"): try reference(into: &value)
            default:
                advance(over: byte)
                // A line's end of two characters is one.
                if byte == 13, peek == 10 { advance(over: 10) }
                value.append(Self.isSpace(byte) ? 32 : byte)
            }
        }
        guard peek == quote else { throw failure("the attribute \(name) of <\(element)> does not end") }
        position += 1
        return BoundedXML.Attribute(name: name, value: String(decoding: value, as: UTF8.self))
    }

    private mutating func text(into text: inout [UInt8]) throws(AdapterError) {
        while let byte = peek, byte != UInt8(ascii: "<") {
            if byte == UInt8(ascii: "&") {
                try reference(into: &text)
            } else {
                guard byte != UInt8(ascii: "]") || !at("]]>") else { throw failure("]]> stands in text") }
                take(byte, into: &text)
            }
        }
    }

    private mutating func cdata(into text: inout [UInt8]) throws(AdapterError) {
        position += 9
        while let byte = peek {
            if byte == UInt8(ascii: "]"), at("]]>") {
                position += 3
                return
            }
            take(byte, into: &text)
        }
        throw failure("a CDATA section does not end")
    }

    private mutating func comment() throws(AdapterError) {
        position += 4
        while let byte = peek {
            if byte == UInt8(ascii: "-"), at("--") {
                guard at("-->") else { throw failure("a comment holds two hyphens") }
                position += 3
                return
            }
            advance(over: byte)
        }
        throw failure("a comment does not end")
    }

    /// Replaces `&amp;` and the like.
    private mutating func reference(into text: inout [UInt8]) throws(AdapterError) {
        let longest = 12
        guard let end = bytes[position..<min(bytes.count, position + longest)].firstIndex(of: UInt8(ascii: ";")) else {
            throw failure("an & does not begin an entity")
        }
        let body = bytes[(position + 1)..<end]
        if let character = Self.predefined(body) {
            text.append(character)
        } else if let scalar = Self.numeric(body) {
            text += String(Character(scalar)).utf8
        } else {
            throw failure("an entity that is neither one of XML's five nor a character's number is not allowed")
        }
        position = end + 1
    }

    private static func predefined(_ body: ArraySlice<UInt8>) -> UInt8? {
        if body.elementsEqual("amp".utf8) { return UInt8(ascii: "&") }
        if body.elementsEqual("lt".utf8) { return UInt8(ascii: "<") }
        if body.elementsEqual("gt".utf8) { return UInt8(ascii: ">") }
        if body.elementsEqual("quot".utf8) { return UInt8(ascii: "\"") }
        if body.elementsEqual("apos".utf8) { return UInt8(ascii: "'") }
        return nil
    }

    private static func numeric(_ body: ArraySlice<UInt8>) -> Unicode.Scalar? {
        guard body.first == UInt8(ascii: "#") else { return nil }
        var digits = body.dropFirst()
        let hexadecimal = digits.first == UInt8(ascii: "x")
        if hexadecimal { digits = digits.dropFirst() }
        var value: UInt32 = 0
        for digit in digits {
            guard let worth = Character(Unicode.Scalar(digit)).hexDigitValue, hexadecimal || worth < 10 else {
                return nil
            }
            value = value * (hexadecimal ? 16 : 10) + UInt32(worth)
            guard value <= 0x10FFFF else { return nil }
        }
        guard !digits.isEmpty, let scalar = Unicode.Scalar(value), BoundedXML.allows(scalar) else { return nil }
        return scalar
    }

    // MARK: Around the document element

    /// `<?xml version="1.0" encoding="UTF-8" standalone="yes"?>`
    private mutating func declaration() throws(AdapterError) {
        position += 5
        var expected = ["version", "encoding", "standalone"][...]
        while skipSpace(), peek != UInt8(ascii: "?") {
            let attribute = try self.attribute(of: "?xml")
            // The version comes first and must; the others may be left out but not come in another order.
            guard let index = expected.firstIndex(of: attribute.name), index == 0 || expected.first != "version" else {
                throw failure("the XML declaration is broken")
            }
            expected = expected[(index + 1)...]
            switch attribute.name {
            case "version":
                guard attribute.value == "1.0" else { throw failure("the document is not XML 1.0") }
            case "encoding":
                guard attribute.value.lowercased() == "utf-8" else {
                    throw failure("the document declares another encoding than UTF-8")
                }
            default:
                guard attribute.value == "yes" || attribute.value == "no" else {
                    throw failure("the XML declaration is broken at standalone")
                }
            }
        }
        guard at("?>"), expected.first != "version" else { throw failure("the XML declaration is broken") }
        position += 2
    }

    /// Comments and white space.
    private mutating func skipMisc() throws(AdapterError) {
        skipSpace()
        while at("<!--") {
            try comment()
            skipSpace()
        }
    }

    /// Everything that can be said of the bytes alone.
    private mutating func checkCharacters() throws(AdapterError) {
        guard String(validating: bytes, as: UTF8.self) != nil else { throw failure("the document is not UTF-8") }
        var index = 0
        var lines = 1
        for byte in bytes {
            if byte < 32 {
                if byte == 10 { lines += 1 }
                guard byte == 9 || byte == 10 || byte == 13 else {
                    line = lines
                    throw failure("the document holds a control character")
                }
            } else if byte == 0xEF, bytes[index + 1] == 0xBF, bytes[index + 2] >= 0xBE {
                line = lines
                throw failure("the document holds a character that XML does not allow")
            }
            index += 1
        }
    }

    // MARK: Bytes

    private var peek: UInt8? { position < bytes.count ? bytes[position] : nil }

    private func at(_ text: StaticString) -> Bool {
        let count = text.utf8CodeUnitCount
        guard position + count <= bytes.count else { return false }
        return text.withUTF8Buffer { wanted in
            for index in 0..<count where bytes[position + index] != wanted[index] { return false }
            return true
        }
    }

    private mutating func advance(over byte: UInt8) {
        if byte == 10 { line += 1 }
        position += 1
    }

    /// Takes one byte of text; an end of line, however written, is a line feed.
    private mutating func take(_ byte: UInt8, into text: inout [UInt8]) {
        advance(over: byte)
        if byte == 13 {
            if peek == 10 { advance(over: 10) }
            text.append(10)
        } else {
            text.append(byte)
        }
    }

    @discardableResult
    private mutating func skipSpace() -> Bool {
        let start = position
        while let byte = peek, Self.isSpace(byte) { advance(over: byte) }
        return position > start
    }

    private static func isSpace(_ byte: UInt8) -> Bool { byte == 32 || byte == 9 || byte == 10 || byte == 13 }

    private static func isName(_ byte: UInt8, first: Bool) -> Bool {
        switch byte {
        case 65...90, 97...122, UInt8(ascii: "_"): true
        case 48...57, UInt8(ascii: "-"), UInt8(ascii: "."), UInt8(ascii: ":"): !first
        default: false
        }
    }

    private static func tag(_ element: BoundedXML.Element?) -> String {
        element.map { "<\($0.name)> of line \($0.line)" } ?? "anything"
    }

    private func failure(_ what: String) -> AdapterError {
        AdapterError(.malformed, "Line \(line) of the XML document is wrong: \(what).")
    }
}

extension BoundedXML {
    /// Whether XML 1.0 has the character at all (section 2.2).
    static func allows(_ scalar: Unicode.Scalar) -> Bool {
        switch scalar.value {
        case 9, 10, 13, 0x20...0xD7FF, 0xE000...0xFFFD, 0x10000...0x10FFFF: true
        default: false
        }
    }
}
