public import AdapterKit

extension BoundedXML.Element {
    /// The value of an attribute; nil where it is absent.
    public func attribute(_ name: String) -> String? { attributes.first { $0.name == name }?.value }

    /// The value of an attribute.
    ///
    /// - Throws: ``AdapterError`` `malformed` where it is absent.
    public func required(attribute name: String) throws(AdapterError) -> String {
        guard let value = attribute(name) else { throw malformed("lacks the attribute \(name)") }
        return value
    }

    /// The one element of that name in this one; nil where there is none.
    ///
    /// - Throws: ``AdapterError`` `malformed` where there are several.
    public func optional(_ name: String) throws(AdapterError) -> BoundedXML.Element? {
        var found: BoundedXML.Element?
        for child in children where child.name == name {
            guard found == nil else { throw child.malformed("stands in \"\(self.name)\" a second time") }
            found = child
        }
        return found
    }

    /// The one element of that name in this one.
    ///
    /// - Throws: ``AdapterError`` `malformed` where there is none, and where there are several.
    public func required(_ name: String) throws(AdapterError) -> BoundedXML.Element {
        guard let child = try optional(name) else { throw malformed("lacks the element \"\(name)\"") }
        return child
    }

    /// That the element holds elements and no text of its own.
    ///
    /// - Throws: ``AdapterError`` `malformed` where text stands between the elements.
    public func requireNoText() throws(AdapterError) {
        guard text.utf8.allSatisfy({ $0 == 32 || $0 == 9 || $0 == 10 || $0 == 13 }) else {
            throw malformed("holds text between its elements")
        }
    }

    /// The element's text without the white space around it.
    ///
    /// - Parameter bytes: The longest that is allowed, in UTF-8.
    /// - Throws: ``AdapterError`` `malformed` where it is empty or too long, holds a control character or elements.
    public func value(bytes: Int = 512) throws(AdapterError) -> String {
        guard children.isEmpty else { throw malformed("holds elements where text is expected") }
        return try checked(Self.trimmed(text), what: "", bytes: bytes)
    }

    /// An attribute's value, checked like ``value(bytes:)``.
    public func value(attribute name: String, bytes: Int = 512) throws(AdapterError) -> String {
        try checked(required(attribute: name), what: " attribute \(name)", bytes: bytes)
    }

    /// The element's text, of letters, digits and `._~:/-` alone.
    ///
    /// - Throws: ``AdapterError`` `malformed` where anything else stands there.
    public func token(characters: Int) throws(AdapterError) -> String {
        try token(value(bytes: characters), what: "")
    }

    /// An attribute's value, checked like ``token(characters:)``.
    public func token(attribute name: String, characters: Int) throws(AdapterError) -> String {
        try token(value(attribute: name, bytes: characters), what: " attribute \(name)")
    }

    /// The element's text as a whole number in decimal digits, without a sign.
    ///
    /// - Throws: ``AdapterError`` `malformed` for anything else and outside `range`.
    public func count(in range: ClosedRange<Int>) throws(AdapterError) -> Int {
        let text = try value(bytes: 32)
        guard text.utf8.allSatisfy({ $0 >= 48 && $0 <= 57 }), let number = Int(text), range.contains(number) else {
            throw malformed("must be a whole number from \(range.lowerBound) to \(range.upperBound)", Self.quote(text))
        }
        return number
    }

    /// The element's text as a day, `2027-01-31`.
    ///
    /// - Throws: ``AdapterError`` `malformed` for anything else and for days that the calendar lacks.
    public func day() throws(AdapterError) -> LocalDay {
        try day(value(bytes: 64), what: "")
    }

    /// An attribute's value as a day, checked like ``day()``.
    public func day(attribute name: String) throws(AdapterError) -> LocalDay {
        try day(value(attribute: name, bytes: 64), what: " attribute \(name)")
    }

    /// The element's text as an RFC 3339 time with an offset.
    ///
    /// - Throws: ``AdapterError`` `malformed` for anything else.
    public func instant() throws(AdapterError) -> Instant {
        try instant(value(bytes: 64), what: "")
    }

    /// An attribute's value as a time, checked like ``instant()``.
    public func instant(attribute name: String) throws(AdapterError) -> Instant {
        try instant(value(attribute: name, bytes: 64), what: " attribute \(name)")
    }

    /// The element's text as one of a closed set of words.
    ///
    /// - Throws: ``AdapterError`` `malformed` for any other.
    public func choice<Choice: RawRepresentable<String> & CaseIterable>(
        _ type: Choice.Type
    ) throws(AdapterError) -> Choice {
        let text = try value(bytes: 64)
        guard let choice = Choice(rawValue: text) else {
            let known = Choice.allCases.map(\.rawValue).joined(separator: ", ")
            throw malformed("must be one of \(known)", Self.quote(text))
        }
        return choice
    }

    /// An error that names this element and its line.
    ///
    /// - Parameters:
    ///   - what: The predicate of the sentence: `must be a date`.
    ///   - found: What stands there instead.
    public func malformed(_ what: String, _ found: String? = nil) -> AdapterError {
        error("", what, found)
    }

    // MARK: Values

    private func day(_ text: String, what: String) throws(AdapterError) -> LocalDay {
        guard let day = LocalDay(text) else {
            throw error(what, "must be a day of the calendar, written YYYY-MM-DD", Self.quote(text))
        }
        return day
    }

    private func instant(_ text: String, what: String) throws(AdapterError) -> Instant {
        guard let instant = Instant(text) else {
            throw error(what, "must be a time written like 2026-11-22T10:00:00Z", Self.quote(text))
        }
        return instant
    }

    private func token(_ text: String, what: String) throws(AdapterError) -> String {
        let isPlain = text.utf8.allSatisfy { byte in
            switch byte {
            case 48...57, 65...90, 97...122: true
            case UInt8(ascii: "-"), UInt8(ascii: "."), UInt8(ascii: "_"), UInt8(ascii: "~"), UInt8(ascii: "/"),
                UInt8(ascii: ":"):
                true
            default: false
            }
        }
        guard isPlain else { throw error(what, "must hold only letters, digits and ._~:/-", Self.quote(text)) }
        return text
    }

    private func checked(_ text: String, what: String, bytes: Int) throws(AdapterError) -> String {
        guard !text.isEmpty else { throw error(what, "is empty") }
        guard text.utf8.count <= bytes else { throw error(what, "is longer than \(bytes) bytes") }
        // The category of control characters, which no version of Unicode will change.
        guard !text.unicodeScalars.contains(where: { $0.value < 32 || 127...159 ~= $0.value }) else {
            throw error(what, "holds a control character")
        }
        return text
    }

    private func error(_ part: String, _ what: String, _ found: String? = nil) -> AdapterError {
        let instead = found.map { "; it is \($0)" } ?? ""
        return AdapterError(.malformed, "Element \"\(name)\"\(part) on line \(line) \(what)\(instead).")
    }

    /// A stranger's text in a message: short, and without what could break a terminal's line.
    private static func quote(_ text: String) -> String {
        text.count > 64 ? "\"\(text.prefix(64))…\"" : "\"\(text)\""
    }

    private static func trimmed(_ text: String) -> String {
        func isSpace(_ byte: UInt8) -> Bool { byte == 32 || byte == 9 || byte == 10 || byte == 13 }
        let bytes = text.utf8
        guard let first = bytes.firstIndex(where: { !isSpace($0) }), let last = bytes.lastIndex(where: { !isSpace($0) })
        else { return "" }
        return String(decoding: bytes[first...last], as: UTF8.self)
    }
}
