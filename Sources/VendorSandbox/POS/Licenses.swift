import AdapterKit
import Crypto

#if canImport(FoundationEssentials)
    import FoundationEssentials
#else
    import Foundation
#endif

/// The license of a device: what was authorized, with all refresh tokens that came of it one after another.
struct POSLicense: Codable, Sendable {
    /// 16 random bytes.
    let id: Data
    let serverID: String
    let organization: String
    let scope: [String]
    let acquired: Instant
    var refreshed: Instant
    /// The number of the refresh token that is good.
    var number: UInt32 = 0
    /// When the one before was spent.
    var spent: Instant?
    /// What it was answered with, for who has that token and nobody else.
    var sealedAnswer: Data?
    /// The access tokens that have not ended.
    var tokens: [Token] = []
    /// Why it is no more.
    var end: End?

    /// What is kept of an access token.
    struct Token: Codable, Sendable {
        let digest: Data
        let expires: Instant
        let claims: Claims
    }

    /// Why a license ended.
    enum End: String, Codable, Sendable {
        /// On the page.
        case removed
        /// By its client (RFC 7009).
        case revoked
        /// A spent refresh token came again: two have it.
        case reused
        /// Its device code came again: two have it.
        case codeReused
        /// The book has the device no more, or in another organization.
        case gone

        var told: String {
            switch self {
            case .removed: "The license was removed. Authorize the device again."
            case .revoked: "The license was revoked. Authorize the device again."
            case .reused:
                "This refresh token was used before, so somebody else may have it: all tokens of the license were "
                    + "revoked. Authorize the device again."
            case .codeReused:
                "The device code of this license was used twice, so somebody else may have it: all its tokens were "
                    + "revoked. Authorize the device again."
            case .gone: "The authorization server has this device no more. Its license was revoked."
            }
        }
    }
}

/// All licenses, by their IDs.
struct Licenses: Sendable {
    /// How many that have ended are remembered, to tell why.
    private static let mostEnded = 1_000
    /// How many access tokens of one license are remembered.
    private static let mostTokens = 100

    private(set) var all: [Data: POSLicense] = [:]
    /// Whether there is something that was not written down yet.
    var isChanged = false

    init(_ licenses: [POSLicense] = []) {
        all = Dictionary(licenses.map { ($0.id, $0) }) { first, _ in first }
    }

    /// The license of a device; it has one at most.
    func license(of serverID: String) -> POSLicense? {
        all.values.first { $0.serverID == serverID && $0.end == nil }
    }

    subscript(id: Data) -> POSLicense? { all[id] }

    /// Keeps a license as it has become.
    mutating func keep(_ license: POSLicense, at now: Instant) {
        var license = license
        license.tokens = license.tokens.filter { now < $0.expires }.suffix(Self.mostTokens)
        all[license.id] = license
        isChanged = true
    }

    /// Ends a license: none of its tokens is good any more. One that has ended stays as it ended.
    mutating func end(_ id: Data, _ why: POSLicense.End, at now: Instant) {
        guard var license = all[id], license.end == nil else { return }
        license.end = why
        license.refreshed = now
        license.tokens = []
        license.sealedAnswer = nil
        all[id] = license
        isChanged = true
        let ended = all.values.filter { $0.end != nil }
        if ended.count > Self.mostEnded, let oldest = ended.min(by: { $0.refreshed < $1.refreshed }) {
            all[oldest.id] = nil
        }
    }

    /// Ends the licenses of devices that the book has no more.
    mutating func settle(_ book: POSBook, at now: Instant) {
        for license in all.values where license.end == nil {
            if book.device(license.serverID)?.organization.name != license.organization {
                end(license.id, .gone, at: now)
            }
        }
    }

    /// The license of an access token that is good, and the token.
    func token(_ text: String, at now: Instant) -> (license: POSLicense, token: POSLicense.Token)? {
        let digest = Secrets.digest(text)
        for license in all.values where license.end == nil {
            if let token = license.tokens.first(where: { $0.digest == digest && now < $0.expires }) {
                return (license, token)
            }
        }
        return nil
    }

    /// Forgets an access token, which then is not good any more.
    mutating func revoke(_ token: POSLicense.Token, of id: Data) {
        all[id]?.tokens.removeAll { $0.digest == token.digest }
        isChanged = true
    }
}
