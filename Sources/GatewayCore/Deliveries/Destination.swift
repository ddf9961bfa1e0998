#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#else
    import Darwin
#endif

/// Where a file is delivered: an allowed root, and the way from it to the file.
///
/// The way holds no `.`, `..`, empty or control-character names, so that it can't leave the root by its
/// spelling; that it leaves it by no symbolic link is seen when it is walked (``DeliveryFolder``).
struct Destination: Hashable, Sendable {
    /// The allowed root: an absolute path without a slash at its end, `/` itself apart.
    let root: String
    /// The names from the root to the file, at least one.
    let components: [String]
    /// The absolute path.
    let path: String

    /// The most that a file's own name may hold, in bytes: 255 less what ``House`` puts behind it.
    static let longestName = 200
    /// The most that a folder's name may hold, in bytes.
    static let longestFolderName = 255
    /// The deepest that a destination may lie below its root.
    static let deepest = 64

    /// A destination that was taken apart before.
    ///
    /// - Throws: ``DeliveryError/Code/unsafePath``.
    init(root: String, components: [String]) throws(DeliveryError) {
        self.root = root
        self.components = components
        path = Self.path(root: root, components[...])
        guard root.utf8.first == UInt8(ascii: "/"), !root.utf8.contains(0) else {
            throw DeliveryError(
                .unsafePath, root, "the delivery root \(DeliveryError.quoted(root)) is not an absolute path")
        }
        try check()
    }

    /// The file's own name.
    var name: String { components[components.count - 1] }

    /// The names of the folders between the root and the file.
    var folders: ArraySlice<String> { components.dropLast() }

    /// The absolute path of the folder it lies in.
    var folderPath: String { Self.path(root: root, folders) }

    static func path(root: String, _ components: ArraySlice<String>) -> String {
        if components.isEmpty { return root }
        return (root == "/" ? "" : root) + "/" + components.joined(separator: "/")
    }

    /// Finds the allowed root that a path lies under: the innermost, where several do.
    ///
    /// - Parameters:
    ///   - path: absolute, as a template gave it.
    ///   - roots: the allowed roots, absolute.
    /// - Throws: ``DeliveryError/Code/unsafePath`` and ``DeliveryError/Code/outsideRoots``. Whether the root is there is
    ///   seen when it is opened (``DeliveryFolder``), where waiting for a disk harms nobody.
    static func resolve(path: String, roots: [String]) throws(DeliveryError) -> Destination {
        guard path.utf8.first == UInt8(ascii: "/") else {
            throw DeliveryError(
                .unsafePath, path,
                "the destination \(DeliveryError.quoted(path)) is not an absolute path; "
                    + "give the site's folder as an absolute path on this machine")
        }
        var best: (root: String, depth: Int)?
        for root in roots {
            let (root, depth) = try normalize(root: root)
            guard lies(path, below: root), depth >= best?.depth ?? 0 else { continue }
            best = (root, depth)
        }
        guard let best else {
            throw DeliveryError(
                .outsideRoots, path,
                "the destination \(DeliveryError.quoted(path)) lies under no allowed folder; allowed are: "
                    + "\(DeliveryError.quoted(roots)); allow another with --delivery-root DIR")
        }
        let rest = path.utf8.dropFirst(best.depth == 0 ? 0 : best.root.utf8.count)
        return try Destination(root: best.root, components: split(rest))
    }

    /// Whether a path begins with a root's names and has more.
    private static func lies(_ path: String, below root: String) -> Bool {
        if root == "/" { return true }
        let rest = path.utf8.dropFirst(root.utf8.count)
        return rest.first == UInt8(ascii: "/") && path.utf8.starts(with: root.utf8)
    }

    /// What stands between the slashes, after the first one. By bytes, as the system sees it: to Swift a slash
    /// and a combining accent behind it are one character, and two spellings of an accented letter are equal.
    private static func split(_ path: Substring.UTF8View) -> [String] {
        path.dropFirst().split(separator: UInt8(ascii: "/"), omittingEmptySubsequences: false)
            .map { String(decoding: $0, as: UTF8.self) }
    }

    /// A root without a slash at its end, `/` itself apart, and how many names it has. What a person writes on a
    /// command line may hold doubled slashes and `.`, but a `..` behind a symbolic link does not lead where it seems to.
    private static func normalize(root: String) throws(DeliveryError) -> (root: String, depth: Int) {
        if isNormal(root) { return (root, root == "/" ? 0 : root.utf8.count { $0 == UInt8(ascii: "/") }) }
        let names = split(root.utf8[...]).filter { !$0.isEmpty && $0 != "." }
        guard root.utf8.first == UInt8(ascii: "/"), !names.contains(".."), !root.utf8.contains(0) else {
            throw DeliveryError(
                .unsafePath, root,
                "the delivery root \(DeliveryError.quoted(root)) is not an absolute path without \"..\"; "
                    + "name it so with --delivery-root DIR")
        }
        return ("/" + names.joined(separator: "/"), names.count)
    }

    /// Whether a root is written as plainly as can be; nearly all are.
    private static func isNormal(_ root: String) -> Bool {
        var before: UInt8 = 0
        for byte in root.utf8 {
            if byte == 0 || before == UInt8(ascii: "/") && (byte == before || byte == UInt8(ascii: ".")) {
                return false
            }
            before = byte
        }
        return root.utf8.first == UInt8(ascii: "/") && (before != UInt8(ascii: "/") || root == "/")
    }

    private func check() throws(DeliveryError) {
        guard !components.isEmpty else { throw unsafe("names no file below its root") }
        guard components.count <= Self.deepest else { throw unsafe("is more than \(Self.deepest) folders deep") }
        for (index, name) in components.enumerated() {
            if name.isEmpty { throw unsafe("holds an empty name") }
            if name == "." || name == ".." { throw unsafe("holds the name \"\(name)\"") }
            if name == House.name { throw unsafe("leads into \(House.name), which is Gatehouse's own") }
            if name.utf8.contains(where: { $0 < 32 || $0 == 127 || $0 == UInt8(ascii: "/") }) {
                throw unsafe("holds a slash or control character in a name")
            }
            let limit = index == components.count - 1 ? Self.longestName : Self.longestFolderName
            if name.utf8.count > limit { throw unsafe("holds a name of more than \(limit) bytes") }
        }
    }

    private func unsafe(_ problem: String) -> DeliveryError {
        DeliveryError(
            .unsafePath, path,
            "the destination \(DeliveryError.quoted(path)) \(problem); correct the profile's template or the site")
    }
}

extension Destination: Codable {
    private enum CodingKeys: String, CodingKey {
        case root, components
    }

    /// Checks again: what a journal holds is no safer than what made it.
    init(from decoder: any Decoder) throws {
        let values = try decoder.container(keyedBy: CodingKeys.self)
        try self.init(
            root: values.decode(String.self, forKey: .root),
            components: values.decode([String].self, forKey: .components))
    }

    func encode(to encoder: any Encoder) throws {
        var values = encoder.container(keyedBy: CodingKeys.self)
        try values.encode(root, forKey: .root)
        try values.encode(components, forKey: .components)
    }
}
