import AdapterKit
import GatewayProfiles

/// What describes profiles to editors and people, made of what they are read by.
public struct ProfileDocuments: Sendable {
    private let adapters: [AdapterDescriptor]

    /// The documents for the protocols of these adapters.
    public init(registry: AdapterRegistry) { adapters = registry.all.map(\.descriptor) }

    /// The JSON Schema.
    public func schema() throws -> String { try ProfileSchema.document(for: adapters) }

    /// The reference of all keys, as Markdown.
    public func reference() -> String { ProfileReference.markdown(for: adapters) }
}
