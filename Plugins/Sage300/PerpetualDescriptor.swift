public import AdapterKit
import VendorFormats

extension Sage300Perpetual {
    /// The delivery of the registration file.
    static let delivery = "moduleKeys"

    /// The dates that it reports.
    enum DateName {
        static let maintenanceUntil = "maintenanceUntil"
    }

    /// What the vendor knows an installation by.
    enum IdentityField: String, IdentityName {
        case serialNumber
        case release

        /// The words that License Manager uses.
        var title: String {
            switch self {
            case .serialNumber: "Serial Number"
            case .release: "Release"
            }
        }

        var isDiscreet: Bool { self == .serialNumber }

        /// The field, as a part of the identity and as a key.
        func field(help: String) -> Field {
            switch self {
            case .serialNumber: number(help: help)
            case .release:
                Field(
                    name: rawValue, title: title, pattern: "[A-Za-z0-9][A-Za-z0-9 ._-]{0,62}[A-Za-z0-9]",
                    expectation: "the name of a release such as Sage 300 2026 or 7.2", help: help)
            }
        }
    }

    /// What there is to know of the adapter.
    public var descriptor: AdapterDescriptor {
        AdapterDescriptor(
            protocolName: "module-keys", title: "Sage 300 perpetual", version: "1.0",
            identity: [
                IdentityField.serialNumber.field(help: "It is the serial number that is registered now."),
                IdentityField.release.field(help: "It is the release that is installed, as its keys name it."),
            ],
            keys: Key.fields,
            site: [
                Sage300.sharedData
            ],
            deliveries: [
                Field(
                    name: Self.delivery, title: "modules.ini",
                    help: "It is the registration file that an activation brings, with the key of each module.")
            ],
            dates: [
                AdapterDescriptor.DateDescription(
                    name: DateName.maintenanceUntil, optional: true,
                    help: "The last day of the yearly maintenance plan; the license itself does not end.")
            ],
            purposes: [Self.activation.purpose])
    }
}
