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
        var zone: Zone
        var issuer: String
        var audiences: [String]
        var keys: KeySet
        /// When the keys were fetched.
        var seen: Instant
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
        /// When installations were made due last, since a key was not known.
        var due: [String: Instant] = [:]

        /// Forgets everything where the store has changed.
        mutating func enter(_ epoch: Int64) {
            guard epoch != self.epoch else { return }
            self = Memory(epoch: epoch, due: due)
        }
    }

    /// The most tokens that are remembered.
    static let mostKnown = 20_000
    private static let mostGrounds = 10_000
    /// How old a key set is at least before it is fetched again for a key that is not in it, in seconds.
    static let fetchInterval = 60

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
            var ends = registered.ends
            if let day = reading.renewsOn {
                let end = day.end(in: ground.zone)
                guard now < end else {
                    throw TokenRefusal(
                        .time,
                        "The license of \(reading.serverID) had to be renewed by \(day), which is past: a server has it "
                            + "renewed, gives it back and acquires it again.")
                }
                ends = min(ends, end)
            }
            if let revoked = ground.revocations[reading.serverID],
                registered.issued.map({ $0.milliseconds <= revoked }) ?? true
            {
                throw TokenRefusal(
                    .revoked,
                    "The license of \(reading.serverID) was given back, or ended by its issuer, "
                        + "\(Instant(milliseconds: revoked)), and the token is from before.")
            }
            let verdict = TokenVerdict(reading, until: ends)
            remember(key, Known(customer: ground.customer, verdict: verdict, until: ends), epoch)
            return verdict
        } catch {
            if error.check == .signature, let wanted = ground.keys.unknownKey(of: token, by: ground.issuer) {
                return TokenVerdict(await fetchingSoon(wanted, installation, ground, at: now, context))
            }
            // What is refused is not remembered: anybody can present any number of such.
            return TokenVerdict(error)
        }
    }

    /// Has the issuer's keys fetched with the next refresh, which is due now. Anybody can present a token that names any key:
    /// no more often than once in a while.
    private func fetchingSoon(
        _ key: String, _ installation: String, _ ground: Ground, at now: Instant, _ context: CallContext
    ) async -> TokenRefusal {
        func refusal(_ what: String) -> TokenRefusal {
            TokenRefusal(
                .signature,
                "The token is signed by the key \(key), which is none of those of \(ground.issuer) that are known. \(what)"
            )
        }
        let isRecent = memory.withLock { memory in
            let last = max(ground.seen, memory.due[installation] ?? ground.seen)
            guard now.milliseconds - last.milliseconds >= Int64(Self.fetchInterval) * 1000 else { return true }
            if memory.due.count >= Self.mostGrounds { memory.due.removeAll() }
            memory.due[installation] = now
            return false
        }
        if now.milliseconds - ground.seen.milliseconds < Int64(Self.fetchInterval) * 1000 {
            return refusal("They were fetched \(ground.seen): it is not the issuer's.")
        }
        // Where nothing can be written the answer is the same.
        if !isRecent { try? await context.store.makeDue(installation, at: now) }
        return refusal(
            "They may have changed since \(ground.seen): the next `gatehouse run --due` fetches them, as `gatehouse refresh "
                + "\(installation)` does.")
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
        // Whoever fetched it last: they are one server's keys, whomever it gives tokens to.
        var (keySet, seen) = (terms.keySet, found.seen ?? .init(milliseconds: 0))
        if let kept = try await context.store.keys(of: terms.issuer, trust: profile.vendor.trust), kept.at >= seen {
            (keySet, seen) = kept
        }
        let ground = Ground(
            customer: found.customer, zone: try context.gateway.zones.zone(named: found.timeZone),
            issuer: terms.issuer, audiences: terms.audiences, keys: try await KeySet(keySet), seen: seen,
            own: found.own, settings: profile.shownSettings, adapter: verifying,
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
