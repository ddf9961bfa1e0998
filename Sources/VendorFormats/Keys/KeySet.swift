public import AdapterKit

/// What can be known of keys by looking at them.
public enum KeySet {
    /// Whether a text is what forms and manuals show in place of a key: one character again and again.
    public static func isPlaceholder(_ key: String) -> Bool { Set(key.utf8).subtracting([UInt8(ascii: "-")]).count < 2 }

    /// What is said of a placeholder.
    public static func placeholder(_ name: String) -> FieldProblem {
        FieldProblem(
            field: name,
            message:
                "The key \(name) is one character again and again, as in an example. Enter the key of the vendor's "
                + "letter.")
    }
}
