public import AdapterKit

extension BoundedINI {
    /// Writes a file, section by section, with CR LF at the end of each line.
    ///
    /// What a reader would understand differently is neither changed nor left out: ``document()`` refuses the whole.
    public struct Writer: Sendable {
        private var bytes: [UInt8] = []
        private var problem: String?
        private var sections: Set<[UInt8]> = []
        private var keys: Set<[UInt8]> = []

        /// An empty file.
        public init() {}

        /// Begins a section.
        public mutating func section(_ name: String) {
            if !BoundedINI.isName(name.utf8) { note("a section has a name that an INI file can't hold") }
            if !sections.insert(BoundedINI.folded(name)).inserted { note("the section \(name) comes twice") }
            keys = []
            if !bytes.isEmpty { end() }
            bytes += "[\(name)]".utf8
            end()
        }

        /// Writes a key with its value.
        public mutating func entry(_ key: String, _ value: String) {
            if sections.isEmpty { note("the key \(key) stands before the first section") }
            if !BoundedINI.isName(key.utf8) { note("a key has a name that an INI file can't hold") }
            if !keys.insert(BoundedINI.folded(key)).inserted { note("the key \(key) comes twice") }
            let isPlain = value.unicodeScalars.allSatisfy { $0.value >= 32 && !(127...159).contains($0.value) }
            if !isPlain || value.utf8.first == 32 || value.utf8.last == 32 {
                note("the value of \(key) holds a control character, or white space at an end")
            }
            bytes += "\(key)=\(value)".utf8
            end()
        }

        /// Writes a comment on a line of its own.
        public mutating func comment(_ text: String) {
            if text.unicodeScalars.contains(where: { $0.value < 32 || (127...159).contains($0.value) }) {
                note("a comment holds a control character")
            }
            bytes += "; \(text)".utf8
            end()
        }

        /// The file, UTF-8 without a byte order mark.
        ///
        /// - Throws: ``AdapterError`` `malformed` where something was written that would not be read as it was meant.
        public func document() throws(AdapterError) -> [UInt8] {
            if let problem { throw AdapterError(.malformed, "The INI file can't be written: \(problem).") }
            return bytes
        }

        private mutating func end() { bytes += [13, 10] }

        private mutating func note(_ what: String) { problem = problem ?? what }
    }
}
