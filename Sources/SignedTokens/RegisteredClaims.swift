public import AdapterKit
public import Foundation

/// What a token says of itself by the registered claims (RFC 7519, section 4.1): who issued it, for whom, and when.
public struct RegisteredClaims: Sendable {
    /// Until when it is good.
    public let ends: Instant
    /// When it was issued; nil where it does not say.
    public let issued: Instant?

    // Made once: making one costs more than it has to do here.
    private static let decoder = JSONDecoder()

    /// How far another clock may be ahead of ours, in minutes, for the time from which a token is good.
    public static let clockTolerance = 5

    private struct Claims: Decodable {
        var iss: String?
        var aud: Audience?
        var exp: Double?
        var nbf: Double?
        var iat: Double?
    }

    /// One or several.
    private struct Audience: Decodable {
        var all: [String]

        init(from decoder: any Decoder) throws {
            let container = try decoder.singleValueContainer()
            // Mostly one; a wrong guess costs more than all the rest.
            all = try (try? container.decode(String.self)).map { [$0] } ?? container.decode([String].self)
        }
    }

    /// Those of a token that is good now.
    ///
    /// - Parameters:
    ///   - json: What was signed.
    ///   - issuer: Who must have issued it, to the byte.
    ///   - audiences: Whom it must be for, any of these; empty for nobody in particular, nil for whomever. One who is not
    ///     named among those whom a token names must not take it (RFC 7519, section 4.1.3; RFC 9068, section 4).
    /// - Throws: ``TokenRefusal``.
    public init(
        _ json: Data, issuer: String, audiences: [String]?, at now: Instant
    ) throws(TokenRefusal) {
        guard let claims = try? Self.decoder.decode(Claims.self, from: json) else {
            throw TokenRefusal(.format, "The token's claims are no JSON object, or a claim is of another type.")
        }
        guard let iss = claims.iss, iss.utf8.elementsEqual(issuer.utf8) else {
            throw TokenRefusal(
                .issuer, "The token was issued by \(Self.shown(claims.iss)), and this installation's is \(issuer).")
        }
        if let audiences {
            let named = claims.aud?.all ?? []
            let whom = named.isEmpty ? "nobody" : named.prefix(8).map { Self.shown($0) }.joined(separator: ", ")
            if audiences.isEmpty, !named.isEmpty {
                throw TokenRefusal(
                    .audience,
                    "The token is for \(whom), and of whom this server is to the issuer nothing is known: its own license's "
                        + "token names nobody. Set the profile's audience where it is one of these.")
            }
            guard audiences.isEmpty || named.contains(where: audiences.contains) else {
                throw TokenRefusal(
                    .audience, "The token is for \(whom), and not for \(audiences.joined(separator: " or ")).")
            }
        }
        guard let ends = claims.exp.flatMap(Self.instant) else {
            throw TokenRefusal(.time, "The token does not say when it ends (exp).")
        }
        guard now < ends else { throw TokenRefusal(.time, "The token ended \(ends); it is \(now).") }
        issued = claims.iat.flatMap(Self.instant)
        self.ends = ends
        let latest = now.adding(minutes: Self.clockTolerance)
        for begins in [claims.nbf.flatMap(Self.instant), issued] {
            if let begins, begins > latest {
                throw TokenRefusal(
                    .time, "The token is good from \(begins) on, and it is \(now): check this machine's clock.")
            }
        }
    }

    private static func instant(_ seconds: Double) -> Instant? {
        // What stands in a claim may be any number: those that are within the years that dates here have.
        guard seconds.isFinite, abs(seconds) < 253_402_300_800 else { return nil }
        return Instant(milliseconds: Int64(seconds * 1000))
    }

    private static func shown(_ text: String?) -> String {
        guard let text else { return "nobody" }
        let plain = text.unicodeScalars.prefix(120).filter { $0.properties.generalCategory != .control }
        return "\"\(String(String.UnicodeScalarView(plain)))\""
    }
}
