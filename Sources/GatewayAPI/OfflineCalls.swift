public import AdapterKit

/// Makes the request files of offline activations, to be mailed to the vendor. An installation has one open request at a
/// time; asked again, the same file comes back.
public struct RequestOffline: GatewayCall {
    /// What comes back.
    public typealias Answer = OfflineRequestReport
    /// The name in the audit trail and the API.
    public static let name = "offline.request"

    /// Which installations.
    public var selection: Selection
    /// Whether an open request is given up and a new one made: its answer is not taken then.
    public var anew: Bool

    /// The call.
    public init(selection: Selection, anew: Bool = false) {
        self.selection = selection
        self.anew = anew
    }

    /// Which installations a call is about.
    public enum Selection: Codable, Hashable, Sendable {
        /// These, by ID.
        case installations([String])
        /// Those for which a request is due and none is open.
        case due
    }
}

/// What came of making request files.
public struct OfflineRequestReport: Codable, Hashable, Sendable {
    /// The requests.
    public var requests: [OfflineRequest]
    /// The installations for which none could be made.
    public var failures: [Failure]

    /// A report.
    public init(requests: [OfflineRequest] = [], failures: [Failure] = []) {
        self.requests = requests
        self.failures = failures
    }

    /// An installation for which no request could be made.
    public struct Failure: Codable, Hashable, Sendable {
        /// The installation's ID.
        public var installation: String
        /// Why, and what to do.
        public var message: String

        /// A failure.
        public init(installation: String, message: String) {
            self.installation = installation
            self.message = message
        }
    }
}

/// An open request.
public struct OfflineRequest: Codable, Hashable, Sendable {
    /// The operation's ID.
    public var operation: String
    /// The installation's ID.
    public var installation: String
    /// The customer's ID.
    public var customer: String
    /// When it was made.
    public var requested: Instant
    /// Whether it was made just now.
    public var isNew: Bool
    /// When it was sent; nil where nobody said so.
    public var sent: Instant?
    /// The file to send; nil where a person makes it in the product.
    public var file: AttachedFile?
    /// What to do, in whole sentences.
    public var text: String

    /// A request.
    public init(
        operation: String, installation: String, customer: String, requested: Instant, isNew: Bool, sent: Instant?,
        file: AttachedFile?, text: String
    ) {
        self.operation = operation
        self.installation = installation
        self.customer = customer
        self.requested = requested
        self.isNew = isNew
        self.sent = sent
        self.file = file
        self.text = text
    }
}

/// Takes the vendor's answer to a request file.
public struct ImportOffline: GatewayCall {
    /// What comes back.
    public typealias Answer = RefreshResult
    /// The name in the audit trail and the API.
    public static let name = "offline.import"

    /// The installation's ID; nil for whichever the file is for.
    public var installation: String?
    /// The file.
    public var file: AttachedFile
    /// Whether a file that Gatehouse did not write may be replaced; that original is kept for good.
    public var adopt: Bool

    /// The call.
    public init(installation: String?, file: AttachedFile, adopt: Bool = false) {
        self.installation = installation
        self.file = file
        self.adopt = adopt
    }
}

/// Records that request files were sent.
public struct MarkOfflineSent: GatewayCall {
    /// What comes back.
    public typealias Answer = [OfflineItem]
    /// The name in the audit trail and the API.
    public static let name = "offline.sent"

    /// The installations' IDs.
    public var installations: [String]
    /// When.
    public var at: PointInTime

    /// The call.
    public init(installations: [String], at: PointInTime = .now) {
        self.installations = installations
        self.at = at
    }
}

/// Lists where offline activations stand.
public struct ListOffline: GatewayCall {
    /// What comes back.
    public typealias Answer = [OfflineItem]
    /// The name in the audit trail and the API.
    public static let name = "offline.list"

    /// Only this customer's; nil for all.
    public var customer: String?
    /// Whether those are listed too for which nothing is to be done.
    public var all: Bool

    /// The call.
    public init(customer: String? = nil, all: Bool = false) {
        self.customer = customer
        self.all = all
    }
}

/// Where an installation's offline activation stands.
public struct OfflineItem: Codable, Hashable, Sendable {
    /// The installation's ID.
    public var installation: String
    /// The installation's name; empty for none.
    public var installationName: String
    /// The customer's ID.
    public var customer: String
    /// The customer's name.
    public var customerName: String
    /// The profile's name.
    public var profile: String
    /// Who sees to it; nil where nobody is named.
    public var owner: String?
    /// What is waited for.
    public var state: State
    /// The open request's operation.
    public var operation: String?
    /// When the open request was made.
    public var requested: Instant?
    /// When it was sent.
    public var sent: Instant?
    /// When an offline activation was imported, if that is how what is held came.
    public var activated: Instant?
    /// When the next request is due; nil where it is at once.
    public var due: Instant?

    /// An item.
    public init(
        installation: String, installationName: String, customer: String, customerName: String, profile: String,
        owner: String?, state: State, operation: String?, requested: Instant?, sent: Instant?, activated: Instant?,
        due: Instant?
    ) {
        self.installation = installation
        self.installationName = installationName
        self.customer = customer
        self.customerName = customerName
        self.profile = profile
        self.owner = owner
        self.state = state
        self.operation = operation
        self.requested = requested
        self.sent = sent
        self.activated = activated
        self.due = due
    }

    /// What is waited for.
    public enum State: String, Codable, Hashable, Sendable, CaseIterable {
        /// Nothing: the next request is not due yet.
        case current
        /// A request is due: somebody makes one.
        case due
        /// A request was made: somebody sends it.
        case requested
        /// It was sent: the vendor's support answers.
        case sent
        /// No answer came within the profile's days: somebody asks after it.
        case unanswered
    }
}
