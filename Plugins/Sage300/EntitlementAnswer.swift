import AdapterKit
import VendorFormats

/// The `entitlement` of docs/protocols/subscription.md, as it was read.
enum EntitlementAnswer {
    /// The full grant, without the file that carries it.
    case changed(Grant)
    /// What is held still holds, and its revision.
    case unchanged(Attestation, revision: String)
    /// A field of the identity does not match.
    case rejected(Rejection)

    private enum Status: String, CaseIterable {
        case changed, unchanged, rejected
    }

    /// The most seats of a kind.
    private static let seats = 0...1_000_000
    /// The most modules.
    private static let modules = 200

    /// Reads the payload of a verified answer.
    ///
    /// - Throws: ``AdapterError`` `malformed` with the element and line.
    init(_ payload: [UInt8]) throws(AdapterError) {
        let root = try BoundedXML.read(payload)
        guard root.name == "entitlement" else { throw root.malformed("is not \"entitlement\"") }
        let version = try root.required(attribute: "version")
        guard version == "1" else {
            throw root.malformed("has a version that this adapter does not know; it knows 1")
        }
        try root.requireNoText()
        let status = try root.required(attribute: "status")
        switch Status(rawValue: status) {
        case .rejected:
            self = .rejected(try Rejection(root))
        case .unchanged:
            self = .unchanged(
                try Self.attestation(root), revision: try root.required("revision").token(characters: 128))
        case .changed:
            self = .changed(try Self.grant(root))
        case nil:
            throw root.malformed("has a status that is none of changed, unchanged and rejected")
        }
    }

    private static func attestation(_ root: BoundedXML.Element) throws(AdapterError) -> Attestation {
        var subject: [String: String] = [:]
        for field in Sage300.IdentityField.allCases {
            subject[field.rawValue] = try root.required(field.rawValue).value()
        }
        return Attestation(subject: subject, issued: try root.required("issued").instant())
    }

    private static func grant(_ root: BoundedXML.Element) throws(AdapterError) -> Grant {
        let attestation = try attestation(root)
        let vendor = try root.required("vendorStatus")
        let status = try vendor.choice(Entitlement.VendorStatus.self)
        let since = try vendor.instant(attribute: "since")
        guard since <= attestation.issued else {
            throw vendor.malformed("has a since that is later than the document itself")
        }
        let expires = try root.required("expires").day()
        var dates = [Sage300.DateName.expires: DateValue.day(expires)]
        // A vendor marks the record when the date has passed on its own clock, which may be hours before the day
        // ends where the customer is. Only a mark of an earlier day is the vendor's own word against the date.
        if status == .expired, Zone.utc.localDay(of: since) <= expires {
            dates[Sage300.DateName.vendorExpired] = .instant(since)
        }
        let edition = try root.required("edition").value(bytes: 64)
        let region = try root.required("region").value(bytes: 64)
        let entitlement = Entitlement(
            dates: dates, seats: try seatPools(root), modules: try modules(root), edition: edition,
            vendorStatus: status,
            details: [
                "release": try root.required("release").value(bytes: 128), "region": region,
                "vendorStatusSince": since.description,
            ],
            remarks: remarks(edition: edition, region: region))
        return Grant(
            attestation: attestation, revision: try root.required("revision").token(characters: 128),
            entitlement: entitlement, files: [])
    }

    private static func seatPools(_ root: BoundedXML.Element) throws(AdapterError) -> [Entitlement.SeatPool] {
        let element = try root.required("seats")
        try element.requireNoText()
        return [
            Entitlement.SeatPool(name: "users", count: try element.required("users").count(in: seats)),
            Entitlement.SeatPool(name: "webUsers", count: try element.required("webUsers").count(in: seats)),
        ]
    }

    private static func modules(_ root: BoundedXML.Element) throws(AdapterError) -> [Entitlement.Module] {
        let element = try root.required("modules")
        try element.requireNoText()
        var modules: [Entitlement.Module] = []
        var codes: Set<String> = []
        for child in element.children where child.name == "module" {
            guard modules.count < Self.modules else {
                throw element.malformed("holds more than \(Self.modules) modules")
            }
            try child.requireNoText()
            let code = try child.token(attribute: "code", characters: 32)
            guard codes.insert(code).inserted else { throw child.malformed("names the code \(code) a second time") }
            modules.append(
                Entitlement.Module(
                    code: code, name: try child.value(attribute: "name", bytes: 128),
                    expires: child.attribute("expires") == nil ? nil : .day(try child.day(attribute: "expires"))))
        }
        return modules
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
