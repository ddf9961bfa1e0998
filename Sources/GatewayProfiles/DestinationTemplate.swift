/// A profile's template of a destination, such as `{site.sharedData}/entitlements.xml`, split into its parts.
public struct DestinationTemplate: Hashable, Sendable {
    /// A part of a template.
    public enum Part: Hashable, Sendable {
        /// What stands for itself.
        case text(String)
        /// `{site.NAME}`: a path of the site.
        case site(String)
        /// `{identity.NAME}`: a value of the identity.
        case identity(String)
    }

    /// Why a text is no template, as the end of a sentence.
    public struct Problem: Error, Hashable, Sendable {
        /// What is wrong: `holds a } without its {`.
        public var message: String
        /// Where, in Unicode scalars from the start of the text.
        public var offset: Int
    }

    /// The parts in order.
    public let parts: [Part]
    /// Where each part begins, in Unicode scalars from the start of the text.
    let offsets: [Int]

    /// Splits a text.
    ///
    /// - Parameter quoted: writes what stands in braces for a message.
    /// - Throws: ``Problem`` for the first brace that is out of place, and for a name that begins otherwise.
    public init(_ text: String, quoted: (String) -> String) throws(Problem) {
        var parts: [Part] = []
        var offsets: [Int] = []
        var rest = text.unicodeScalars[...]
        var offset = 0
        while let first = rest.first {
            var end = rest.endIndex
            if first == "{" {
                guard let close = rest.firstIndex(of: "}") else {
                    throw Problem(message: "holds a { that is not closed", offset: offset)
                }
                let inner = String(rest[rest.index(after: rest.startIndex)..<close])
                let names = inner.split(separator: ".", maxSplits: 1, omittingEmptySubsequences: false).map(String.init)
                switch (names.first, names.count) {
                case ("site", 2): parts.append(.site(names[1]))
                case ("identity", 2): parts.append(.identity(names[1]))
                default:
                    throw Problem(
                        message: "holds \(quoted("{\(inner)}")); a template may hold {site.NAME} and {identity.NAME}",
                        offset: offset)
                }
                end = rest.index(after: close)
            } else {
                end = rest.firstIndex(of: "{") ?? rest.endIndex
                if let stray = rest[..<end].firstIndex(of: "}") {
                    throw Problem(
                        message: "holds a } without its {", offset: offset + rest[..<stray].count)
                }
                parts.append(.text(String(rest[..<end])))
            }
            offsets.append(offset)
            offset += rest[..<end].count
            rest = rest[end...]
        }
        self.parts = parts
        self.offsets = offsets
    }
}
