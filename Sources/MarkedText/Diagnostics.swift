/// Collects what is wrong, so that all of it can be told at once.
public struct Diagnostics: Sendable {
    /// How many problems are kept; further ones are only counted, or a hostile file would fill the memory.
    public static let limit = 100

    /// The problems kept, in the order in which they were found.
    public private(set) var all: [Diagnostic] = []
    /// How many problems were found after the ``limit`` was reached.
    public private(set) var omitted = 0
    /// How many errors were found, kept or not.
    public private(set) var errorCount = 0
    /// How often a value was passed over because an earlier error already speaks of it.
    public private(set) var silenced = 0

    /// Whether nothing is said of what is missing, since it may stand elsewhere.
    public var passesMissing = false

    /// Makes an empty collection.
    public init() {}

    /// Whether anything found is an error.
    public var hasErrors: Bool { errorCount > 0 }

    /// Whether further problems are only counted.
    public var isFull: Bool { all.count >= Self.limit }

    /// Whether there are more errors than are kept: reading on would cost time and tell nobody anything.
    public var isHopeless: Bool { errorCount > Self.limit }

    /// Adds a problem.
    public mutating func append(_ diagnostic: Diagnostic) {
        if diagnostic.severity == .error { errorCount += 1 }
        if isFull { omitted += 1 } else { all.append(diagnostic) }
    }

    /// Adds what another reading ended with, so that several files can be told of at once.
    public mutating func append(contentsOf error: DiagnosticsError) {
        error.diagnostics.forEach { append($0) }
        omitted += error.omitted
    }

    /// Adds an error; `message` says what is wrong and `help` what to do, in one line each.
    public mutating func error(_ message: String, at mark: Mark, help: String? = nil) {
        append(Diagnostic(.error, at: mark, message, help: help))
    }

    /// Adds a warning; `message` says what looks wrong and `help` what to do, in one line each.
    public mutating func warning(_ message: String, at mark: Mark, help: String? = nil) {
        append(Diagnostic(.warning, at: mark, message, help: help))
    }

    /// Counts a value that is passed over because an earlier error already speaks of it.
    public mutating func silence() { silenced += 1 }

    /// Ends the collecting.
    ///
    /// - Throws: ``DiagnosticsError`` with everything collected, if any of it is an error.
    public func throwIfErrors() throws(DiagnosticsError) {
        if hasErrors { throw DiagnosticsError(all, omitted: omitted) }
    }
}
