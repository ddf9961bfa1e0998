/// A place of a site as people give it: a folder, or `HOST:FOLDER` where it is another machine's, as this one sees it.
struct SitePlace: Hashable, Sendable {
    /// The machine's name; nil where none is named.
    let host: String?
    /// The folder.
    let folder: String

    init(_ text: String) {
        let name = text.prefix { $0 != ":" && $0 != "/" }
        if !name.isEmpty, text[name.endIndex...].hasPrefix(":/") {
            host = String(name)
            folder = String(text[text.index(after: name.endIndex)...])
        } else {
            host = nil
            folder = text
        }
    }
}
