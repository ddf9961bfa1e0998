import AdapterKit
import VendorFormats

extension Sage200 {
    private enum Truth: String, CaseIterable {
        case yes = "true"
        case no = "false"
    }

    /// What a `changed` answer grants.
    static func entitlement(
        _ root: BoundedXML.Element, _ attestation: Attestation
    ) throws(AdapterError) -> Entitlement {
        let isForTests = try root.required("testAndRecovery").choice(Truth.self) == .yes
        let from = try root.required("validFrom").day()
        let last = try root.required("validTo")
        let to = try last.day()
        guard from <= to else { throw last.malformed("is before validFrom, \(from)") }
        return Entitlement(
            dates: [DateName.validFrom: .day(from), DateName.validTo: .day(to)],
            seats: try root.seats(["users", "webUsers"]), modules: try root.modules(),
            details: [
                "accountName": try root.required("name").value(bytes: 128),
                "lastFetched": attestation.issued.description,
                "testAndRecovery": isForTests ? "yes" : "no",
            ],
            remarks: isForTests
                ? [
                    "The serial number is that of a test-and-recovery license: it is for testing and for recovery, not "
                        + "for daily work."
                ] : [])
    }
}
