public import AdapterKit

/// What a review looks at.
public enum ReviewKind: String, Codable, Hashable, Sendable, CaseIterable {
    /// How the licenses are used: too many, too few, unused modules.
    case utilization
    /// Who has access, and still should.
    case access

    /// What is to be done.
    public var sentence: String {
        switch self {
        case .utilization: "Audit how the licenses are used: `gatehouse report licenses` shows it."
        case .access: "Review who has access: `gatehouse seats users` shows who was seen."
        }
    }
}

/// Has something looked at again and again.
public struct AddReview: GatewayCall {
    /// What comes back.
    public typealias Answer = ReviewView
    /// The name in the audit trail and the API.
    public static let name = "reviews.add"

    /// The installation's ID.
    public var installation: String
    /// What is looked at.
    public var kind: ReviewKind
    /// After how many calendar days of the customer's it is due, again and again: 1 to 3660.
    public var everyDays: Int

    /// The call.
    public init(installation: String, kind: ReviewKind, everyDays: Int) {
        self.installation = installation
        self.kind = kind
        self.everyDays = everyDays
    }
}

/// Lists reviews, soonest due first.
public struct ListReviews: GatewayCall {
    /// What comes back.
    public typealias Answer = [ReviewView]
    /// The name in the audit trail and the API.
    public static let name = "reviews.list"

    /// Only this customer's; nil for all.
    public var customer: String?
    /// Only those that are due.
    public var due: Bool

    /// The call.
    public init(customer: String? = nil, due: Bool = false) {
        self.customer = customer
        self.due = due
    }
}

/// Records that a review was done; or ends it for good.
public struct CompleteReview: GatewayCall {
    /// What comes back.
    public typealias Answer = ReviewView
    /// The name in the audit trail and the API.
    public static let name = "reviews.done"

    /// The review's ID.
    public var id: String
    /// What was found; empty for nothing.
    public var note: String
    /// Whether it is not to be done any more.
    public var ends: Bool

    /// The call.
    public init(id: String, note: String = "", ends: Bool = false) {
        self.id = id
        self.note = note
        self.ends = ends
    }
}

/// A review, as people see it.
public struct ReviewView: Codable, Hashable, Sendable {
    /// The ID, a UUIDv7.
    public var id: String
    /// The installation's ID.
    public var installation: String
    /// The customer's ID.
    public var customer: String
    /// What is looked at.
    public var kind: ReviewKind
    /// After how many calendar days it is due again.
    public var everyDays: Int
    /// When it is due next.
    public var next: Instant
    /// When it was done last; nil where it never was.
    public var last: Instant?
    /// What was said of it then.
    public var lastNote: String?

    /// A view.
    public init(
        id: String, installation: String, customer: String, kind: ReviewKind, everyDays: Int, next: Instant,
        last: Instant? = nil, lastNote: String? = nil
    ) {
        self.id = id
        self.installation = installation
        self.customer = customer
        self.kind = kind
        self.everyDays = everyDays
        self.next = next
        self.last = last
        self.lastNote = lastNote
    }
}

extension ReviewView {
    /// How often something is looked at, in words.
    public static func every(days: Int) -> String { days == 1 ? "every day" : "every \(days) days" }
}
