import AdapterKit
import MarkedText
import MarkedYAML

/// What the book's section `pos` says.
struct POSBook: Sendable {
    var organizations: [POSOrganization] = []
    /// What clients call themselves.
    var clientID = "gatehouse"
    /// Demanded of every client, where there is one.
    var clientSecret: String?
    /// Whom access tokens are for.
    var audience = "pos"
    var algorithm = TokenKey.Algorithm.edDSA
    /// The number of the key that signs; another number is another key.
    var keySet = 1
    /// Seconds in which a spent refresh token gets the same answer again.
    var reuseWindow = 30
    /// Seconds that a device code and its user code are good for.
    var codeLifetime = 600
    /// Seconds that a client waits between two questions.
    var interval = 5
    var tokens = TokenKind.jwt
    var refreshTokens = RefreshKind.rotating
    var claimsIn = ClaimsPlace.access

    /// What access tokens are.
    enum TokenKind: String, CaseIterable, Sendable { case jwt, opaque }

    /// Whether each refresh brings another refresh token.
    enum RefreshKind: String, CaseIterable, Sendable { case rotating, fixed }

    /// The token that carries the license.
    enum ClaimsPlace: String, CaseIterable, Sendable { case access, id }

    static var shape: Shape<POSBook> {
        .mapping { fields in
            var book = POSBook()
            let entries = fields.required("organizations", .list(of: .marked(POSOrganization.shape))) ?? []
            book.organizations = entries.map(\.value)
            book.clientID = fields.optional("clientID", .token(characters: 128), default: book.clientID)
            book.clientSecret = fields.optional("clientSecret", .text(bytes: 256))
            book.audience = fields.optional("audience", .token(characters: 256), default: book.audience)
            book.algorithm = fields.optional("algorithm", .enumeration(), default: book.algorithm)
            book.keySet = fields.optional("keySet", .int(in: 1...10_000), default: book.keySet)
            book.reuseWindow = fields.optional("reuseWindow", .seconds(in: 0...3_600), default: book.reuseWindow)
            book.codeLifetime = fields.optional("codeLifetime", .seconds(in: 1...86_400), default: book.codeLifetime)
            book.interval = fields.optional("interval", .seconds(in: 1...300), default: book.interval)
            book.tokens = fields.optional("tokens", .enumeration(), default: book.tokens)
            book.refreshTokens = fields.optional("refreshTokens", .enumeration(), default: book.refreshTokens)
            book.claimsIn = fields.optional("claimsIn", .enumeration(), default: book.claimsIn)
            check(entries, &fields)
            return book
        }
    }

    private static func check(_ entries: [Marked<POSOrganization>], _ fields: inout Fields) {
        var names: [String: Int] = [:]
        var passwords: [String: (password: String, line: Int)] = [:]
        var servers: [String: Int] = [:]
        for entry in entries {
            let line = entry.mark.line
            if let first = names.updateValue(line, forKey: entry.value.name) {
                fields.error(
                    "a second organization has the name of the one on line \(first)", at: entry.mark,
                    help: "give each organization a name of its own")
            }
            let login = entry.value.login
            if let first = passwords[login.name], first.password != login.password {
                fields.error(
                    "the login has another password than in the organization on line \(first.line)", at: entry.mark,
                    help: "a login that stands in several organizations has one password")
            }
            passwords[login.name] = passwords[login.name] ?? (login.password, line)
            for (device, mark) in zip(entry.value.devices, entry.value.marks) {
                if let first = servers.updateValue(mark.line, forKey: device.serverID) {
                    fields.error(
                        "a second device has the serverID of the one on line \(first)", at: mark,
                        help: "give each device a serverID of its own")
                }
            }
        }
    }

    /// A device of the book and the organization that it belongs to.
    func device(_ serverID: String) -> (organization: POSOrganization, device: POSDevice)? {
        for organization in organizations {
            for device in organization.devices where device.serverID == serverID { return (organization, device) }
        }
        return nil
    }

    /// The organizations of a login.
    func organizations(of login: String) -> [POSOrganization] {
        organizations.filter { $0.login.name == login }
    }
}
