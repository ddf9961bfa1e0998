import AdapterKit
import MarkedYAML

/// An entry of the book's section `sage300`.
struct Sage300Entry {
    private var record: Sage300Record
    /// How many customers the entry stands for, where it stands for several that differ by their number alone.
    private var copies: Int?

    /// What stands for a customer's number, from 1, in the identity of an entry that stands for several.
    private static let number = "{n}"

    /// The customers that the entry stands for.
    var records: [Sage300Record] {
        guard let copies else { return [record] }
        return (1...copies).map { number in
            func numbered(_ text: String) -> String { text.replacing(Self.number, with: String(number)) }
            var copy = record
            copy.clientID = numbered(record.clientID)
            copy.clientName = numbered(record.clientName)
            copy.serialNumber = numbered(record.serialNumber)
            copy.superseded = record.superseded.map(numbered)
            return copy
        }
    }

    static func shape(at now: Instant) -> Shape<Sage300Entry> {
        .mapping { fields in
            let clientID = fields.required("clientID", .identity)
            let clientName = fields.required("clientName", .identity)
            let serialNumber = fields.required("serialNumber", .identity)
            let release = fields.required("release", .text(bytes: 128))
            let superseded = fields.optional("superseded", .list(of: Self.superseded), default: [])
            let expires = fields.required("expires", .date)
            let status = fields.optional("status", .enumeration(Sage300Record.Status.self), default: .active)
            let statusSince = fields.optional("statusSince", .moment)
            let edition = fields.optional("edition", .text(bytes: 64), default: "Premium")
            let region = fields.optional("region", .text(bytes: 64), default: "NA")
            let users = fields.required("users", .count)
            let webUsers = fields.optional("webUsers", .count, default: 0)
            let modules = fields.optional("modules", .modules, default: [])
            let copies = fields.optional("copies", .int(in: 2...1_000_000))
            if let statusSince, statusSince.instant(on: now.day) > now {
                fields.error(
                    "the status can't begin in the future, and it is \(now)", at: "statusSince",
                    help: "write a moment that has been, or leave statusSince out")
            }
            if let serialNumber, superseded.contains(serialNumber) {
                fields.error("the current serial number is among the superseded ones", at: "superseded")
            }
            if copies != nil, let clientID, !clientID.contains(Self.number) {
                fields.error(
                    "copies need a clientID that differs", at: "clientID",
                    help: "write \(Self.number) where the number of the copy belongs, such as \"load-\(Self.number)\"")
            }
            guard let clientID, let clientName, let serialNumber, let release, let expires, let users else {
                return nil
            }
            return Sage300Entry(
                record: Sage300Record(
                    clientID: clientID, clientName: clientName, serialNumber: serialNumber, release: release,
                    superseded: superseded, expires: expires, status: status, statusSince: statusSince,
                    edition: edition, region: region, users: users, webUsers: webUsers, modules: modules),
                copies: copies)
        }
    }

    /// The release of a superseded serial number is for whoever reads the book: answers name the current one.
    private static var superseded: Shape<String> {
        .mapping { fields in
            _ = fields.required("release", .text(bytes: 128))
            return fields.required("serialNumber", .identity)
        }
    }
}
