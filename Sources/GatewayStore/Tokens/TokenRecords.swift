public import AdapterKit
import Foundation
import GRDB
public import GatewayAPI

/// A license that was given back, or that its issuer has ended.
public struct RevokedServer: Hashable, Sendable {
    /// Who issued its tokens.
    public var issuer: String
    /// The server that they were for, as the issuer knows it.
    public var server: String

    /// A server whose license is no more.
    public init(issuer: String, server: String) {
        self.issuer = issuer
        self.server = server
    }
}

/// What a check of an installation's tokens depends on.
public struct TokenGround: Sendable {
    /// What they are checked by; nil where it has no tokens that can be.
    public var terms: TokenTerms?
    /// When the terms were last seen.
    public var seen: Instant?
    /// The details of the entitlement in force.
    public var own: [String: String]
    /// The profile's name.
    public var profile: String
    /// The customer's ID.
    public var customer: String
    /// The customer's time zone.
    public var timeZone: String
}

extension Store {
    /// What a check of an installation's tokens depends on; nil where there is no such installation in scope.
    public func tokenGround(of installation: String, in scope: Scope) async throws -> TokenGround? {
        try await pool.read { db in
            guard
                let row = try db.row(
                    """
                    SELECT i.profile, t.terms, t.at, i.customer, c.time_zone FROM installations i
                    JOIN customers c ON c.id = i.customer LEFT JOIN token_terms t ON t.installation = i.id
                    WHERE i.id = ?1 AND (?2 IS NULL OR i.customer = ?2)
                    """, [installation, scope.customer])
            else { return nil }
            let text: String? = row[1]
            let terms = try text.map { text in
                guard let terms = try? JSONDecoder().decode(TokenTerms.self, from: Data(text.utf8)) else {
                    throw StoreError(.corrupt, "The stored terms of the tokens of \(installation) can't be read.")
                }
                return terms
            }
            return TokenGround(
                terms: terms, seen: row.instant(2),
                own: try db.entitlement(of: installation, in: scope)?.details ?? [:], profile: row[0],
                customer: row[3], timeZone: row[4])
        }
    }
}

extension Database {
    /// Keeps what an installation's tokens are checked by from now on.
    func keep(_ terms: TokenTerms, of installation: String, at now: Instant) throws {
        var terms = terms
        let before: String? = try row("SELECT terms FROM token_terms WHERE installation = ?1", [installation])?[0]
        if terms.rotates == nil, let before {
            terms.rotates = (try? JSONDecoder().decode(TokenTerms.self, from: Data(before.utf8)))?.rotates
        }
        let text = try JSONEncoder.stored.text(terms)
        try run(
            """
            INSERT INTO token_terms (installation, terms, at) VALUES (?1, ?2, ?3)
            ON CONFLICT (installation) DO UPDATE SET terms = excluded.terms, at = excluded.at
            """, [installation, text, now.milliseconds])
        if text != before { try raiseTokenEpoch() }
    }

    /// Has every kept check of tokens made again.
    func raiseTokenEpoch() throws { try run("UPDATE token_epoch SET epoch = epoch + 1") }

    /// Takes the license of an installation out of force: it was given back.
    func removeLicense(of installation: String, _ revoked: RevokedServer?, at now: Instant) throws {
        try run("DELETE FROM withheld WHERE installation = ?1", [installation])
        try run("DELETE FROM token_terms WHERE installation = ?1", [installation])
        if let revoked { try revoke(revoked, at: now) }
        try run(
            """
            UPDATE installations SET held = 0, revision = NULL, issued = NULL, entitlement_from = NULL, seats = '',
            vendor_status = NULL, dates = '', unverified = 0, authorize_again = NULL, refresh_due = NULL,
            next_try = NULL, last_failure = NULL, last_failure_at = NULL WHERE id = ?1
            """, [installation])
        try raiseTokenEpoch()
    }

    /// Has the tokens refused that a server has from before.
    func revoke(_ server: RevokedServer, at now: Instant) throws {
        try run(
            """
            INSERT INTO revoked_servers (issuer, server, at) VALUES (?1, ?2, ?3)
            ON CONFLICT (issuer, server) DO UPDATE SET at = excluded.at
            """, [server.issuer, server.server, now.milliseconds])
        try raiseTokenEpoch()
    }

    /// What comes with a grant whose license lives on tokens.
    func put(_ tokens: OperationEnding.NewTokens, of ending: OperationEnding) throws {
        try run(
            "UPDATE installations SET identity = ?2, authorize_again = NULL WHERE id = ?1",
            [ending.installation, String(decoding: try JSONEncoder.stored.encode(tokens.identity), as: UTF8.self)])
        // A code that was typed is spent, and tokens of an earlier license are not this one's.
        try run(
            """
            DELETE FROM withheld WHERE installation = ?1 AND (name = ?2 OR operation <> ?3
            AND EXISTS (SELECT 1 FROM operations WHERE id = ?3 AND act = ?4))
            """, [ending.installation, WithheldSecrets.deviceCode, ending.operation, Act.authorize.rawValue])
        let refreshing = try row(
            "SELECT 1 FROM withheld WHERE installation = ?1 AND name = ?2",
            [ending.installation, WithheldSecrets.refreshToken])
        if refreshing == nil {
            try authorizeAgain(
                ending.installation,
                because: "The authorization server gave no token to refresh it with: it ends with its token.")
        }
        if let grant = ending.grant, try detailsBefore(ending) != grant.entitlement.details { try raiseTokenEpoch() }
        if let terms = tokens.terms {
            try keep(terms, of: ending.installation, at: ending.at)
            try keep(keysOf: terms, trust: tokens.trust, at: ending.at)
            if let issued = ending.grant?.issued, let server = tokens.server {
                try licenseAnew(RevokedServer(issuer: terms.issuer, server: server), issued: issued)
            }
        } else {
            try run("DELETE FROM token_terms WHERE installation = ?1", [ending.installation])
            try raiseTokenEpoch()
        }
    }

    /// What the entitlement before told of the server: whose tokens it takes depends on it. Nil where there was none.
    private func detailsBefore(_ ending: OperationEnding) throws -> [String: String]? {
        let row = try row(
            """
            SELECT body FROM entitlements WHERE installation = ?1 AND operation <> ?2
            ORDER BY taken_at DESC, operation DESC LIMIT 1
            """, [ending.installation, ending.operation])
        guard let row else { return nil }
        let body: String = row[0]
        return try? JSONDecoder().decode(Entitlement.self, from: Data(body.utf8)).details
    }

    /// Marks every installation whose refresh token is replaced at each use, or may be: the one that is kept here may
    /// have been used by now, and using it again would be taken for a theft.
    func authorizeRotatingAgain(because why: String) throws {
        let rotating = try rows(
            """
            SELECT w.installation, t.terms FROM withheld w LEFT JOIN token_terms t ON t.installation = w.installation
            WHERE w.name = ?1
            """, [WithheldSecrets.refreshToken]
        ).compactMap { row -> String? in
            let text: String? = row[1]
            let terms = text.flatMap { try? JSONDecoder().decode(TokenTerms.self, from: Data($0.utf8)) }
            return terms?.rotates == false ? nil : row[0]
        }
        for installation in rotating { try authorizeAgain(installation, because: why) }
        // No operation that a code was shown for goes on.
        try run("DELETE FROM withheld WHERE name = ?1", [WithheldSecrets.deviceCode])
    }

    /// That a server is licensed anew: of its tokens only those are refused that were issued before.
    ///
    /// - Parameter issued: When the new license was issued, to the second, by the issuer's clock: that may be behind ours.
    func licenseAnew(_ server: RevokedServer, issued: Instant) throws {
        try run(
            "UPDATE revoked_servers SET at = ?3 WHERE issuer = ?1 AND server = ?2 AND at > ?3",
            [server.issuer, server.server, issued.milliseconds - 1])
        if changesCount > 0 { try raiseTokenEpoch() }
    }
}
