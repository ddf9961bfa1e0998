/// Records what is licensed, for a product that has no server to ask.
public struct RecordLicense: GatewayCall {
    /// What comes back.
    public typealias Answer = RefreshResult
    /// The name in the audit trail and the API.
    public static let name = "license.record"

    /// The installation's ID.
    public var installation: String
    /// What is licensed, by name: a date (`expires`: `2027-03-31`), `seats.POOL`, `modules`, `edition`. What is left out
    /// stays as it was; `none` takes away what there is no more.
    public var values: [String: String]
    /// What is said of it; empty for nothing.
    public var note: String

    /// The call.
    public init(installation: String, values: [String: String], note: String = "") {
        self.installation = installation
        self.values = values
        self.note = note
    }
}

/// Records what a CSV file says is licensed: all of it, or nothing.
public struct ImportLicenses: GatewayCall {
    /// What comes back.
    public typealias Answer = LicenseImportReport
    /// The name in the audit trail and the API.
    public static let name = "license.import"

    /// The file's bytes.
    public var contents: [UInt8]
    /// Its name, for what is told of it.
    public var file: String
    /// Whether it is only checked.
    public var dryRun: Bool

    /// The call.
    public init(contents: [UInt8], file: String, dryRun: Bool = false) {
        self.contents = contents
        self.file = file
        self.dryRun = dryRun
    }
}

/// What came of a file of licenses.
public struct LicenseImportReport: Codable, Hashable, Sendable {
    /// What came of each, in the order of the file.
    public var results: [RefreshResult]
    /// What is wrong with the file; then nothing of it was recorded.
    public var problems: [PortfolioImportReport.Problem]
    /// How many more there are.
    public var omittedProblems: Int

    /// A report.
    public init(
        results: [RefreshResult], problems: [PortfolioImportReport.Problem] = [], omittedProblems: Int = 0
    ) {
        self.results = results
        self.problems = problems
        self.omittedProblems = omittedProblems
    }
}
