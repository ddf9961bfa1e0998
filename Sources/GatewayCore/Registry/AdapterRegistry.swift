public import AdapterKit

/// The adapters by the protocol that they speak.
public struct AdapterRegistry: Sendable {
    private let adapters: [String: AnyAdapter]

    /// A registry of these adapters. It is a value that `main` makes and hands in, not a global.
    ///
    /// - Throws: ``RegistryError`` where two speak one protocol, or one was written to another contract.
    public init(_ list: [AnyAdapter]) throws(RegistryError) {
        var adapters: [String: AnyAdapter] = [:]
        for adapter in list {
            let descriptor = adapter.descriptor
            guard descriptor.contract == AdapterDescriptor.currentContract else {
                throw RegistryError(
                    message: "The adapter \(Self.name(descriptor)) was written to contract \(descriptor.contract), and "
                        + "this gateway speaks \(AdapterDescriptor.currentContract): take another version of it.")
            }
            if let other = adapters[descriptor.protocolName] {
                throw RegistryError(
                    message:
                        "Two adapters speak the protocol \(descriptor.protocolName): \(Self.name(other.descriptor)) "
                        + "and \(Self.name(descriptor)). Register one of them.")
            }
            adapters[descriptor.protocolName] = adapter
        }
        self.adapters = adapters
    }

    /// The adapter for a protocol; nil where there is none.
    public func adapter(for protocolName: String) -> AnyAdapter? { adapters[protocolName] }

    /// All adapters, by protocol.
    public var all: [AnyAdapter] { adapters.keys.sorted().compactMap { adapters[$0] } }

    private static func name(_ descriptor: AdapterDescriptor) -> String {
        "\(descriptor.title) \(descriptor.version)"
    }
}

/// Adapters that can't be registered together.
public struct RegistryError: Error, Hashable, Sendable, CustomStringConvertible {
    /// What is wrong, naming the adapters.
    public var message: String

    /// The message.
    public var description: String { message }
}
