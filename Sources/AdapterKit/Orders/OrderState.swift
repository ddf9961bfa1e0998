/// How an order stands at a vendor's. It never changes what anybody may do: access follows the countdowns.
public enum OrderState: String, Codable, Hashable, Sendable, CaseIterable {
    /// It is on its way: a renewal may take so long to reach the vendor's server.
    case propagating
    /// It should have arrived, and no refresh has shown it.
    case overdue
    /// A refresh showed it.
    case applied
    /// It was taken back, or entered by mistake.
    case withdrawn

    /// How long an order may be on its way, in elapsed hours: what a vendor asks for (Sage's knowledge base, on
    /// renewals of Sage 300 subscriptions).
    public static let propagationHours = 48

    /// Until when an order may be on its way: so many elapsed hours, whatever the clocks on the wall do meanwhile.
    public static func until(placed: Instant) -> Instant { placed.adding(hours: propagationHours) }

    /// How an order that was not withdrawn stands at an instant: from the very instant at which it was placed or
    /// applied.
    public init(placed: Instant, applied: Instant?, at now: Instant) {
        if let applied, applied <= now {
            self = .applied
        } else {
            self = now < Self.until(placed: placed) ? .propagating : .overdue
        }
    }

    /// Whether it is still waited for.
    public var isOpen: Bool { self == .propagating || self == .overdue }
}
