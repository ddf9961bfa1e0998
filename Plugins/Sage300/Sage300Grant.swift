import AdapterKit
import VendorFormats

extension Sage300 {
    /// What a `changed` answer grants.
    static func entitlement(
        _ root: BoundedXML.Element, _ attestation: Attestation
    ) throws(AdapterError) -> Entitlement {
        let vendor = try root.required("vendorStatus")
        let status = try vendor.choice(Entitlement.VendorStatus.self)
        let since = try vendor.instant(attribute: "since")
        guard since <= attestation.issued else {
            throw vendor.malformed("has a since that is later than the document itself")
        }
        let expires = try root.required("expires").day()
        var dates = [DateName.expires: DateValue.day(expires)]
        // A vendor marks the record when the date has passed on its own clock, which may be hours before the day
        // ends where the customer is. Only a mark of an earlier day is the vendor's own word against the date.
        if status == .expired, Zone.utc.localDay(of: since) <= expires {
            dates[DateName.vendorExpired] = .instant(since)
        }
        let edition = try root.required("edition").value(bytes: 64)
        let region = try root.required("region").value(bytes: 64)
        return Entitlement(
            dates: dates, seats: try root.seats(["users", "webUsers"]), modules: try root.modules(), edition: edition,
            vendorStatus: status,
            details: [
                "release": try root.required("release").value(bytes: 128), "region": region,
                "vendorStatusSince": since.description,
            ],
            remarks: remarks(edition: edition, region: region))
    }

    /// What a subscription in this market would not have (the vendor's knowledge base: Premium only, North America
    /// only): told, not refused, since the vendor's signature stands under it.
    private static func remarks(edition: String, region: String) -> [String] {
        var remarks: [String] = []
        if edition != "Premium" {
            remarks.append("The vendor grants edition \"\(edition)\", though a subscription has only Premium.")
        }
        if region != "NA" {
            remarks.append(
                "The vendor grants region \"\(region)\"; the rules of this subscription are known for North America "
                    + "(\"NA\") only.")
        }
        return remarks
    }
}
