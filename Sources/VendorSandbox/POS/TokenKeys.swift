import AdapterKit

/// The keys that tokens were signed with, for as long as one of those tokens lasts.
struct TokenKeys: Sendable {
    /// What is kept of a key.
    struct Used: Codable, Sendable {
        let algorithm: TokenKey.Algorithm
        let number: Int
        /// The key itself, where it follows from nothing.
        var secret: String?
        /// When the last token that it signed ends.
        var needed: Instant
    }

    private(set) var used: [Used] = []
    /// Whether there is something that was not written down yet.
    var isChanged = false
    /// Keys that were made out of what is kept; making one costs.
    private var made: [String: TokenKey] = [:]

    init(_ used: [Used] = []) { self.used = used }

    /// The key that signs now, which is noted as needed until a token of it ends.
    mutating func signing(_ book: POSBook, until end: Instant, _ signer: Signer) throws -> TokenKey {
        let key = try key(book.algorithm, book.keySet, signer)
        note(key, book.keySet, until: end)
        return key
    }

    /// The keys that clients check tokens with: the one that signs, then those of tokens that have not ended.
    mutating func published(_ book: POSBook, at now: Instant, _ signer: Signer) throws -> [TokenKey] {
        used.removeAll { $0.needed <= now && !($0.algorithm == book.algorithm && $0.number == book.keySet) }
        let current = try key(book.algorithm, book.keySet, signer)
        if current.kept != nil { note(current, book.keySet, until: now) }
        var keys = [current]
        for other in used {
            let key = try key(other.algorithm, other.number, signer)
            if key.id != current.id { keys.append(key) }
        }
        return keys
    }

    private mutating func key(_ algorithm: TokenKey.Algorithm, _ number: Int, _ signer: Signer) throws -> TokenKey {
        let name = "\(algorithm.rawValue) \(number)"
        if let key = made[name] { return key }
        let kept = used.first { $0.algorithm == algorithm && $0.number == number }?.secret
        let key = try TokenKey(algorithm, number: number, kept: kept, signer)
        made[name] = key
        return key
    }

    private mutating func note(_ key: TokenKey, _ number: Int, until end: Instant) {
        if let place = used.firstIndex(where: { $0.algorithm == key.algorithm && $0.number == number }) {
            guard used[place].needed < end else { return }
            used[place].needed = end
        } else {
            used.append(Used(algorithm: key.algorithm, number: number, secret: key.kept, needed: end))
        }
        isChanged = true
    }
}
