/// What the rules need to know of an installation, and nothing that must be decoded first.
///
/// A listing makes one value and fills it anew for every row: nothing is allocated then.
public struct StandingFacts: Hashable, Sendable {
    /// Whether there is an entitlement at all. Without one the installation is unlicensed.
    public var held: Bool
    /// What the vendor's own record says, where it says so.
    public var vendorStatus: Entitlement.VendorStatus?
    /// The modules; only those with a date of their own matter to the rules.
    public var modules: [Entitlement.Module]
    var values: [DateValue?]

    /// The date in a slot; nil where the entitlement has none. Setting a slot of other rules does nothing.
    public subscript(slot: DateSlot) -> DateValue? {
        get { values.indices.contains(slot.index) ? values[slot.index] : nil }
        set { if values.indices.contains(slot.index) { values[slot.index] = newValue } }
    }

    /// A date with a meaning of its own.
    public subscript(name: DateName) -> DateValue? {
        get { self[DateSlot(name)] }
        set { self[DateSlot(name)] = newValue }
    }

    /// Forgets the dates, the modules and the vendor's word; nothing is held then.
    public mutating func clear() {
        held = false
        vendorStatus = nil
        if !modules.isEmpty { modules = [] }
        for index in values.indices { values[index] = nil }
    }
}

extension CountdownRules {
    /// Facts for these rules. Dates that no rule asks about are left out.
    ///
    /// - Parameters:
    ///   - held: Whether there is an entitlement.
    ///   - dates: By name: the entitlement's and the gateway's own (`lastContact`).
    ///   - modules: The entitlement's.
    ///   - vendorStatus: The entitlement's.
    public func facts(
        held: Bool = false, dates: [String: DateValue] = [:], modules: [Entitlement.Module] = [],
        vendorStatus: Entitlement.VendorStatus? = nil
    ) -> StandingFacts {
        StandingFacts(
            held: held, vendorStatus: vendorStatus, modules: modules, values: compiled.slotNames.map { dates[$0] })
    }

    /// Facts for these rules: of an entitlement (nil where none is held) and of dates that the gateway knows
    /// besides, which win over the entitlement's.
    public func facts(of entitlement: Entitlement?, dates: [String: DateValue] = [:]) -> StandingFacts {
        facts(
            held: entitlement != nil, dates: (entitlement?.dates ?? [:]).merging(dates) { $1 },
            modules: entitlement?.modules ?? [], vendorStatus: entitlement?.vendorStatus)
    }
}

/// Who and what a message speaks of.
public struct MessageNames: Hashable, Sendable {
    /// The product's name: `Sage 300`.
    public var product: String
    /// The customer's name.
    public var customer: String
    /// The installation's ID.
    public var installation: String
    /// The place in the product's own menus, as the profile names it.
    public var `where`: String

    /// The names that messages use.
    public init(product: String, customer: String, installation: String, where: String) {
        self.product = product
        self.customer = customer
        self.installation = installation
        self.where = `where`
    }
}
