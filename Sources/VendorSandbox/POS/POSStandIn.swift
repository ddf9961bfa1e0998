import AdapterKit
import Hummingbird
import MarkedYAML

/// Stands in for the authorization server of POS, to the protocol page `device-token`: an authorization server for the
/// device grant (RFC 8628) with the pages on which people authorize their devices.
final class POSStandIn: StandIn {
    static let name = "pos"
    static let title = "POS authorization"

    let book: POSBook
    let office: POSOffice

    convenience init() { self.init(POSBook(), POSOffice()) }

    private init(_ book: POSBook, _ office: POSOffice) {
        self.book = book
        self.office = office
    }

    static func shape(after previous: POSStandIn?, at now: Instant) -> Shape<POSStandIn> {
        let office = previous?.office ?? POSOffice()
        return POSBook.shape.map { POSStandIn($0, office) }
    }

    func start(keepingIn file: String, report: @escaping @Sendable (String) -> Void) throws(SandboxError) {
        try office.start(keepingIn: file, report: report)
    }

    /// The organizations.
    var count: Int { book.organizations.count }

    var endpoints: [Endpoint] { protocolEndpoints + pageEndpoints }

    private var protocolEndpoints: [Endpoint] {
        [
            Endpoint(method: "GET", path: "/.well-known/oauth-authorization-server", bodyLimit: 0) { request in
                self.oauth(request) { try self.metadata($0) }
            },
            Endpoint(method: "GET", path: "/.well-known/openid-configuration", bodyLimit: 0) { request in
                self.oauth(request) { try self.metadata($0) }
            },
            Endpoint(method: "GET", path: "/jwks", bodyLimit: 0) { request in
                self.oauth(request) { try self.keySet($0) }
            },
            form("/device_authorization") { try self.beginAuthorization($0, $1) },
            form("/token") { try self.token($0, $1) },
            form("/revoke") { try self.revoke($0, $1) },
            form("/introspect") { try self.introspect($0, $1) },
        ]
    }

    /// Something that a client asks with a form, after it has said who it is.
    private func form(
        _ path: String, _ answer: @escaping @Sendable (POSQuestion, FormFields) throws -> VendorAnswer
    ) -> Endpoint {
        let limit = 16_384
        return Endpoint(
            method: "POST", path: path, bodyLimit: limit,
            tooLarge: { _ in OAuthError.request("The form has more than \(limit) bytes.", status: 413).answer },
            answer: { request in
                self.oauth(request) { question in
                    let fields: FormFields
                    do throws(AdapterError) { fields = try FormFields(form: request) } catch {
                        throw OAuthError.request(error.message)
                    }
                    try self.book.checkClient(fields, request.headers[.authorization])
                    return try answer(question, fields)
                }
            })
    }

    /// Answers a client; what is wrong with its request becomes an error of RFC 6749, section 5.2.
    private func oauth(
        _ request: VendorRequest, _ answer: (POSQuestion) throws -> VendorAnswer
    ) -> VendorAnswer {
        do {
            guard let question = POSQuestion(request) else {
                throw OAuthError.request("The Host of the request is no host, or missing.")
            }
            return try answer(question)
        } catch let error as OAuthError {
            return error.answer
        } catch {
            return OAuthError("server_error", "The stand-in can't answer: \(error)", status: 500).answer
        }
    }
}

/// A request to the authorization server.
struct POSQuestion: Sendable {
    /// What the server calls itself: where the client reached it, with `/pos` behind.
    let issuer: String
    let now: Instant
    let signer: Signer

    /// Nil where the request does not say by what host it came.
    init?(_ request: VendorRequest) {
        guard let origin = request.origin else { return nil }
        issuer = "\(origin)/\(POSStandIn.name)"
        now = request.now
        signer = request.signer
    }

    /// The key by which refresh tokens are proven.
    var refreshKey: RefreshToken.Key { signer.secret(for: "refresh tokens") }
}
