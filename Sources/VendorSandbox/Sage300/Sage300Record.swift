import AdapterKit

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
    var modules: [Module]

    enum Status: String, CaseIterable, Sendable {
        case active, expired
    }

    struct Module: Sendable {
        var code: String
        var name: String
        /// Where it ends by itself.
        var expires: BookDate?
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
