import AdapterKit
import Crypto
import Foundation
import GatewayAPI
import GatewayProfiles
import GatewayStore
import SignedTokens
import Synchronization

/// Says whether servers are to take the tokens that are presented to them, without asking anybody.
///
/// What was checked is remembered, by a hash of the token, until the token ends, or until anything changes that the
/// check depends on: keys, licenses that were given back, what the server itself is. Others' changes count too: the
/// store is asked each time whether there were any.
final class TokenDesk: Sendable {
    /// What the check of an installation's tokens depends on.
    private struct Ground: Sendable {
        var customer: String
        var issuer: String
        var audiences: [String]
        var keys: KeySet
        var own: [String: String]
        var settings: [String: String]
        var adapter: any TokenVerifying
        /// The issuer's servers whose licenses were given back, each with when: read with the rest, so that a check never
        /// goes by the one without the other.
        var revocations: [String: Int64]
    }

    /// A token that was presented somewhere.
    private struct Key: Hashable, Sendable {
        var installation: String
        var hash: SHA256Digest

        init(_ token: String, at installation: String) {
            self.installation = installation
            var token = token
            hash = token.withUTF8 { SHA256.hash(data: UnsafeRawBufferPointer($0)) }
        }
    }

    private struct Known: Sendable {
        var customer: String
        var verdict: TokenVerdict
        var until: Instant
    }

    private struct Memory: Sendable {
        var epoch: Int64 = -1
        var grounds: [String: Ground] = [:]
        /// The tokens that were taken, and those before: where there are too many, the older half is forgotten.
        var known: [Key: Known] = [:]
        var older: [Key: Known] = [:]

        /// Forgets everything where the store has changed.
        mutating func enter(_ epoch: Int64) {
            guard epoch != self.epoch else { return }
            self = Memory()
            self.epoch = epoch
        }
    }

    /// The most tokens that are remembered.
    static let mostKnown = 20_000
    private static let mostGrounds = 10_000

    private let epoch: Lazily<TokenEpoch>
    private let memory = Mutex(Memory())

    init(store: Store) { epoch = Lazily { try TokenEpoch(store) } }

    /// How many tokens are remembered.
    var remembered: Int { memory.withLock { $0.known.count + $0.older.count } }

    /// What a check of a token comes to.
    func verdict(on token: String, at installation: String, in context: CallContext) async throws -> TokenVerdict {
        let epoch = try epoch.get().current()
        let now = context.now
        let key = Key(token, at: installation)
        if let known = recall(key, epoch), known.until > now, context.scope.covers(known.customer) {
            return known.verdict
        }
        let ground: Ground
        do {
            ground = try await self.ground(of: installation, epoch, context)
        } catch let refusal as TokenRefusal {
            return TokenVerdict(refusal)
        }
        do throws(TokenRefusal) {
            let claims = try ground.keys.claims(of: token)
            let registered = try RegisteredClaims(
                claims, issuer: ground.issuer, audiences: ground.audiences, at: now)
            let reading = try ground.adapter.reading(of: Array(claims), at: ground.own, settings: ground.settings)
            if let revoked = ground.revocations[reading.serverID],
                registered.issued.map({ $0.milliseconds <= revoked }) ?? true
            {
                throw TokenRefusal(
                    .revoked,
                    "The license of \(reading.serverID) was given back \(Instant(milliseconds: revoked)), and the token is "
                        + "from before.")
            }
            let verdict = TokenVerdict(reading, until: registered.ends)
            remember(key, Known(customer: ground.customer, verdict: verdict, until: registered.ends), epoch)
            return verdict
        } catch {
            // What is refused is not remembered: anybody can present any number of such.
            return TokenVerdict(error)
        }
    }

    private func recall(_ key: Key, _ epoch: Int64) -> Known? {
        memory.withLock { memory in
            memory.enter(epoch)
            return memory.known[key] ?? memory.older[key]
        }
    }

    private func remember(_ key: Key, _ known: Known, _ epoch: Int64) {
        memory.withLock { memory in
            guard memory.epoch == epoch else { return }
            if memory.known.count >= Self.mostKnown / 2 {
                memory.older = memory.known
                memory.known = [:]
            }
            memory.known[key] = known
        }
    }

    private func ground(of installation: String, _ epoch: Int64, _ context: CallContext) async throws -> Ground {
        if let known = memory.withLock({ $0.epoch == epoch ? $0.grounds[installation] : nil }),
            context.scope.covers(known.customer)
        {
            return known
        }
        guard let found = try await context.store.tokenGround(of: installation, in: context.scope) else {
            // In the words of every other call.
            _ = try await context.installation(installation)
            throw CallError(.notFound, "There is no installation \(installation).")
        }
        let (profile, adapter) = try context.gateway.profileAndAdapter(found.profile)
        guard let verifying = adapter.tokens, !profile.vendor.isByHand else {
            throw CallError(
                .invalid,
                "The tokens of \(installation) can't be checked: its profile \(profile.name) knows no license on tokens."
            )
        }
        guard let terms = found.terms else {
            throw TokenRefusal(
                .format,
                "The tokens of \(installation) can't be checked without their issuer's server: either it has no license yet "
                    + "(`gatehouse authorize \(installation)`), or its issuer gives opaque tokens.")
        }
        let ground = Ground(
            customer: found.customer, issuer: terms.issuer, audiences: terms.audiences,
            keys: try await KeySet(terms.keySet), own: found.own, settings: profile.shownSettings, adapter: verifying,
            revocations: try await context.store.revocations(by: terms.issuer))
        memory.withLock { memory in
            // Read after the epoch was: what changed since is read again by the next.
            guard memory.epoch == epoch else { return }
            if memory.grounds.count >= Self.mostGrounds { memory.grounds.removeAll() }
            memory.grounds[installation] = ground
        }
        return ground
    }
}

extension Scope {
    /// Whether a customer's things may be seen.
    fileprivate func covers(_ customer: String) -> Bool { self.customer.map { $0 == customer } ?? true }
}
