import AdapterKit
import MarkedYAML
import VendorFormats

/// What the vendor's server knows of one license: an entry of the book's section `sage200`.
struct Sage200Record: Sendable {
    var accountNumber: String
    var serialNumber: String
    /// Whom the account belongs to.
    var name: String
    var validFrom: BookDate
    var validTo: BookDate
    var users: Int
    var webUsers: Int
    var modules: [BookModule]
    var testAndRecovery: Bool

    static func shape(at now: Instant) -> Shape<Sage200Record> {
        .mapping { fields in
            let accountNumber = fields.required("accountNumber", .identity)
            let serialNumber = fields.required("serialNumber", .identity)
            let name = fields.required("name", .text(bytes: 128))
            let validFrom = fields.required("validFrom", .date)
            let validTo = fields.required("validTo", .date)
            let users = fields.required("users", .count)
            let webUsers = fields.optional("webUsers", .count, default: 0)
            let modules = fields.optional("modules", .modules, default: [])
            let testAndRecovery = fields.optional("testAndRecovery", .bool, default: false)
            if let validFrom, let validTo, validFrom.day(on: now.day) > validTo.day(on: now.day) {
                fields.error("the license ends before it begins", at: "validTo")
            }
            guard let accountNumber, let serialNumber, let name, let validFrom, let validTo, let users else {
                return nil
            }
            return Sage200Record(
                accountNumber: accountNumber, serialNumber: serialNumber, name: name, validFrom: validFrom,
                validTo: validTo, users: users, webUsers: webUsers, modules: modules,
                testAndRecovery: testAndRecovery)
        }
    }
}

extension Sage200Record: EntitlementRecord {
    static let fields = ["accountNumber", "serialNumber"]

    var identity: [(name: String, value: String)] {
        [("accountNumber", accountNumber), ("serialNumber", serialNumber)]
    }

    func write(on today: LocalDay, to writer: inout BoundedXML.Writer) {
        writer.element("name", text: name)
        writer.element("testAndRecovery", text: testAndRecovery ? "true" : "false")
        writer.element("validFrom", text: validFrom.day(on: today).description)
        writer.element("validTo", text: validTo.day(on: today).description)
        writer.seats(users: users, webUsers: webUsers)
        writer.modules(modules, on: today)
    }
}
