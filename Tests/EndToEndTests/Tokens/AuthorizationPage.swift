import Foundation

/// The stand-in's pages, as a browser asks for them: with the cookie that they gave, and what their forms carry.
struct AuthorizationPage {
    let port: UInt16
    private var cookie = ""

    init(port: UInt16) { self.port = port }

    /// Sends the form of a page, with these fields.
    ///
    /// - Parameter page: The page whose form it is; nil for the one that it is sent to.
    mutating func post(_ path: String, _ fields: [String: String], from page: String? = nil) async throws {
        let shown = try await ask("GET", page ?? path)
        guard let start = shown.range(of: "name=\"csrf\" value=\"") else {
            throw Trouble("\(path) has no form: \(shown)")
        }
        let fields = fields.merging(["csrf": String(shown[start.upperBound...].prefix { $0 != "\"" })]) { $1 }
        let form = fields.map { name, value in
            "\(name)=\(value.addingPercentEncoding(withAllowedCharacters: .alphanumerics) ?? "")"
        }
        let answer = try await ask("POST", path, form.joined(separator: "&"))
        guard !answer.contains("id=\"problem\"") else { throw Trouble("\(path) refuses: \(answer)") }
    }

    private mutating func ask(_ method: String, _ path: String, _ form: String = "") async throws -> String {
        let lines = [
            "\(method) /pos\(path) HTTP/1.1", "Host: 127.0.0.1:\(port)", "Connection: close", "Cookie: \(cookie)",
            "Content-Type: application/x-www-form-urlencoded", "Content-Length: \(form.utf8.count)",
        ]
        let (port, text) = (port, lines.joined(separator: "\r\n") + "\r\n\r\n" + form)
        let answer = try await onThread { Result { try Wiretap.ask(port, Array(text.utf8)) } }.get()
        let shown = String(decoding: answer, as: UTF8.self)
        for line in shown.split(separator: "\r\n") where line.lowercased().hasPrefix("set-cookie: ") {
            cookie = String(line.dropFirst(12).prefix { $0 != ";" })
        }
        return shown
    }
}
