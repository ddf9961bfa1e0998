public import AdapterKit

/// The parts of what a vendor knows an installation by, by their names in documents, in the order in which the vendor
/// compares them.
public protocol IdentityName: RawRepresentable<String>, CaseIterable, Hashable, Sendable {
    /// The words that the product uses for it.
    var title: String { get }
    /// Whether messages leave its value out, since they are kept for long.
    var isDiscreet: Bool { get }
}

extension IdentityName {
    /// The field of a number that the vendor gave out.
    ///
    /// - Parameter help: Where a person finds it, in one sentence.
    public func number(help: String) -> Field {
        Field(
            name: rawValue, title: title, pattern: "[A-Za-z0-9][A-Za-z0-9._/-]{0,63}",
            expectation: "at most 64 letters, digits and ._/-, the first a letter or digit", help: help)
    }
}
