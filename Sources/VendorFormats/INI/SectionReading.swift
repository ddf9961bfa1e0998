public import AdapterKit

extension BoundedINI.Document {
    /// The section of a name, whatever the case of its letters; nil where there is none.
    public func section(_ name: String) -> BoundedINI.Section? {
        sections.first { BoundedINI.isSame($0.name, name) }
    }

    /// The section of a name.
    ///
    /// - Throws: ``AdapterError`` `malformed` where there is none.
    public func required(_ name: String) throws(AdapterError) -> BoundedINI.Section {
        guard let section = section(name) else {
            throw AdapterError(.malformed, "The INI file has no section [\(name)].")
        }
        return section
    }
}

extension BoundedINI.Section {
    /// The value of a key, whatever the case of its letters; nil where the key is absent or has none.
    public func value(_ key: String) -> String? {
        entries.first { BoundedINI.isSame($0.key, key) && !$0.value.isEmpty }?.value
    }

    /// The value of a key.
    ///
    /// - Throws: ``AdapterError`` `malformed` where the key is absent or has none.
    public func required(_ key: String) throws(AdapterError) -> String {
        guard let value = value(key) else {
            throw AdapterError(.malformed, "The section [\(name)] on line \(line) of the INI file has no \(key).")
        }
        return value
    }
}
