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

extension DestinationTemplate {
    /// Why no file can ever be put where it leads, whatever the values are: it begins nowhere, or holds a name that a
    /// destination must not hold.
    var flaws: [Problem] {
        var flaws: [Problem] = []
        switch parts.first {
        case .site: break
        case .text(let text) where text.hasPrefix("/"): break
        case .text, .identity:
            flaws.append(Problem(message: "leads nowhere by itself: begin it with {site.NAME} or a slash", offset: 0))
        case nil: flaws.append(Problem(message: "is empty: begin it with {site.NAME} or a slash", offset: 0))
        }
        for (index, part) in parts.enumerated() {
            guard case .text(let text) = part else { continue }
            var offset = offsets[index]
            let names = text.unicodeScalars.split(separator: "/", omittingEmptySubsequences: false)
            for (position, name) in names.enumerated() {
                // A name that reaches to a value is longer than it looks; nothing stands before the first slash.
                let isWhole =
                    (position > 0 || index == 0) && (position < names.count - 1 || index == parts.count - 1)
                let isRoot = index == 0 && position == 0
                switch String(name) {
                case ".." where isWhole: flaws.append(Problem(message: "leads upwards with \"..\"", offset: offset))
                case "." where isWhole: flaws.append(Problem(message: "holds the name \".\"", offset: offset))
                case "" where isWhole && !isRoot:
                    flaws.append(Problem(message: "holds a slash without a name behind it", offset: offset - 1))
                default: break
                }
                offset += name.count + 1
            }
        }
        return flaws
    }
}
