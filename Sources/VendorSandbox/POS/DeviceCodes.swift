import AdapterKit
import Crypto

#if canImport(FoundationEssentials)
    import FoundationEssentials
#else
    import Foundation
#endif

/// The device codes that are out (RFC 8628): asked for, waited with, decided on, and spent.
///
/// Every function is told the time, and none trusts a code whose time is over: neither when it is typed in, nor when
/// its person has agreed, nor when it is redeemed.
struct DeviceCodes: Sendable {
    /// One device code with the user code that belongs to it.
    struct Entry: Sendable {
        let digest: Data
        let userCode: UserCode
        let scope: [String]
        let asked: Instant
        let expires: Instant
        /// Seconds that the client waits between two questions.
        var interval: Int
        var lastAsked: Instant?
        var decision = Decision.waiting
    }

    enum Decision: Sendable {
        case waiting
        case denied
        /// A person has said that it is for this device.
        case approved(serverID: String)
        /// Its tokens were given out, under the license of this ID.
        case spent(license: Data)
    }

    enum Answer: Sendable {
        case unknown, expired, pending, tooSoon, denied
        case approved(serverID: String, Entry)
        /// It was redeemed before, for the license of this ID.
        case spentBefore(license: Data)
    }

    /// How many are known at most, those that are over included.
    static let most = 2_000
    /// Milliseconds early that a question may come: what a network makes of an even beat.
    private static let tolerance: Int64 = 500

    private var entries: [Data: Entry] = [:]

    /// Makes a device code of 32 random bytes; nil where too many are out.
    mutating func begin(scope: [String], _ book: POSBook, at now: Instant) -> (code: String, entry: Entry)? {
        forget(at: now, keeping: book.codeLifetime)
        guard entries.count < Self.most else { return nil }
        let code = Secrets.random()
        let taken = Set(entries.values.map(\.userCode))
        var userCode = UserCode.random()
        while taken.contains(userCode) { userCode = .random() }
        let entry = Entry(
            digest: Secrets.digest(code), userCode: userCode, scope: scope, asked: now,
            expires: now.adding(seconds: book.codeLifetime), interval: book.interval)
        entries[entry.digest] = entry
        return (code, entry)
    }

    /// What becomes of a client's question with a device code.
    mutating func ask(_ code: String, at now: Instant) -> Answer {
        let digest = Secrets.digest(code)
        guard let entry = entries[digest] else { return .unknown }
        if case .spent(let license) = entry.decision { return .spentBefore(license: license) }
        guard now < entry.expires else { return .expired }
        switch entry.decision {
        case .denied: return .denied
        case .approved(let serverID): return .approved(serverID: serverID, entry)
        case .waiting, .spent: break
        }
        entries[digest]?.lastAsked = now
        if let last = entry.lastAsked,
            now.milliseconds - last.milliseconds < Int64(entry.interval) * 1000 - Self.tolerance
        {
            // For this question and every later one (RFC 8628, section 3.5).
            entries[digest]?.interval += 5
            return .tooSoon
        }
        return .pending
    }

    /// The entry that waits for a person with this code.
    func waiting(_ userCode: UserCode, at now: Instant) -> Entry? {
        entries.values.first { entry in
            guard case .waiting = entry.decision else { return false }
            return entry.userCode == userCode && now < entry.expires
        }
    }

    /// Whether a code's time ran out before anybody decided on it.
    func isOver(_ userCode: UserCode, at now: Instant) -> Bool {
        entries.values.contains { $0.userCode == userCode && now >= $0.expires }
    }

    /// Decides on a code that waits; false where none does any more.
    mutating func decide(_ userCode: UserCode, _ decision: Decision, at now: Instant) -> Bool {
        guard let entry = waiting(userCode, at: now) else { return false }
        entries[entry.digest]?.decision = decision
        return true
    }

    /// Marks a code as redeemed.
    mutating func spend(_ entry: Entry, for license: Data) {
        entries[entry.digest]?.decision = .spent(license: license)
    }

    /// When a device's agreed code ends that was not redeemed yet; nil where there is none.
    func approval(of serverID: String, at now: Instant) -> Instant? {
        approved(serverID, at: now).map(\.expires).max()
    }

    /// Takes back what was agreed for a device and not redeemed.
    mutating func withdraw(_ serverID: String, at now: Instant) {
        for entry in approved(serverID, at: now) { entries[entry.digest]?.decision = .denied }
    }

    private func approved(_ serverID: String, at now: Instant) -> [Entry] {
        entries.values.filter { entry in
            guard case .approved(serverID) = entry.decision else { return false }
            return now < entry.expires
        }
    }

    /// Forgets codes that have been over for as long as they were good, so that their clients were told.
    private mutating func forget(at now: Instant, keeping seconds: Int) {
        entries = entries.filter { now < $0.value.expires.adding(seconds: seconds) }
    }
}
