import AdapterKit

/// Reads a file line by line.
struct INIReader {
    private let limits: BoundedINI.Limits
    private var line = 0
    private var sections: [BoundedINI.Section] = []
    /// Where each section stands in the list, by its folded name.
    private var sectionPlaces: [[UInt8]: Int] = [:]
    /// On which line each key of the open section stands, by its folded name.
    private var keyLines: [[UInt8]: Int] = [:]
    private var entries = 0

    init(limits: BoundedINI.Limits) { self.limits = limits }

    mutating func document(_ bytes: [UInt8]) throws(AdapterError) -> BoundedINI.Document {
        try checkEncoding(bytes)
        var rest = bytes.starts(with: [0xEF, 0xBB, 0xBF]) ? bytes[3...] : bytes[...]
        while !rest.isEmpty {
            line += 1
            guard line <= limits.lines else { throw failure("there are more than \(limits.lines) lines") }
            let end = rest.firstIndex(of: 10) ?? rest.endIndex
            var text = rest[..<end]
            rest = end < rest.endIndex ? rest[(end + 1)...] : []
            if text.last == 13, end < bytes.endIndex { text.removeLast() }
            guard text.count <= limits.line else { throw failure("it is longer than \(limits.line) bytes") }
            try read(text)
        }
        return BoundedINI.Document(sections: sections)
    }

    private mutating func read(_ text: ArraySlice<UInt8>) throws(AdapterError) {
        try checkCharacters(text)
        let text = Self.trimmed(text)
        switch text.first {
        case nil, UInt8(ascii: ";"), UInt8(ascii: "#"): return
        case UInt8(ascii: "["): try section(text.dropFirst())
        default: try entry(text)
        }
    }

    private mutating func section(_ text: ArraySlice<UInt8>) throws(AdapterError) {
        guard text.last == UInt8(ascii: "]") else { throw failure("a section's name does not end with ] there") }
        let name = Self.trimmed(text.dropLast())
        guard BoundedINI.isName(name) else { throw failure("that is no name of a section") }
        let section = BoundedINI.Section(name: String(decoding: name, as: UTF8.self), line: line)
        if let first = sectionPlaces.updateValue(sections.count, forKey: BoundedINI.folded(section.name)) {
            throw failure("the section stands in the file a second time, after line \(sections[first].line)")
        }
        guard sections.count < limits.sections else { throw failure("there are more than \(limits.sections) sections") }
        sections.append(section)
        keyLines = [:]
    }

    private mutating func entry(_ text: ArraySlice<UInt8>) throws(AdapterError) {
        guard let sign = text.firstIndex(of: UInt8(ascii: "=")) else {
            throw failure("it is neither a section nor a key with = and a value, nor a comment")
        }
        let key = Self.trimmed(text[..<sign])
        guard BoundedINI.isName(key) else { throw failure("no key's name stands before the =") }
        guard !sections.isEmpty else { throw failure("a key stands before the first section") }
        let value = Self.trimmed(text[(sign + 1)...])
        guard !value.contains(9) else { throw failure("a tab stands within the value") }
        let entry = BoundedINI.Entry(
            key: String(decoding: key, as: UTF8.self), value: String(decoding: value, as: UTF8.self), line: line)
        if let first = keyLines.updateValue(line, forKey: BoundedINI.folded(entry.key)) {
            throw failure("the key stands in its section a second time, after line \(first)")
        }
        entries += 1
        guard entries <= limits.entries else { throw failure("there are more than \(limits.entries) keys") }
        sections[sections.count - 1].entries.append(entry)
    }

    // MARK: Bytes

    /// A file of another encoding is told as such, not as full of odd characters.
    private mutating func checkEncoding(_ bytes: [UInt8]) throws(AdapterError) {
        line = 1
        if bytes.starts(with: [0xFF, 0xFE]) || bytes.starts(with: [0xFE, 0xFF]) || bytes.prefix(2).contains(0) {
            throw failure("the file is UTF-16 or no text at all; it must be UTF-8")
        }
        guard String(validating: bytes, as: UTF8.self) == nil else {
            line = 0
            return
        }
        // The line of the first byte that is not UTF-8: that of the longest part that is.
        var start = bytes.startIndex
        while let end = bytes[start...].firstIndex(of: 10), String(validating: bytes[start...end], as: UTF8.self) != nil
        {
            line += 1
            start = end + 1
        }
        throw failure("it is not UTF-8")
    }

    /// No control characters but tabs; a CR that does not end a line is one.
    private func checkCharacters(_ text: ArraySlice<UInt8>) throws(AdapterError) {
        var last: UInt8 = 0
        for byte in text {
            // U+0080 to U+009F stand as C2 and one more byte.
            let isControl = byte < 32 && byte != 9 || byte == 127 || last == 0xC2 && (0x80...0x9F).contains(byte)
            if isControl { throw failure("it holds a control character") }
            last = byte
        }
    }

    private static func trimmed(_ text: ArraySlice<UInt8>) -> ArraySlice<UInt8> {
        func isSpace(_ byte: UInt8) -> Bool { byte == 32 || byte == 9 }
        var text = text
        while let first = text.first, isSpace(first) { text.removeFirst() }
        while let last = text.last, isSpace(last) { text.removeLast() }
        return text
    }

    private func failure(_ what: String) -> AdapterError {
        AdapterError(.malformed, "Line \(line) of the INI file is wrong: \(what).")
    }
}
