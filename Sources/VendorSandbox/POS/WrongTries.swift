import AdapterKit

/// How often a login has tried in vain. What succeeds in between takes nothing back (RFC 8628, section 5.1).
///
/// A session is of one login, so its tries count among that login's; another session begins no new count.
struct WrongTries: Sendable {
    /// What was tried.
    enum Kind: Hashable, Sendable { case userCode, password }

    private struct Key: Hashable {
        let kind: Kind
        let login: String
    }

    private struct Count {
        var number: Int
        var ends: Instant
    }

    /// Only logins of the book are counted, so there are no more counts than two for each.
    private var counts: [Key: Count] = [:]

    /// How many wrong tries there may be.
    static func most(_ kind: Kind) -> Int { kind == .userCode ? 5 : 10 }

    /// Until when a login may try no more; nil where it may.
    func lock(_ kind: Kind, _ login: String, at now: Instant) -> Instant? {
        guard let count = counts[Key(kind: kind, login: login)], now < count.ends, count.number >= Self.most(kind)
        else { return nil }
        return count.ends
    }

    /// Counts a wrong try.
    ///
    /// - Parameter seconds: After which, without another, it is forgotten.
    mutating func note(_ kind: Kind, _ login: String, for seconds: Int, at now: Instant) {
        counts = counts.filter { now < $0.value.ends }
        let number = counts[Key(kind: kind, login: login)]?.number ?? 0
        counts[Key(kind: kind, login: login)] = Count(number: number + 1, ends: now.adding(seconds: seconds))
    }

    /// How many tries are left.
    func left(_ kind: Kind, _ login: String, at now: Instant) -> Int {
        guard let count = counts[Key(kind: kind, login: login)], now < count.ends else { return Self.most(kind) }
        return max(0, Self.most(kind) - count.number)
    }
}
