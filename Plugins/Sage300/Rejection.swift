import AdapterKit
import VendorFormats

extension Sage300 {
    private enum Reason: String, CaseIterable {
        /// No record has it.
        case unknown
        /// The record has another.
        case mismatch
        /// It was that of an earlier release.
        case superseded
    }

    /// What a person needs to put a rejection right. Serial numbers are not repeated: messages are kept for long.
    static func rejection(_ root: BoundedXML.Element, _ facts: Facts) throws(AdapterError) -> AdapterError {
        let reason = try root.required("reason")
        guard try reason.choice(Reason.self) == .superseded else { return try exchange.rejection(root, facts) }
        _ = try root.required("issued").instant()
        let field = try root.required("field").choice(IdentityField.self)
        guard field == .serialNumber else { throw reason.malformed("says superseded of \(field.rawValue)") }
        let release = try root.required("currentRelease").value(bytes: 128)
        return AdapterError(
            .rejected,
            "The Serial Number was superseded: the vendor's record now has that of \(release), and wants it whatever "
                + "version is installed. Nothing was updated. Ask the vendor for the serial number of \(release), "
                + "enter it in \(exchange.place(facts)), and correct the installation's serialNumber.",
            field: field.rawValue)
    }
}
