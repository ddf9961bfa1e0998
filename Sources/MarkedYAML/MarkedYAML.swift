public import MarkedText

/// Strict YAML with positions: one document of plain mappings, lists and texts.
///
/// What could surprise is refused, each with its place and what to write instead: anchors and aliases,
/// tags, directives, a second document, a key that comes twice, control characters. Reading is bounded in
/// size and depth, so a hostile file costs little.
public enum MarkedYAML {
    /// How many bytes a file may have: 256 kB.
    public static let byteLimit = 256 * 1024
    /// How many lists and mappings may stand inside one another.
    public static let depthLimit = 64

    /// Parses a document that is in memory.
    ///
    /// - Parameters:
    ///   - bytes: the document in UTF-8; a byte order mark at its start is passed over.
    ///   - file: the name that diagnostics give.
    /// - Throws: ``DiagnosticsError`` with every problem found: all breaches of the rules above, up to the
    ///   first mistake in the syntax.
    public static func parse(_ bytes: some Collection<UInt8>, file: String) throws(DiagnosticsError) -> Node {
        var diagnostics = Diagnostics()
        let node = parse(bytes, file: file, into: &diagnostics)
        if let node, !diagnostics.hasErrors { return node }
        throw DiagnosticsError(diagnostics.all, omitted: diagnostics.omitted)
    }

    /// Parses a document that is in memory, for who goes on to tell what else is wrong with it.
    ///
    /// - Returns: the document; also where a key came twice, of which the first stays. `nil` means that what is
    ///   wrong leaves none.
    public static func parse(
        _ bytes: some Collection<UInt8>, file: String, into diagnostics: inout Diagnostics
    ) -> Node? {
        guard let source = SourceText.checked(bytes, file: file, upTo: byteLimit, into: &diagnostics) else {
            return nil
        }
        var composer = Composer(source, diagnostics)
        let node = composer.compose()
        let isWhole = composer.isWhole
        diagnostics = composer.diagnostics
        return isWhole ? node : nil
    }

    /// Parses a regular file, of which never more than ``byteLimit`` and one byte are read.
    ///
    /// - Parameters:
    ///   - path: the file to open.
    ///   - name: the name that diagnostics give, if not the path.
    /// - Throws: ``DiagnosticsError`` if the file can't be read (placed at its first line), or as
    ///   ``parse(_:file:)`` does.
    public static func parse(path: String, named name: String? = nil) throws(DiagnosticsError) -> Node {
        var diagnostics = Diagnostics()
        let node = parse(path: path, named: name, into: &diagnostics)
        if let node, !diagnostics.hasErrors { return node }
        throw DiagnosticsError(diagnostics.all, omitted: diagnostics.omitted)
    }

    /// Parses a regular file as ``parse(path:named:)`` does, for who goes on to tell what else is wrong with it.
    ///
    /// - Returns: the document, as ``parse(_:file:into:)`` gives it.
    public static func parse(
        path: String, named name: String? = nil, into diagnostics: inout Diagnostics
    ) -> Node? {
        let name = name ?? path
        do throws(FileError) {
            return parse(try readFile(path, upTo: byteLimit + 1, as: "a YAML file"), file: name, into: &diagnostics)
        } catch {
            let mark = Mark(file: name, start: .init(line: 1, column: 1))
            diagnostics.error(error.message, at: mark, help: error.help)
            return nil
        }
    }
}
