/// Looks at everything that a gateway relies on, and changes nothing.
public struct Examine: GatewayCall {
    /// What comes back.
    public typealias Answer = DoctorReport
    /// The name in the audit trail and the API.
    public static let name = "doctor"

    /// The call.
    public init() {}
}

/// What an examination found.
public struct DoctorReport: Codable, Hashable, Sendable {
    /// The findings, check by check.
    public var findings: [Finding]

    /// A report.
    public init(findings: [Finding]) { self.findings = findings }

    /// Whether something is wrong; warnings aside.
    public var hasProblems: Bool { findings.contains { $0.state == .problem } }

    /// What one check found.
    public struct Finding: Codable, Hashable, Sendable {
        /// The check.
        public var check: Check
        /// How it stands.
        public var state: State
        /// What was found, in whole sentences.
        public var found: String
        /// Where: a path or an ID.
        public var place: String?
        /// What to do.
        public var advice: String?

        /// A finding.
        public init(_ check: Check, _ state: State, _ found: String, place: String? = nil, advice: String? = nil) {
            self.check = check
            self.state = state
            self.found = found
            self.place = place
            self.advice = advice
        }
    }

    /// What is looked at.
    public enum Check: String, Codable, Hashable, Sendable, CaseIterable {
        /// Every page and index of the store's file, its references, its version.
        case store
        /// The audit trail's chain of hashes.
        case audit
        /// The key file.
        case keyFile = "key-file"
        /// Who may read and write the files.
        case permissions
        /// This machine's clock, against what is written down.
        case clock
        /// Free space.
        case space
        /// The profiles.
        case profiles
        /// Operations that are open.
        case operations
        /// Licenses that live on tokens.
        case tokens
        /// The count of seats, against the sessions.
        case seats
        /// Delivered files, against their hashes.
        case deliveries
        /// What killed processes left behind, and backups that were made by themselves.
        case leftovers
    }

    /// How a finding stands.
    public enum State: String, Codable, Hashable, Sendable, CaseIterable {
        /// All is well.
        case ok
        /// It works, and somebody should look at it.
        case warning
        /// Something is wrong.
        case problem
    }
}
