import AdapterKit
import VendorFormats

/// The `entitlementRequest` of docs/protocols/subscription.md.
enum EntitlementRequest {
    /// The document.
    ///
    /// - Throws: ``AdapterError`` `rejected` where the facts lack a field of the identity.
    static func document(_ facts: Facts, heldRevision: String?) throws(AdapterError) -> [UInt8] {
        var writer = BoundedXML.Writer()
        try writer.element("entitlementRequest", ["version": "1"]) { writer throws(AdapterError) in
            writer.element("operation", text: facts.operation)
            writer.element("nonce", text: facts.nonce)
            for field in Sage300.IdentityField.allCases {
                guard let value = facts.identity[field.rawValue], !value.isEmpty else {
                    throw AdapterError(
                        .rejected,
                        "The installation has no \(field.rawValue) (\(field.title)), so the vendor was not asked. "
                            + "Look it up in \(facts.whereToLook) and set it.",
                        field: field.rawValue)
                }
                writer.element(field.rawValue, text: value)
            }
            if let heldRevision { writer.element("heldRevision", text: heldRevision) }
        }
        return try writer.document()
    }
}

extension Facts {
    /// The place in the product's menus, or words for it where the profile names none.
    var whereToLook: String { place.isEmpty ? "the product's License Manager" : place }
}
