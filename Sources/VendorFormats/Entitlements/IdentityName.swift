/// The parts of what a vendor knows an installation by, by their names in documents, in the order in which the vendor
/// compares them.
public protocol IdentityName: RawRepresentable<String>, CaseIterable, Hashable, Sendable {
    /// The words that the product uses for it.
    var title: String { get }
    /// Whether messages leave its value out, since they are kept for long.
    var isDiscreet: Bool { get }
}
