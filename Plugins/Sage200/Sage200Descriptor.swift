public import AdapterKit
import VendorFormats

extension Sage200 {
    /// The dates that it reports.
    enum DateName {
        static let validFrom = "validFrom"
        static let validTo = "validTo"
    }

    /// What the vendor knows an installation by, in the order in which it compares.
    enum IdentityField: String, IdentityName {
        case accountNumber
        case serialNumber

        /// The words that System Administration uses.
        var title: String {
            switch self {
            case .accountNumber: "Account Number"
            case .serialNumber: "Serial Number"
            }
        }

        var isDiscreet: Bool { self == .serialNumber }
    }

    /// What there is to know of the adapter.
    public var descriptor: AdapterDescriptor {
        AdapterDescriptor(
            protocolName: "online-offline", title: "Sage 200", version: "1.0",
            identity: [
                IdentityField.accountNumber.number(
                    help: "It is the customer's account with Sage, as the licence page asks for it."),
                IdentityField.serialNumber.number(
                    help: "It is this license's within the account; a test-and-recovery license has one of its own."),
            ],
            dates: [
                AdapterDescriptor.DateDescription(
                    name: DateName.validFrom, help: "The first day that the license covers; before it nothing counts."),
                AdapterDescriptor.DateDescription(
                    name: DateName.validTo, help: "The last day that the license covers."),
            ],
            purposes: [Self.exchange.purpose, Self.entitlementPurpose])
    }
}
