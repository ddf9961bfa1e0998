import AdapterKit
import Crypto
import Synchronization
import VendorFormats

/// What a record grants.
protocol EntitlementRecord: Sendable {
    /// Whom it is granted, by the names of the protocol page, in its order.
    var identity: [(name: String, value: String)] { get }

    /// Writes what is granted on a day, but for the identity.
    func write(on today: LocalDay, to writer: inout BoundedXML.Writer)
}

/// What one record grants on one day, rendered but for the time of issue.
struct EntitlementGrant: Sendable {
    /// Differs whenever anything of the grant does, but for the time of issue.
    let revision: String
    let changed: EntitlementPayload
    let unchanged: EntitlementPayload

    init(_ record: some EntitlementRecord, on today: LocalDay) throws {
        let identify = { (writer: inout BoundedXML.Writer) in
            for part in record.identity { writer.element(part.name, text: part.value) }
        }
        var granted = BoundedXML.Writer()
        identify(&granted)
        record.write(on: today, to: &granted)
        let revision = try "r" + Hex.encode(SHA256.hash(data: granted.document()).prefix(16))
        self.revision = revision
        changed = try EntitlementPayload(status: "changed") { writer in
            identify(&writer)
            writer.element("revision", text: revision)
            record.write(on: today, to: &writer)
        }
        unchanged = try EntitlementPayload(status: "unchanged") { writer in
            identify(&writer)
            writer.element("revision", text: revision)
        }
    }

    /// The payload for who holds a revision, or none.
    func payload(heldRevision: String?, issued: Instant) -> [UInt8] {
        heldRevision == revision ? unchanged.filled(issued: issued) : changed.filled(issued: issued)
    }
}

/// What has been rendered of one version of the book on one day. Dates that count from today move with it.
final class EntitlementGrants: Sendable {
    private struct Cache {
        var day = LocalDay(number: 0)
        var grants: [Int: EntitlementGrant] = [:]
    }

    private let cache = Mutex(Cache())

    /// What the record at a place of the book grants.
    func grant(_ record: some EntitlementRecord, at place: Int, on day: LocalDay) throws -> EntitlementGrant {
        let known = cache.withLock { cache -> EntitlementGrant? in
            if cache.day != day { cache = Cache(day: day) }
            return cache.grants[place]
        }
        if let known { return known }
        let grant = try EntitlementGrant(record, on: day)
        cache.withLock { if $0.day == day { $0.grants[place] = grant } }
        return grant
    }
}

extension BoundedXML.Writer {
    /// Writes the seats of a grant that has users of one kind.
    mutating func seats(users: Int) {
        element("seats") { writer in writer.element("users", text: String(users)) }
    }

    /// Writes the seats of a grant.
    mutating func seats(users: Int, webUsers: Int) {
        element("seats") { writer in
            writer.element("users", text: String(users))
            writer.element("webUsers", text: String(webUsers))
        }
    }

    /// Writes the modules of a grant.
    mutating func modules(_ modules: [BookModule], on today: LocalDay) {
        element("modules") { writer in
            for module in modules {
                if let expires = module.expires?.day(on: today) {
                    writer.element(
                        "module", ["code": module.code, "name": module.name, "expires": expires.description])
                } else {
                    writer.element("module", ["code": module.code, "name": module.name])
                }
            }
        }
    }
}
