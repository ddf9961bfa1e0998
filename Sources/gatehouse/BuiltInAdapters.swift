import AdapterKit
import GatewayCore
import Sage200
import Sage300

/// The adapters that this program is built with. A new plugin is registered by a line here.
enum BuiltInAdapters {
    static func registry() throws(RegistryError) -> AdapterRegistry {
        try AdapterRegistry([
            AnyAdapter(Sage200()), AnyAdapter(Sage300()),
        ])
    }
}
