/// A place of a site as people give it: a folder, or `HOST:FOLDER` where it is another machine's, as this one sees it.
struct SitePlace: Hashable, Sendable {
    /// The machine's name; nil where none is named.
    let host: String?
    /// The folder.
    let folder: String

    init(_ text: String) {
        // All that stands before the first slash: an IPv6 address has colons of its own.
        let name = text.prefix { $0 != "/" }
        if name.hasSuffix(":"), name.count > 1, name.endIndex < text.endIndex {
            host = String(name.dropLast())
            folder = String(text[name.endIndex...])
        } else {
            host = nil
            folder = text
        }
    }
}
