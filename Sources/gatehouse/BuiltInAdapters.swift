import AdapterKit
import GatewayCore
import POSToken
import Recorded
import Sage100
import Sage200
import Sage300

/// The adapters that this program is built with. A new plugin is registered by a line here.
enum BuiltInAdapters {
    static func registry() throws(RegistryError) -> AdapterRegistry {
        try AdapterRegistry([
            AnyAdapter(POSToken()), AnyAdapter(Recorded()), AnyAdapter(Sage100()), AnyAdapter(Sage200()),
            AnyAdapter(Sage300()), AnyAdapter(Sage300Perpetual()),
        ])
    }
}
