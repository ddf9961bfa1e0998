public import AdapterKit

/// Records an order that was placed with a vendor, so that its arrival is watched for.
public struct AddOrder: GatewayCall {
    /// What comes back.
    public typealias Answer = OrderView
    /// The name in the audit trail and the API.
    public static let name = "orders.add"

    /// The installation's ID.
    public var installation: String
    /// When it was placed: an instant that is not to come. A day is refused, since an order is on its way for so many
    /// hours.
    public var placed: PointInTime
    /// What was ordered.
    public var items: OrderedItems
    /// The order's number, as the vendor or the bookkeeping knows it; empty for none.
    public var reference: String

    /// The call.
    public init(
        installation: String, placed: PointInTime, items: OrderedItems = OrderedItems(), reference: String = ""
    ) {
        self.installation = installation
        self.placed = placed
        self.items = items
        self.reference = reference
    }
}

/// Lists orders, newest first.
public struct ListOrders: GatewayCall {
    /// What comes back.
    public typealias Answer = [OrderView]
    /// The name in the audit trail and the API.
    public static let name = "orders.list"

    /// Only this customer's; nil for all.
    public var customer: String?
    /// Only this installation's; nil for all. Orders of archived installations are listed only so.
    public var installation: String?
    /// Only those that are still waited for.
    public var open: Bool

    /// The call.
    public init(customer: String? = nil, installation: String? = nil, open: Bool = false) {
        self.customer = customer
        self.installation = installation
        self.open = open
    }
}

/// Takes an order back that is still waited for: it was cancelled, or entered by mistake.
public struct WithdrawOrder: GatewayCall {
    /// What comes back.
    public typealias Answer = OrderView
    /// The name in the audit trail and the API.
    public static let name = "orders.withdraw"

    /// The order's ID.
    public var id: String

    /// The call.
    public init(id: String) { self.id = id }
}

/// An order, as people see it.
public struct OrderView: Codable, Hashable, Sendable {
    /// The ID, a UUIDv7.
    public var id: String
    /// The installation's ID.
    public var installation: String
    /// The customer's ID.
    public var customer: String
    /// How it stands now.
    public var state: OrderState
    /// When it was placed.
    public var placed: Instant
    /// Until when it may be on its way.
    public var until: Instant
    /// What was ordered.
    public var items: OrderedItems
    /// The order's number; empty for none.
    public var reference: String
    /// Who recorded it, by ID.
    public var caller: String
    /// When a refresh showed it.
    public var applied: Instant?
    /// That refresh's operation.
    public var appliedBy: String?
    /// When it was withdrawn.
    public var withdrawn: Instant?

    /// A view.
    public init(
        id: String, installation: String, customer: String, state: OrderState, placed: Instant, until: Instant,
        items: OrderedItems, reference: String, caller: String, applied: Instant?, appliedBy: String?,
        withdrawn: Instant?
    ) {
        self.id = id
        self.installation = installation
        self.customer = customer
        self.state = state
        self.placed = placed
        self.until = until
        self.items = items
        self.reference = reference
        self.caller = caller
        self.applied = applied
        self.appliedBy = appliedBy
        self.withdrawn = withdrawn
    }
}
