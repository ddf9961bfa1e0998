/// A person at the stand-in's POS pages, for scripts and tests: logs in, chooses the organization, types in the code and
/// confirms, by the same forms as with a browser.
///
/// It carries cookies and forms, and leaves the sending to whoever has an HTTP client:
///
/// ```swift
/// var visitor = SandboxVisitor(issuer: "http://127.0.0.1:8300/pos") { request in … }
/// try await visitor.logIn(name: "maple", password: "…")
/// try await visitor.authorize(device: "POS-0001", userCode: "BDWP-HQPK", organization: "Maple & Ridge")
/// ```
public struct SandboxVisitor: Sendable {
    /// A request to a page: GET, or POST of a form. Redirects must not be followed.
    public struct Request: Hashable, Sendable {
        /// The whole address.
        public let url: String
        /// Headers by name: `Cookie`, and `Content-Type` where there is a form.
        public let headers: [String: String]
        /// The form, `application/x-www-form-urlencoded`; nil for GET.
        public let form: String?
    }

    /// What came back.
    public struct Reply: Sendable {
        /// The status.
        public let status: Int
        /// `Location`, where there is one.
        public let location: String?
        /// The values of `Set-Cookie`.
        public let cookies: [String]
        /// The page.
        public let html: String

        /// Hands on what an HTTP client got.
        public init(status: Int, location: String?, cookies: [String], html: String) {
            self.status = status
            self.location = location
            self.cookies = cookies
            self.html = html
        }
    }

    /// Why a page refused, in its own words.
    public struct Refusal: Error, Hashable, Sendable, CustomStringConvertible {
        /// The page's sentence.
        public let description: String
    }

    private let issuer: String
    private let send: @Sendable (Request) async throws -> Reply
    private var cookie: String?

    /// The issuer of the stand-in for POS at an address of the sandbox: `http://127.0.0.1:8300` has
    /// `http://127.0.0.1:8300/pos`.
    public static func issuer(of url: String) -> String {
        "\(url.hasSuffix("/") ? String(url.dropLast()) : url)/\(POSStandIn.name)"
    }

    /// Nobody logged in yet.
    ///
    /// - Parameters:
    ///   - issuer: The authorization server's issuer, such as `http://127.0.0.1:8300/pos`.
    ///   - send: Sends one request.
    public init(issuer: String, send: @escaping @Sendable (Request) async throws -> Reply) {
        self.issuer = issuer
        self.send = send
    }

    /// Logs in.
    ///
    /// - Throws: ``Refusal`` where the page refuses; whatever `send` throws.
    public mutating func logIn(name: String, password: String) async throws {
        let token = try await token(on: POSPath.login)
        try await post(POSPath.login, [("csrf", token), ("name", name), ("password", password)])
    }

    /// Authorizes a device, or denies it.
    ///
    /// - Parameters:
    ///   - device: Its server ID.
    ///   - userCode: What the License Management page shows.
    ///   - organization: Which to choose, where the login has several; nil leaves it as it is.
    ///   - isDenied: Whether to choose Deny on the page that asks to confirm.
    /// - Throws: ``Refusal`` where a page refuses; whatever `send` throws.
    public mutating func authorize(
        device: String, userCode: String, organization: String? = nil, isDenied: Bool = false
    ) async throws {
        try await choose(organization)
        let token = try await token(on: POSPath.device)
        let fields = [("csrf", token), ("device", device), ("user_code", userCode)]
        try await post(POSPath.device, fields)
        try await post(POSPath.confirm, fields + [("decision", isDenied ? "deny" : "authorize")])
    }

    /// Removes a device's license.
    ///
    /// - Throws: ``Refusal`` where a page refuses; whatever `send` throws.
    public mutating func remove(device: String, organization: String? = nil) async throws {
        try await choose(organization)
        let token = try await token(on: POSPath.devices)
        try await post(POSPath.remove, [("csrf", token), ("device", device)])
    }

    // MARK: Forms

    private mutating func choose(_ organization: String?) async throws {
        guard let organization else { return }
        let token = try await token(on: POSPath.organization)
        try await post(POSPath.organization, [("csrf", token), ("organization", organization)])
    }

    /// What the forms of a page carry.
    private mutating func token(on path: String) async throws -> String {
        let reply = try await ask(path, form: nil)
        guard reply.status == 200 else {
            try Self.check(reply.location ?? "")
            throw Refusal(description: Self.problem(reply.html))
        }
        guard let start = reply.html.firstRange(of: "name=\"csrf\" value=\"")?.upperBound else {
            throw Refusal(description: Self.problem(reply.html))
        }
        return String(reply.html[start...].prefix { $0 != "\"" })
    }

    private mutating func post(_ path: String, _ fields: [(name: String, value: String)]) async throws {
        let form = fields.map { "\(POSPath.encoded($0.name))=\(POSPath.encoded($0.value))" }.joined(separator: "&")
        let reply = try await ask(path, form: form)
        if let location = reply.location, path != POSPath.login { try Self.check(location) }
        guard reply.status == 200 || reply.status == 303 else { throw Refusal(description: Self.problem(reply.html)) }
    }

    /// That a form did not lead back to where one says who one is.
    private static func check(_ location: String) throws(Refusal) {
        if location.hasSuffix(POSPath.login) { throw Refusal(description: "Log in first.") }
        if location.hasSuffix(POSPath.organization) {
            throw Refusal(description: "Several organizations have this login: name one.")
        }
    }

    private mutating func ask(_ path: String, form: String?) async throws -> Reply {
        var headers: [String: String] = [:]
        if let cookie { headers["Cookie"] = cookie }
        if form != nil { headers["Content-Type"] = "application/x-www-form-urlencoded" }
        let reply = try await send(Request(url: issuer + path, headers: headers, form: form))
        if let given = reply.cookies.last { cookie = String(given.prefix { $0 != ";" }) }
        return reply
    }

    /// The sentence that a page tells as its problem.
    private static func problem(_ html: String) -> String {
        guard let start = html.firstRange(of: "role=\"alert\" id=\"problem\"><p>")?.upperBound else {
            return "The page can't be read. Is this the stand-in's address?"
        }
        let text = html[start...].prefix { $0 != "<" }
        let entities = ["&lt;": "<", "&gt;": ">", "&quot;": "\"", "&#39;": "'", "&amp;": "&"]
        return ["&lt;", "&gt;", "&quot;", "&#39;", "&amp;"].reduce(String(text)) { text, entity in
            text.replacing(entity, with: entities[entity] ?? entity)
        }
    }
}
