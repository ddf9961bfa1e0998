import AdapterKit
import MarkedYAML
import VendorFormats

/// What the vendor's server knows of one license: an entry of the book's section `sage100`.
struct Sage100Record: Sendable {
    var customerNumber: String
    var serialNumber: String
    var company: String
    var reseller: String
    var edition: String
    var userKey: String
    /// Five groups with dashes between.
    var productKey: String
    var users: Int
    var modules: [BookModule]
    /// The last day of a subscription; nil where the license is perpetual.
    var expires: BookDate?
    /// Serial numbers of licenses that this one took the place of.
    var superseded: [String]

    static func shape(at now: Instant) -> Shape<Sage100Record> {
        .mapping { fields in
            let customerNumber = fields.required("customerNumber", .identity)
            let serialNumber = fields.required("serialNumber", .identity)
            let company = fields.required("company", .iniValue)
            let reseller = fields.required("reseller", .iniValue)
            let edition = fields.required("edition", .text(bytes: 64))
            let userKey = fields.required("userKey", .token(characters: 128))
            let productKey = fields.required("productKey", .productKey)
            let users = fields.required("users", .count)
            let modules = fields.optional("modules", .modules, default: [])
            let expires = fields.optional("expires", .date)
            let superseded = fields.optional("superseded", .list(of: .identity), default: [])
            if let serialNumber, superseded.contains(serialNumber) {
                fields.error("the current serial number is among the superseded ones", at: "superseded")
            }
            guard let customerNumber, let serialNumber, let company, let reseller, let edition, let userKey,
                let productKey, let users
            else { return nil }
            return Sage100Record(
                customerNumber: customerNumber, serialNumber: serialNumber, company: company, reseller: reseller,
                edition: edition, userKey: userKey, productKey: productKey, users: users, modules: modules,
                expires: expires, superseded: superseded)
        }
    }
}

extension Shape where Value == String {
    /// A text that a line of an INI file holds as it is.
    static var iniValue: Shape {
        text(bytes: 128).checked { text in
            text.first == " " || text.last == " " ? "white space stands at an end of this text" : nil
        }
    }

    /// Five groups with dashes between.
    static var productKey: Shape {
        token(characters: 128).checked { text in
            let groups = text.split(separator: "-", omittingEmptySubsequences: false)
            return groups.count == 5 && !groups.contains("") ? nil : "a product key has five groups with dashes between"
        }
    }
}

extension Sage100Record: ActivatedRecord {
    static let fields = ["customerNumber", "serialNumber"]

    var identity: [(name: String, value: String)] {
        [("customerNumber", customerNumber), ("serialNumber", serialNumber)]
    }

    func write(on today: LocalDay, to writer: inout BoundedXML.Writer) {
        writer.element("company", text: company)
        writer.element("reseller", text: reseller)
        writer.element("edition", text: edition)
        if let expires { writer.element("expires", text: expires.day(on: today).description) }
        writer.seats(users: users)
        writer.modules(modules, on: today)
    }

    func registration(on today: LocalDay) throws -> [UInt8] {
        var writer = BoundedINI.Writer()
        writer.section("RegInfo")
        writer.entry("Company", company)
        writer.entry("Reseller", reseller)
        writer.entry("Serial", serialNumber)
        writer.entry("RegId", customerNumber)
        writer.entry("UserKey", userKey)
        for (index, group) in productKey.split(separator: "-").enumerated() {
            writer.entry("PK\(index + 1)", String(group))
        }
        writer.section("License")
        writer.entry("Edition", edition)
        writer.entry("Users", String(users))
        writer.entry("Modules", modules.map(\.code).joined(separator: ","))
        if let expires { writer.entry("Expires", expires.day(on: today).description) }
        return try writer.document()
    }
}
