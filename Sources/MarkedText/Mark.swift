/// Where something stands in a file, from its first character to just behind its last.
///
/// The source travels with the mark, so a tree put together from several files still reports each problem
/// in the file where it was written, with its line.
public struct Mark: Sendable, Hashable {
    /// A place between two characters: line and column, both from 1; a column counts Unicode scalars.
    public struct Position: Sendable, Hashable, Comparable, CustomStringConvertible {
        /// The line, from 1.
        public var line: Int
        /// The column in Unicode scalars, from 1; a tab counts as one.
        public var column: Int

        /// Makes a position from a line and a column, both from 1.
        public init(line: Int, column: Int) {
            self.line = line
            self.column = column
        }

        /// `LINE:COLUMN`.
        public var description: String { "\(line):\(column)" }

        /// Whether one position stands before another in the same file.
        public static func < (left: Position, right: Position) -> Bool {
            (left.line, left.column) < (right.line, right.column)
        }
    }

    /// What it is a place in.
    public let source: SourceText
    /// The first character.
    public var start: Position
    /// Just behind the last character.
    public var end: Position

    /// Makes a mark; without an `end` it is a single place.
    public init(in source: SourceText, start: Position, end: Position? = nil) {
        self.source = source
        self.start = start
        self.end = end ?? start
    }

    /// Makes a mark in a file whose text is not at hand.
    ///
    /// - Parameter file: the file as the caller named it.
    public init(file: String, start: Position, end: Position? = nil) {
        self.init(in: SourceText(unread: file), start: start, end: end)
    }

    /// The file as the caller named it.
    public var file: String { source.file }

    /// The line of the first character, from 1.
    public var line: Int { start.line }

    /// The column of the first character, from 1.
    public var column: Int { start.column }

    /// The column just behind the last character if that stands on the same line, else `nil`.
    public var endColumn: Int? { start.line == end.line ? end.column : nil }

    /// Whether two marks are the same place in files of the same name.
    public static func == (left: Mark, right: Mark) -> Bool {
        left.start == right.start && left.end == right.end && left.file == right.file
    }

    /// Hashes the file's name and the place.
    public func hash(into hasher: inout Hasher) {
        hasher.combine(file)
        hasher.combine(start)
        hasher.combine(end)
    }
}
