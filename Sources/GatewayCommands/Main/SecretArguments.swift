/// What may be a secret in a command line, so that it is not repeated in what is said about its mistakes: license keys,
/// and tokens.
struct SecretArguments {
    private let secrets: [String]

    /// - Parameter arguments: without the program's name.
    init(_ arguments: [String]) {
        let words = arguments.filter { !$0.hasPrefix("-") }
        let isOfTokens = words.starts(with: ["tokens", "verify"])
        var secrets: [String] = []
        for (index, argument) in arguments.enumerated() {
            if argument.hasPrefix("--key=") { secrets.append(String(argument.dropFirst("--key=".count))) }
            if index > 0, arguments[index - 1] == "--key" { secrets.append(argument) }
            if isOfTokens && argument.count >= Self.leastToken || Self.isSigned(argument) { secrets.append(argument) }
        }
        self.secrets = secrets.filter { $0.count >= Self.leastKey }.sorted { $0.count > $1.count }
    }

    /// Nothing shorter is a key, and what is shorter may stand in any word.
    private static let leastKey = 6
    /// Hardly a word that is meant for people is as long.
    private static let leastToken = 32

    /// Whether a text is built as a signed token is: three parts of base64url.
    private static func isSigned(_ text: String) -> Bool {
        text.wholeMatch(of: /[A-Za-z0-9_\-]{8,}\.[A-Za-z0-9_\-]{8,}\.[A-Za-z0-9_\-]{8,}/) != nil
    }

    /// The text with the first two characters alone of every secret in it.
    func hidden(in text: String) -> String {
        secrets.reduce(text) { $0.replacing($1, with: "\($1.prefix(2))…") }
    }
}
