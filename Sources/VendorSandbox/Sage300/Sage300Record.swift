import AdapterKit
import VendorFormats

/// What the vendor's server knows of one customer.
struct Sage300Record: Sendable {
    var clientID: String
    var clientName: String
    /// Of the newest release, whichever is installed.
    var serialNumber: String
    /// The newest release.
    var release: String
    /// Serial numbers of earlier releases.
    var superseded: [String]
    var expires: BookDate
    var status: Status
    /// Since when the record has its status, where the book says it.
    var statusSince: BookMoment?
    /// When the stand-in first saw the status; nil where it has always been active.
    var statusSeen: Instant?
    var edition: String
    var region: String
    var users: Int
    var webUsers: Int
    var modules: [BookModule]

    enum Status: String, CaseIterable, Sendable {
        case active, expired
    }

    /// Since when the record has its status.
    ///
    /// Where the book does not say it, an expired record is so since its last covered day ended, or since the
    /// stand-in first saw it expired if that was earlier; an active one since the stand-in saw it become active,
    /// or, where it was never seen otherwise, since a day long ago.
    func since(on today: LocalDay) -> Instant {
        if let statusSince { return statusSince.instant(on: today) }
        switch status {
        case .expired:
            let end = expires.day(on: today).adding(days: 1).start
            return min(end, statusSeen ?? end)
        case .active:
            return statusSeen ?? LocalDay(number: 10_957).start  // 2000-01-01
        }
    }

    /// Notes when the status was first seen.
    ///
    /// - Parameter previous: The record in the version of the book before.
    mutating func notice(at now: Instant, after previous: Sage300Record?) {
        if let previous, previous.status == status {
            statusSeen = previous.statusSeen
        } else if previous != nil || status == .expired {
            statusSeen = now
        }
    }
}

extension Sage300Record: EntitlementRecord {
    static let fields = ["clientID", "clientName", "serialNumber"]

    var identity: [(name: String, value: String)] {
        [("clientID", clientID), ("clientName", clientName), ("serialNumber", serialNumber)]
    }

    func write(on today: LocalDay, to writer: inout BoundedXML.Writer) {
        writer.element("release", text: release)
        writer.element("edition", text: edition)
        writer.element("region", text: region)
        writer.element("expires", text: expires.day(on: today).description)
        writer.element("vendorStatus", ["since": since(on: today).description], text: status.rawValue)
        writer.seats(users: users, webUsers: webUsers)
        writer.modules(modules, on: today)
    }
}
