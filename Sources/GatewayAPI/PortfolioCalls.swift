public import Foundation

/// Takes customers and installations from a spreadsheet: all of it, or nothing where anything is wrong with it.
///
/// What stands in the file's columns, `docs/portfolio-csv.md` says.
public struct ImportPortfolio: GatewayCall {
    /// What comes back.
    public typealias Answer = PortfolioImportReport
    /// The name in the audit trail and the API.
    public static let name = "portfolio.import"

    /// The file, as it is: its encoding and its separator are found out from it.
    public var contents: Data
    /// The name that problems give the file.
    public var file: String
    /// Whether what is there already may be changed; else the file may only add, and repeat what is there.
    public var update: Bool
    /// Only say what would be done.
    public var dryRun: Bool

    /// The call.
    public init(contents: Data, file: String, update: Bool = false, dryRun: Bool = false) {
        self.contents = contents
        self.file = file
        self.update = update
        self.dryRun = dryRun
    }
}

/// Gives the customers and installations that the caller may see as a spreadsheet that ``ImportPortfolio`` takes.
public struct ExportPortfolio: GatewayCall {
    /// What comes back.
    public typealias Answer = PortfolioSheet
    /// The name in the audit trail and the API.
    public static let name = "portfolio.export"

    /// Only this customer's; nil for all.
    public var customer: String?
    /// What stands between cells.
    public var separator: PortfolioSheet.Separator
    /// Whether values stand as they are, for other programs. Else those that a spreadsheet would change or run are
    /// written so that it does not.
    public var plain: Bool

    /// The call.
    public init(customer: String? = nil, separator: PortfolioSheet.Separator = .comma, plain: Bool = false) {
        self.customer = customer
        self.separator = separator
        self.plain = plain
    }
}

/// Gives the columns of the spreadsheet, with a file that holds nothing but them.
public struct PortfolioTemplate: GatewayCall {
    /// What comes back.
    public typealias Answer = PortfolioColumnList
    /// The name in the audit trail and the API.
    public static let name = "portfolio.template"

    /// Only what this profile's adapter needs of identities and sites; nil for every adapter's.
    public var profile: String?
    /// What stands between cells.
    public var separator: PortfolioSheet.Separator

    /// The call.
    public init(profile: String? = nil, separator: PortfolioSheet.Separator = .comma) {
        self.profile = profile
        self.separator = separator
    }
}

/// The columns of the spreadsheet.
public struct PortfolioColumnList: Codable, Hashable, Sendable {
    /// The columns, in the order in which an export has them; an import takes any order.
    public var columns: [Column]
    /// A file with the row of their names.
    public var contents: Data

    /// A list.
    public init(columns: [Column], contents: Data) {
        self.columns = columns
        self.contents = contents
    }

    /// A column.
    public struct Column: Codable, Hashable, Sendable {
        /// The name in the file's first row.
        public var name: String
        /// Whether a new installation needs it.
        public var required: Bool
        /// What stands in it.
        public var help: String

        /// A column.
        public init(name: String, required: Bool, help: String) {
            self.name = name
            self.required = required
            self.help = help
        }
    }
}

/// A portfolio as a spreadsheet.
public struct PortfolioSheet: Codable, Hashable, Sendable {
    /// The file: CSV in UTF-8 behind a byte order mark, lines that end with CRLF.
    public var contents: Data
    /// How many customers stand in it.
    public var customers: Int
    /// How many installations stand in it.
    public var installations: Int

    /// A sheet.
    public init(contents: Data, customers: Int, installations: Int) {
        self.contents = contents
        self.customers = customers
        self.installations = installations
    }

    /// What stands between cells.
    public enum Separator: String, Codable, Sendable, CaseIterable {
        /// `,`
        case comma
        /// `;`
        case semicolon
        /// The tab.
        case tab
    }
}

/// What came of an import, or would come of it.
public struct PortfolioImportReport: Codable, Hashable, Sendable {
    /// How it ended.
    public var outcome: Outcome
    /// The SHA-256 of the file, in hexadecimal: the audit trail has it too.
    public var sha256: String
    /// How the file is written: `UTF-8`, `UTF-16LE`, `UTF-16BE` or `Windows-1252`; nil where that can't be said.
    public var encoding: String?
    /// What stands between its cells; nil where that can't be said.
    public var separator: String?
    /// How many customers are added, changed and as they were.
    public var customers: Counts
    /// How many installations are added, changed and as they were.
    public var installations: Counts
    /// What is added and changed, in the file's order, at most ``mostChanges``.
    public var changes: [Change]
    /// How many changes are not listed.
    public var omittedChanges: Int
    /// What is wrong: where there is anything, nothing was taken.
    public var problems: [Problem]
    /// How many problems are not listed.
    public var omittedProblems: Int
    /// What is worth knowing of how the file was read.
    public var remarks: [Problem]

    /// The most changes that are listed.
    public static let mostChanges = 1000

    /// A report.
    public init(
        outcome: Outcome, sha256: String, encoding: String? = nil, separator: String? = nil,
        customers: Counts = Counts(), installations: Counts = Counts(), changes: [Change] = [],
        omittedChanges: Int = 0, problems: [Problem] = [], omittedProblems: Int = 0, remarks: [Problem] = []
    ) {
        self.outcome = outcome
        self.sha256 = sha256
        self.encoding = encoding
        self.separator = separator
        self.customers = customers
        self.installations = installations
        self.changes = changes
        self.omittedChanges = omittedChanges
        self.problems = problems
        self.omittedProblems = omittedProblems
        self.remarks = remarks
    }

    /// How an import ends.
    public enum Outcome: String, Codable, Sendable, CaseIterable {
        /// All of the file was taken.
        case done
        /// Something is wrong with the file, and nothing of it was taken.
        case refused
        /// Nothing is wrong with the file; nothing was taken, since nobody asked for it.
        case dryRun = "dry-run"
    }

    /// How many things of a kind an import added, changed and found as they are.
    public struct Counts: Codable, Hashable, Sendable {
        /// Were not there.
        public var added: Int
        /// Were there with other values.
        public var changed: Int
        /// Were there with the same values.
        public var unchanged: Int

        /// Counts.
        public init(added: Int = 0, changed: Int = 0, unchanged: Int = 0) {
            self.added = added
            self.changed = changed
            self.unchanged = unchanged
        }
    }

    /// Something that is added or changed.
    public struct Change: Codable, Hashable, Sendable {
        /// The line in the file.
        public var line: Int
        /// What kind of thing it is.
        public var kind: Kind
        /// Its ID.
        public var id: String
        /// Whether it was not there before.
        public var isNew: Bool
        /// The columns that change; empty for what is added.
        public var values: [Value]

        /// A change.
        public init(line: Int, kind: Kind, id: String, isNew: Bool, values: [Value]) {
            self.line = line
            self.kind = kind
            self.id = id
            self.isNew = isNew
            self.values = values
        }

        private enum CodingKeys: String, CodingKey {
            case line, kind, id, values
            case isNew = "new"
        }

        /// The kinds of things.
        public enum Kind: String, Codable, Sendable {
            /// A customer.
            case customer
            /// An installation.
            case installation
        }

        /// A column's value, what it was and what it is; secret values masked, empty for none.
        public struct Value: Codable, Hashable, Sendable {
            /// The column's name.
            public var column: String
            /// What it was.
            public var was: String
            /// What it is.
            public var now: String

            /// A value.
            public init(column: String, was: String, now: String) {
                self.column = column
                self.was = was
                self.now = now
            }
        }
    }

    /// Something to say about a place in the file.
    public struct Problem: Codable, Hashable, Sendable {
        /// The line, from 1.
        public var line: Int
        /// The column in characters, from 1.
        public var column: Int
        /// What is wrong.
        public var message: String
        /// What to do about it.
        public var help: String?
        /// All of it as a person at a terminal reads it, with its line and a caret below its place.
        public var shown: String

        /// A problem.
        public init(line: Int, column: Int, message: String, help: String?, shown: String) {
            self.line = line
            self.column = column
            self.message = message
            self.help = help
            self.shown = shown
        }
    }
}
