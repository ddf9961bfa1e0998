public import AdapterKit

/// The adapter of everything else: protocol `recorded`. There is no server to ask; a person records what is licensed, and
/// the profile says what its dates mean.
public struct Recorded: Recording {
    /// The adapter.
    public init() {}

    /// No conversation is ever had.
    public struct State: Codable, Hashable, Sendable {}

    /// Ends whatever was begun: there is nobody to go on with.
    ///
    /// - Throws: ``AdapterError`` `rejected`, always.
    public func resume(_ state: State, with event: Event, facts: Facts) throws(AdapterError) -> Transition<State> {
        throw AdapterError(.rejected, "The protocol recorded has no server to speak with.")
    }

    /// What there is to know of the adapter.
    public var descriptor: AdapterDescriptor {
        AdapterDescriptor(
            protocolName: "recorded", title: "Recorded licenses", version: "1.0", hasServer: false,
            identity: [
                Self.optional("account", "Account", "The customer's account with the vendor, where there is one."),
                Self.optional("licenseNumber", "License number", "The license's own number, serial or contract."),
                Self.optional("machine", "Machine", "The machine that the license is tied to, where it is."),
            ],
            dates: [
                Self.date("expires", "The last day that the license covers."),
                Self.date(
                    "maintenanceEnds", "The last day of support and updates, where the license itself has no end."),
                Self.date("lastCheck", "When the product last reached its vendor by itself."),
                Self.date("lastRenewed", "When the product's lease was last renewed."),
            ])
    }

    private static func optional(_ name: String, _ title: String, _ help: String) -> Field {
        Field(name: name, title: title, required: false, help: help)
    }

    private static func date(_ name: String, _ help: String) -> AdapterDescriptor.DateDescription {
        AdapterDescriptor.DateDescription(name: name, optional: true, help: help)
    }
}
