import AdapterKit
import VendorFormats

/// A field of the identity that does not match the vendor's record.
struct Rejection {
    private enum Reason: String, CaseIterable {
        /// No record has it.
        case unknown
        /// The record has another.
        case mismatch
        /// It was that of an earlier release.
        case superseded
    }

    private let field: Sage300.IdentityField
    private let reason: Reason
    private let currentRelease: String?

    init(_ root: BoundedXML.Element) throws(AdapterError) {
        _ = try root.required("issued").instant()
        field = try root.required("field").choice(Sage300.IdentityField.self)
        reason = try root.required("reason").choice(Reason.self)
        guard reason == .superseded else {
            currentRelease = nil
            return
        }
        guard field == .serialNumber else {
            throw try root.required("reason").malformed("says superseded of \(field.rawValue)")
        }
        currentRelease = try root.required("currentRelease").value(bytes: 128)
    }

    /// What a person needs to put it right. Serial numbers are not repeated: messages are kept for long.
    func error(_ facts: Facts) -> AdapterError {
        let place = facts.whereToLook
        let value = facts.identity[field.rawValue] ?? ""
        let what: String
        let advice: String
        if let currentRelease {
            what =
                "The Serial Number was superseded: the vendor's record now has that of \(currentRelease), and wants "
                + "it whatever version is installed."
            advice =
                "Ask the vendor for the serial number of \(currentRelease), enter it in \(place), and correct the "
                + "installation's serialNumber."
        } else if field == .serialNumber {
            what = "The Serial Number does not match the vendor's record of this client."
            advice = "Compare it with \(place) and correct the installation's serialNumber."
        } else if reason == .unknown {
            what = "The vendor has no record of \(field.title) \"\(value)\"."
            advice = "Compare it with \(place) and correct the installation's \(field.rawValue)."
        } else {
            what = "The \(field.title) \"\(value)\" does not match the vendor's record, to the letter."
            advice = "Compare it with \(place) and correct the installation's \(field.rawValue)."
        }
        let otherwise =
            currentRelease == nil ? " If it is right there, the vendor's record is wrong: ask the vendor." : ""
        return AdapterError(
            .rejected, "\(what) Nothing was updated. \(advice)\(otherwise)", field: field.rawValue)
    }
}
