import Foundation
import Testing
import VendorSandbox

/// A browser at the pages: keeps its cookie, follows nothing by itself.
final class Browser {
    private let sandbox: RunningSandbox
    var cookie: String?

    init(_ sandbox: RunningSandbox) { self.sandbox = sandbox }

    func get(_ path: String) async throws -> HTTPReply { try await exchange("GET", path, nil) }

    /// Sends a form with the token that the pages have for it, unless it has one of its own.
    func post(_ path: String, _ fields: [String: String], token: String? = nil) async throws -> HTTPReply {
        var own = token ?? ""
        for page in ["/login", "/organization"] where token == nil && own.isEmpty {
            own = Self.token(in: try await get(page).text)
        }
        return try await exchange("POST", path, POSClient.form(fields.merging(["csrf": own]) { given, _ in given }))
    }

    func exchange(
        _ method: String, _ path: String, _ form: String?, type: String = "application/x-www-form-urlencoded"
    ) async throws -> HTTPReply {
        var headers: [String: String] = form == nil ? [:] : ["Content-Type": type]
        if let cookie { headers["Cookie"] = "other=1; \(cookie)" }
        let reply = try await sandbox.exchange(method, "/pos" + path, headers: headers, body: Array((form ?? "").utf8))
        if let given = reply.headers["set-cookie"] { cookie = String(given.prefix { $0 != ";" }) }
        return reply
    }

    @discardableResult
    func logIn(_ name: String = "mara", _ password: String = POSBooks.login.password) async throws -> HTTPReply {
        let token = Self.token(in: try await get("/login").text)
        return try await post("/login", ["name": name, "password": password], token: token)
    }

    /// The token of a page's forms; empty where it has none.
    static func token(in page: String) -> String {
        page.firstMatch(of: /name="csrf" value="([^"]+)"/).map { String($0.1) } ?? ""
    }
}

extension HTTPReply {
    /// What a page tells as its problem.
    var problem: String? {
        text.firstMatch(of: /role="alert" id="problem"><p>([^<]*)</).map { String($0.1) }
    }
}
