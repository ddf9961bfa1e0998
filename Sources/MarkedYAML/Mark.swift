/// Where something stands in a YAML file, from its first character to just behind its last.
///
/// The file travels with the mark, so a tree put together from several files still reports each problem
/// in the file where it was written.
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

    /// The file as the caller named it.
    public var file: String
    /// The first character.
    public var start: Position
    /// Just behind the last character.
    public var end: Position

    /// Makes a mark; without an `end` it is a single place.
    public init(file: String, start: Position, end: Position? = nil) {
        self.file = file
        self.start = start
        self.end = end ?? start
    }

    /// The line of the first character, from 1.
    public var line: Int { start.line }

    /// The column of the first character, from 1.
    public var column: Int { start.column }

    /// The column just behind the last character if that stands on the same line, else `nil`.
    public var endColumn: Int? { start.line == end.line ? end.column : nil }
}
