/// Something to say about a place in a file.
public struct Diagnostic: Sendable, Hashable, CustomStringConvertible {
    /// How bad it is.
    public enum Severity: String, Sendable {
        /// The file can't be used.
        case error
        /// The file can be used, but probably does not say what was meant.
        case warning
    }

    /// How bad it is.
    public var severity: Severity
    /// Where it is.
    public var mark: Mark
    /// What is wrong, in one line.
    public var message: String
    /// What to do about it, in one line.
    public var help: String?

    /// Makes a diagnostic; `message` and `help` are one line each.
    public init(_ severity: Severity, at mark: Mark, _ message: String, help: String? = nil) {
        self.severity = severity
        self.mark = mark
        self.message = message
        self.help = help
    }

    /// The file as the caller named it.
    public var file: String { mark.file }

    /// `FILE:LINE:COLUMN: error: message`, and the help indented on a line of its own.
    public var description: String {
        let line = "\(mark.file):\(mark.start): \(severity.rawValue): \(message)"
        return if let help { line + "\n    help: " + help } else { line }
    }
}

extension Diagnostic: Encodable {
    /// Writes file, line and column of its beginning and its end, severity, message and help.
    public func encode(to encoder: any Encoder) throws {
        var container = encoder.container(keyedBy: CodingKeys.self)
        try container.encode(mark.file, forKey: .file)
        try container.encode(mark.line, forKey: .line)
        try container.encode(mark.column, forKey: .column)
        try container.encode(mark.end.line, forKey: .endLine)
        try container.encode(mark.end.column, forKey: .endColumn)
        try container.encode(severity.rawValue, forKey: .severity)
        try container.encode(message, forKey: .message)
        try container.encodeIfPresent(help, forKey: .help)
    }

    private enum CodingKeys: String, CodingKey {
        case file, line, column, endLine, endColumn, severity, message, help
    }
}

/// Everything that is wrong with a file, or with several that were read together.
public struct DiagnosticsError: Error, Sendable, CustomStringConvertible {
    /// The problems, by file and then by place. At least one is an error; warnings stand among them.
    public let diagnostics: [Diagnostic]
    /// How many more problems were seen beyond ``Diagnostics/limit``, up to which they are kept.
    public let omitted: Int

    /// Makes an error of problems, which it puts in the order of their places.
    public init(_ diagnostics: [Diagnostic], omitted: Int = 0) {
        var files: [String: Int] = [:]
        for diagnostic in diagnostics where files[diagnostic.file] == nil {
            files[diagnostic.file] = files.count
        }
        let keyed = diagnostics.enumerated().map { (files[$1.file] ?? 0, $1.mark.start, $0, $1) }
        self.diagnostics = keyed.sorted { ($0.0, $0.1, $0.2) < ($1.0, $1.1, $1.2) }.map(\.3)
        self.omitted = omitted
    }

    /// Every problem, one after the other.
    public var description: String {
        let lines = diagnostics.map(\.description)
        return (omitted > 0 ? lines + ["… and at least \(omitted) more"] : lines).joined(separator: "\n")
    }
}
