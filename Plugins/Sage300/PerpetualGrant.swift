public import AdapterKit
import VendorFormats

extension Sage300Perpetual {
    private enum Edition: String, CaseIterable {
        case standard = "Standard"
        case advanced = "Advanced"
        case premium = "Premium"
    }

    /// What an activation grants, and its registration file.
    static func activated(
        _ root: BoundedXML.Element, _ attestation: Attestation, _ registration: Registration
    ) throws(AdapterError) -> (Entitlement, [Grant.File]) {
        let maintenance = try root.optional("maintenanceUntil")?.day()
        let modules = try root.required("modules")
        let entitlement = Entitlement(
            dates: maintenance.map { [DateName.maintenanceUntil: .day($0)] } ?? [:],
            seats: try root.seats(["users"]), modules: try root.modules(),
            edition: try root.required("edition").choice(Edition.self).rawValue,
            details: [
                "company": try root.required("company").value(bytes: 128),
                "release": attestation.subject[IdentityField.release.rawValue] ?? "",
                "reseller": try root.required("reseller").value(bytes: 128),
            ])
        if entitlement.modules.contains(where: { $0.expires != nil }) {
            throw modules.malformed("has a module that ends, which no perpetual license has")
        }
        try registration.require("RegInfo", "Serial", attestation.subject[IdentityField.serialNumber.rawValue])
        try registration.require("RegInfo", "Release", attestation.subject[IdentityField.release.rawValue])
        try registration.require("RegInfo", "Users", entitlement.seats.first.map { String($0.count) })
        let keys = try registration.document.required("Modules")
        for module in entitlement.modules { _ = try keys.required(module.code) }
        guard keys.entries.count == entitlement.modules.count else {
            throw AdapterError(.malformed, "The registration file has keys of other modules than are granted.")
        }
        return (entitlement, [Grant.File(delivery: delivery, contents: registration.bytes)])
    }

    /// What a registration file says.
    ///
    /// - Throws: ``AdapterError`` `malformed` where it is no INI file, or holds no registration.
    public func registration(_ file: [UInt8]) throws(AdapterError) -> [RegistrationLine] {
        let document = try BoundedINI.read(file)
        let info = try document.required("RegInfo")
        _ = try info.required("Serial")
        let lines = [
            info.line("Company", "Company Name"), info.line("Reseller", "Reseller"),
            info.line("Serial", IdentityField.serialNumber.title), info.line("Release", IdentityField.release.title),
            info.line("Edition", "Edition"), info.line("Users", "Users"),
        ].compactMap(\.self)
        let modules = document.section("Modules")
        return lines + (modules?.entries ?? []).compactMap { modules?.secret([$0.key], "Activation Key of \($0.key)") }
    }
}
