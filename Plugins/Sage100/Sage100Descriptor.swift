public import AdapterKit
import VendorFormats

extension Sage100 {
    /// The names of its deliveries: one file, for the server and for terminal servers.
    enum Delivery {
        static let server = "serverKeys"
        static let terminals = "terminalKeys"
    }

    /// The dates that it reports.
    enum DateName {
        static let expires = "expires"
    }

    /// What the vendor knows an installation by, in the order in which it compares.
    enum IdentityField: String, IdentityName {
        case customerNumber
        case serialNumber

        /// The words that the registration tab uses.
        var title: String {
            switch self {
            case .customerNumber: "Customer Number"
            case .serialNumber: "Serial Number"
            }
        }

        var isDiscreet: Bool { self == .serialNumber }

        /// The field, as a part of the identity and as a key. Sage publishes no form of either number: it is some number,
        /// which an INI file holds as it is, and so is what a person typed in its place most often not.
        func field(help: String) -> Field {
            let example = self == .serialNumber ? "1047733" : "4000217743"
            return Field(
                name: rawValue, title: title, pattern: "(?=.*[0-9])[A-Za-z0-9]([A-Za-z0-9-]{0,30}[A-Za-z0-9])?",
                expectation:
                    "a number such as \(example): at most 32 digits, letters and dashes between them, with a digit among "
                    + "them", help: help)
        }
    }

    /// What there is to know of the adapter.
    public var descriptor: AdapterDescriptor {
        AdapterDescriptor(
            protocolName: "product-key", title: "Sage 100", version: "1.0",
            identity: [
                IdentityField.customerNumber.field(
                    help: "It is the customer's number with Sage, on tab 3 of System Configuration."),
                IdentityField.serialNumber.field(
                    help: "It is the serial number that is registered now, on tab 3 of System Configuration."),
            ],
            keys: Key.fields,
            site: [
                Field(
                    name: "server", title: "Server",
                    help: "It is the folder on the server that holds MAS90, as this machine sees it."),
                Field(
                    name: "terminalServers", title: "Terminal servers",
                    pattern:
                        "([A-Za-z0-9]([A-Za-z0-9._-]{0,251}[A-Za-z0-9])?|\\[[0-9A-Fa-f:.]{2,45}(%[A-Za-z0-9._-]{1,64})?\\])"
                        + ":/[^/].*",
                    expectation:
                        "a host and a folder with a colon between, such as TS1:/mnt/ts1/Sage/Sage 100 Workstation or "
                        + "[fd00::7]:/mnt/ts7",
                    required: false,
                    help:
                        "It is a host (an IPv6 address in brackets), a colon, and the folder of that host that holds its "
                        + "MAS90, as this machine sees it; several values for several hosts."),
            ],
            deliveries: [
                Field(
                    name: Delivery.server, title: "ACTIVATE.PVX",
                    help:
                        "It is the registration file that an activation brings; Sage 100 reads it in the server's keys "
                        + "folder."),
                Field(
                    name: Delivery.terminals, title: "ACTIVATE.PVX on terminal servers", required: false,
                    help: "It is a copy of the server's file, byte for byte, in the library folder of each terminal "
                        + "server."),
            ],
            dates: [
                AdapterDescriptor.DateDescription(
                    name: DateName.expires, optional: true,
                    help: "The last day that a subscription covers; a perpetual license has none.")
            ],
            purposes: [Self.exchange.purpose, Self.activation.purpose])
    }
}
