import AdapterKit
import GatewayAPI
import GatewayCore
import Sage300
import Testing

@Suite("The adapters by their protocols")
struct AdapterRegistryTests {
    private func adapter(_ protocolName: String, _ title: String, contract: Int = 1) -> AnyAdapter {
        ScriptedAdapter.any(
            descriptor: ScriptedAdapter.descriptor(protocolName: protocolName, title: title, contract: contract),
            begin: { (_) throws(AdapterError) in throw AdapterError(.malformed, "not expected") })
    }

    @Test("Each adapter is found by its protocol, and nothing else is")
    func found() throws {
        let registry = try AdapterRegistry([AnyAdapter(Sage300()), adapter("test", "Test")])
        #expect(registry.all.map(\.descriptor.protocolName) == ["subscription", "test"])
        #expect(registry.adapter(for: "test")?.descriptor.title == "Test")
        #expect(registry.adapter(for: "Test") == nil && registry.adapter(for: "") == nil)
        #expect(try AdapterRegistry([]).all.isEmpty)
    }

    @Test("Two adapters for one protocol are refused, naming both")
    func two() throws {
        let error = try #require(throws: RegistryError.self) {
            try AdapterRegistry([
                adapter("other", "Other"), adapter("test", "The first"), adapter("test", "The second"),
            ])
        }
        for word in ["test", "The first 1.0", "The second 1.0"] {
            #expect(error.message.contains(word), "\(error)")
        }
        #expect(!error.message.contains("Other"))
    }

    @Test("An adapter of another contract is refused by its name", arguments: [0, 2, 99])
    func contract(_ contract: Int) throws {
        let error = try #require(throws: RegistryError.self) {
            try AdapterRegistry([adapter("test", "An older one", contract: contract)])
        }
        #expect(error.message.contains("An older one 1.0") && error.message.contains("contract \(contract)"))
        #expect(error.message.contains("speaks \(AdapterDescriptor.currentContract)"))
    }

    @Test("What an adapter can do is known from what it adopts")
    func capabilities() throws {
        let base = ScriptedAdapter(
            begin: { (_) throws(AdapterError) in throw AdapterError(.malformed, "") },
            resume: { (_, _, _) throws(AdapterError) in throw AdapterError(.malformed, "") })
        let plain = AnyAdapter(base)
        let inspecting = AnyAdapter(InspectingAdapter(base: base, inspection: base.onBegin))
        #expect(plain.capabilities == [.onlineRefresh] && !plain.inspects && inspecting.inspects)
    }
}
