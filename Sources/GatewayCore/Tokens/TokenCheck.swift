import AdapterKit
import Foundation
import SignedTokens

extension Request.TokenCheck {
    /// The answer that is a key set, with what the tokens say that it proves.
    ///
    /// - Parameter tokens: By the names that they were withheld under.
    /// - Throws: ``AdapterError`` `untrusted` where a token is not what it must be.
    func response(_ answer: RawAnswer, tokens: [String: String], at now: Instant) async throws -> Response {
        guard answer.status == 200 else {
            throw AdapterError(
                .malformed, "The issuer's server answered with status \(answer.status) when asked for its keys.")
        }
        var claims: [String: [UInt8]] = [:]
        let signed = tokens.filter { KeySet.isSigned($0.value) }
        if !signed.isEmpty {
            let keys = try await KeySet(answer.body)
            for (name, token) in signed.sorted(by: { $0.key < $1.key }) {
                do throws(TokenRefusal) {
                    let said = try keys.claims(of: token)
                    let audience = audiences[name] ?? ""
                    _ = try RegisteredClaims(
                        said, issuer: issuer, audiences: audience.isEmpty ? nil : [audience], at: now)
                    claims[name] = Array(said)
                } catch {
                    throw AdapterError(
                        .untrusted, "The vendor's \(name.replacing("_", with: " ")) is not taken: \(error.message)")
                }
            }
        }
        // Nothing was proven by it, so it may be anything.
        if signed.isEmpty, (try? await KeySet(answer.body)) == nil { return Response(status: 200, body: []) }
        return Response(status: 200, body: answer.body, claims: claims)
    }
}
