import AdapterKit
import Crypto
import Hummingbird

/// Somebody at the pages: what their browser sent, and who they are.
struct Visit: Sendable {
    let request: VendorRequest
    /// What the browser has in its cookie; made anew where it had none that could be one of ours.
    let id: String
    /// Whether the browser has it already.
    let isKnown: Bool
    /// Nil where nobody is logged in.
    let session: Sessions.Session?

    private static let cookie = "pos_session"

    /// - Parameter session: The session of an ID that is not over.
    init(_ request: VendorRequest, session: (String) -> Sessions.Session?) {
        self.request = request
        let sent = Self.cookie(in: request.headers[values: .cookie])
        isKnown = sent != nil
        id = sent ?? Secrets.random()
        self.session = sent.flatMap(session)
    }

    var now: Instant { request.now }

    /// What every form of this browser's session carries, so that no other site can send one in its name.
    var token: String { Self.token(of: id, request.signer) }

    private static func token(of id: String, _ signer: Signer) -> String {
        Secrets.proof(of: id, by: signer.secret(for: "form tokens"))
    }

    /// Whether a form is one of this session's.
    func isOwn(_ fields: FormFields) -> Bool {
        isKnown && fields["csrf"].map { Secrets.areEqual($0, token) } == true
    }

    // MARK: Answers

    /// Leads the browser to another page, with GET.
    ///
    /// - Parameter id: The session that it has from now on, where that is another.
    func redirect(_ link: String, to id: String? = nil) -> VendorAnswer {
        var headers = HTMLPage.headers
        headers[.location] = link
        if let id { headers[.setCookie] = cookie(id) }
        return VendorAnswer(status: 303, contentType: "text/plain; charset=utf-8", body: [], headers: headers)
    }

    /// A page, by which a browser without a cookie gets one.
    func page(_ status: Int, _ page: HTMLPage) -> VendorAnswer {
        var headers = HTMLPage.headers
        if !isKnown { headers[.setCookie] = cookie(id) }
        return VendorAnswer(
            status: status, contentType: "text/html; charset=utf-8", body: Array(page.text.utf8), headers: headers)
    }

    /// Lax: who follows the link that a device shows is still logged in, and forms of other sites come without it.
    private func cookie(_ id: String) -> String {
        let secure = request.origin?.hasPrefix("https:") == true ? "; Secure" : ""
        return "\(Self.cookie)=\(id); Path=/\(POSStandIn.name); HttpOnly; SameSite=Lax\(secure)"
    }

    private static func cookie(in headers: [String]) -> String? {
        for pair in headers.flatMap({ $0.split(separator: ";") }) {
            let pair = pair.drop { $0 == " " }
            guard pair.hasPrefix(cookie + "=") else { continue }
            let value = String(pair.dropFirst(cookie.count + 1))
            // No other text than one that was given out is taken for an ID.
            if Base64URL.decode(value)?.count == 32 { return value }
        }
        return nil
    }
}
