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
                Self.number(
                    .accountNumber, help: "It is the customer's account with Sage, as the licence page asks for it."),
                Self.number(
                    .serialNumber,
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

    private static func number(_ field: IdentityField, help: String) -> Field {
        Field(
            name: field.rawValue, title: field.title, pattern: "[A-Za-z0-9][A-Za-z0-9._/-]{0,63}",
            expectation: "at most 64 letters, digits and ._/-, the first a letter or digit", help: help)
    }
}
