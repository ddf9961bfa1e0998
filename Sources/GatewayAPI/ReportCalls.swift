public import AdapterKit

/// Compares what is licensed with what is used: seats that are too few or too many, modules and users that nobody sees,
/// and claims that were refused.
public struct ReportLicenses: GatewayCall {
    /// What comes back.
    public typealias Answer = LicenseReport
    /// The name in the API.
    public static let name = "report.licenses"

    /// Only this customer's; nil for all.
    public var customer: String?
    /// How many days back the use counts, 1 to 3660.
    public var days: Int
    /// From how many days on a named user counts as not seen, 1 to 3660.
    public var unseen: Int

    /// The call.
    public init(customer: String? = nil, days: Int = 90, unseen: Int = 60) {
        self.customer = customer
        self.days = days
        self.unseen = unseen
    }
}

/// What is licensed, beside what is used.
public struct LicenseReport: Codable, Hashable, Sendable {
    /// When it was made.
    public var at: Instant
    /// How many days back the use counts.
    public var days: Int
    /// What was found, by customer and installation.
    public var findings: [Finding]
    /// Installations that were looked at.
    public var installations: Int
    /// Of them, those of whose use nothing is known.
    public var unknown: Int

    /// A report.
    public init(at: Instant, days: Int, findings: [Finding], installations: Int, unknown: Int) {
        self.at = at
        self.days = days
        self.findings = findings
        self.installations = installations
        self.unknown = unknown
    }

    /// Something that is not as it might be.
    public struct Finding: Codable, Hashable, Sendable {
        /// The customer's ID.
        public var customer: String
        /// The installation's ID.
        public var installation: String
        /// The product's name.
        public var product: String
        /// What kind of finding it is.
        public var kind: Kind
        /// The pool, or the module's code.
        public var subject: String
        /// Seats that the license grants; nil for a module without any of its own.
        public var purchased: Int?
        /// Seats that are set up in the product, or named users' own; nil where that is not known.
        public var registered: Int?
        /// The most in use at once.
        public var peak: Int
        /// Claims that were refused.
        public var denials: Int
        /// All of it in a sentence.
        public var text: String
        /// The users that it is about; empty for a caller who may not see names.
        public var users: [String]

        /// A finding.
        public init(
            customer: String, installation: String, product: String, kind: Kind, subject: String, purchased: Int?,
            registered: Int?, peak: Int, denials: Int, text: String, users: [String] = []
        ) {
            self.customer = customer
            self.installation = installation
            self.product = product
            self.kind = kind
            self.subject = subject
            self.purchased = purchased
            self.registered = registered
            self.peak = peak
            self.denials = denials
            self.text = text
            self.users = users
        }
    }

    /// The kinds of findings.
    public enum Kind: String, Codable, Sendable, CaseIterable {
        /// More are in use, or set up, than were bought.
        case overUsed = "over-used"
        /// Claims were refused.
        case denied
        /// Seats that nobody needed.
        case underUsed = "under-used"
        /// A module that nobody used.
        case unusedModule = "unused module"
        /// Named users who were not seen.
        case unseenUsers = "unseen users"
    }
}
