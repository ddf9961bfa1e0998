public import AdapterKit

/// INI files from strangers, read within bounds.
///
/// There is no standard of INI, so what is read is the part that all readers understand in the same way: sections, keys
/// and values, each on a line of its own, and comments that fill a line. What readers understand differently is refused
/// in place of guessed: a section or a key that comes twice, an entry outside of any section, a line that goes on in the
/// next. Names are compared without regard to the case of ASCII letters, as the product's own system does.
///
/// Such files hold keys: no message repeats what stands in one.
public enum BoundedINI {
    /// Reads a file.
    ///
    /// - Parameters:
    ///   - bytes: The whole file, UTF-8, with or without a byte order mark; lines end with LF or CR LF.
    ///   - limits: What is too much.
    /// - Throws: ``AdapterError`` `malformed`, whose message is a whole sentence that names the line.
    public static func read(_ bytes: some Collection<UInt8>, limits: Limits = Limits()) throws(AdapterError) -> Document
    {
        guard bytes.count <= limits.bytes else {
            throw AdapterError(
                .malformed, "The INI file has \(bytes.count) bytes; at most \(limits.bytes) are allowed.")
        }
        var reader = INIReader(limits: limits)
        return try reader.document(Array(bytes))
    }

    /// What a file may have at most.
    public struct Limits: Hashable, Sendable {
        /// Its size in bytes.
        public var bytes: Int
        /// Its lines.
        public var lines: Int
        /// The bytes of one line, without its end.
        public var line: Int
        /// Its sections.
        public var sections: Int
        /// The entries of all sections.
        public var entries: Int

        /// Limits; the defaults are those of the protocol pages.
        public init(
            bytes: Int = 65_536, lines: Int = 1_000, line: Int = 8_192, sections: Int = 64, entries: Int = 500
        ) {
            self.bytes = bytes
            self.lines = lines
            self.line = line
            self.sections = sections
            self.entries = entries
        }
    }

    /// A file with everything in it.
    public struct Document: Hashable, Sendable {
        /// Its sections in the file's order, each name once.
        public var sections: [Section]

        /// A file of these sections.
        public init(sections: [Section]) { self.sections = sections }
    }

    /// A section.
    public struct Section: Hashable, Sendable {
        /// Its name, as it stands there.
        public var name: String
        /// Its entries in the file's order, each key once.
        public var entries: [Entry]
        /// The line of the file that it begins on, from 1.
        public var line: Int

        /// A section.
        public init(name: String, entries: [Entry] = [], line: Int = 1) {
            self.name = name
            self.entries = entries
            self.line = line
        }
    }

    /// A key with its value.
    public struct Entry: Hashable, Sendable {
        /// The key, as it stands there.
        public var key: String
        /// The value without the white space around it; empty where there is none.
        public var value: String
        /// The line of the file that it stands on, from 1.
        public var line: Int

        /// An entry.
        public init(key: String, value: String, line: Int = 1) {
            self.key = key
            self.value = value
            self.line = line
        }
    }

    /// Whether two names are one, whatever the case of their ASCII letters.
    static func isSame(_ one: String, _ other: String) -> Bool {
        one.utf8.count == other.utf8.count && zip(one.utf8, other.utf8).allSatisfy { folded($0) == folded($1) }
    }

    /// A name by which sections and keys are told apart.
    static func folded(_ name: String) -> [UInt8] { name.utf8.map(folded) }

    private static func folded(_ byte: UInt8) -> UInt8 { (65...90).contains(byte) ? byte + 32 : byte }

    /// How long the name of a section or a key may be, in bytes.
    static let longestName = 64

    /// Whether a section or a key can have the name: letters, digits, spaces within, and `._-/`.
    static func isName(_ name: some Collection<UInt8>) -> Bool {
        guard (1...longestName).contains(name.count) else { return false }
        var last: UInt8 = 32
        for byte in name {
            switch byte {
            case 48...57, 65...90, 97...122: break
            case UInt8(ascii: "."), UInt8(ascii: "_"), UInt8(ascii: "-"), UInt8(ascii: "/"): break
            case 32 where last != 32: break
            default: return false
            }
            last = byte
        }
        return last != 32
    }
}
