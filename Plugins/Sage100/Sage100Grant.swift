public import AdapterKit
import VendorFormats

extension Sage100 {
    /// The editions that there are.
    private static let editions = ["Standard", "Advanced", "Premium"]

    /// What a `changed` answer grants.
    static func entitlement(
        _ root: BoundedXML.Element, _ attestation: Attestation
    ) throws(AdapterError) -> Entitlement {
        let edition = try root.required("edition").value(bytes: 64)
        let expires = try root.optional("expires")?.day()
        return Entitlement(
            dates: expires.map { [DateName.expires: .day($0)] } ?? [:], seats: try root.seats(["users"]),
            modules: try root.modules(), edition: edition,
            details: [
                "company": try root.required("company").value(bytes: 128),
                "reseller": try root.required("reseller").value(bytes: 128),
            ],
            remarks: editions.contains(edition)
                ? []
                : [
                    "The vendor grants edition \"\(edition)\", though Sage 100 has only Standard, Advanced and Premium."
                ])
    }

    /// What an activation grants, and its registration file: one for the server, and the same for terminal servers.
    static func activated(
        _ root: BoundedXML.Element, _ attestation: Attestation, _ registration: Registration
    ) throws(AdapterError) -> (Entitlement, [Grant.File]) {
        let entitlement = try Self.entitlement(root, attestation)
        try registration.require("RegInfo", "Serial", attestation.subject[IdentityField.serialNumber.rawValue])
        try registration.require("RegInfo", "RegId", attestation.subject[IdentityField.customerNumber.rawValue])
        try registration.require("License", "Users", entitlement.seats.first.map { String($0.count) })
        try registration.require("License", "Expires", entitlement.dates[DateName.expires]?.description)
        for key in ["UserKey"] + (1...5).map({ "PK\($0)" }) {
            _ = try registration.document.required("RegInfo").required(key)
        }
        let files = [Delivery.server, Delivery.terminals].map {
            Grant.File(delivery: $0, contents: registration.bytes)
        }
        return (entitlement, files)
    }

    /// What a person needs to put a rejection right. Serial numbers are not repeated: messages are kept for long.
    static func rejection(_ root: BoundedXML.Element, _ facts: Facts) throws(AdapterError) -> AdapterError {
        let reason = try root.required("reason")
        guard try reason.value(bytes: 64) == "superseded" else { return try exchange.rejection(root, facts) }
        _ = try root.required("issued").instant()
        let field = try root.required("field").choice(IdentityField.self)
        guard field == .serialNumber else { throw reason.malformed("says superseded of \(field.rawValue)") }
        return AdapterError(
            .rejected,
            "The Serial Number was superseded: the vendor has given out newer keys for this license. Nothing was updated. "
                + "Activate the keys of the vendor's letter; where that was done in the product itself, take the serial "
                + "number from \(exchange.place(facts)) and correct the installation's serialNumber.",
            field: field.rawValue)
    }

    /// What a registration file says: that of an activation, or the product's own as far as it is of the same form.
    ///
    /// - Throws: ``AdapterError`` `malformed` where it is no INI file, or holds no registration.
    public func registration(_ file: [UInt8]) throws(AdapterError) -> [RegistrationLine] {
        let document = try BoundedINI.read(file)
        let info = try document.required("RegInfo")
        _ = try info.required("Serial")
        let license = document.section("License")
        return [
            info.line("Company", "Company Name"), info.line("Reseller", "Reseller"),
            info.line("Serial", IdentityField.serialNumber.title),
            info.line("RegId", IdentityField.customerNumber.title),
            info.secret(["UserKey"], "User Key"), info.secret((1...5).map { "PK\($0)" }, "Product Key"),
            license?.line("Edition", "Edition"), license?.line("Users", "Users"), license?.line("Modules", "Modules"),
            license?.line("Expires", "Expires"),
        ].compactMap(\.self)
    }
}
