public import AdapterKit
import VendorFormats

extension Sage300 {
    /// The delivery of the vendor's document.
    static let delivery = "entitlements"

    /// The dates that it reports.
    enum DateName {
        static let expires = "expires"
        static let vendorExpired = "vendorExpired"
    }

    /// What the vendor knows an installation by, in the order in which it compares.
    enum IdentityField: String, IdentityName {
        case clientID
        case clientName
        case serialNumber

        /// The words that License Manager uses.
        var title: String {
            switch self {
            case .clientID: "Client ID"
            case .clientName: "Client Name"
            case .serialNumber: "Serial Number"
            }
        }

        var isDiscreet: Bool { self == .serialNumber }
    }

    /// The folder in which the product's files are, whatever kind of license it has.
    static let sharedData = Field(
        name: "sharedData", title: "Shared Data",
        help: "It is the folder that all workstations of Sage 300 share, as this machine sees it.")

    /// What there is to know of the adapter.
    public var descriptor: AdapterDescriptor {
        AdapterDescriptor(
            protocolName: "subscription", title: "Sage 300 subscription", version: "1.0",
            identity: [
                IdentityField.clientID.number(help: "It stands in License Manager as Client ID."),
                Field(
                    name: IdentityField.clientName.rawValue, title: IdentityField.clientName.title,
                    help: "It stands in License Manager as Client Name; the vendor compares every character."),
                IdentityField.serialNumber.number(
                    help: "It is the serial number of the newest release, whatever version is installed."),
            ],
            site: [
                Self.sharedData
            ],
            deliveries: [
                Field(
                    name: Self.delivery, title: "entitlements.xml",
                    help: "It is the vendor's signed document, byte for byte; Sage 300 reads it in Shared Data.")
            ],
            dates: [
                AdapterDescriptor.DateDescription(
                    name: DateName.expires, help: "The last day that the subscription covers."),
                AdapterDescriptor.DateDescription(
                    name: DateName.vendorExpired, optional: true,
                    help: "When the vendor marked its record as expired, if before the last covered day ended."),
            ],
            purposes: [Self.exchange.purpose])
    }
}
