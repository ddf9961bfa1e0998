import Foundation
import MarkedYAML

/// Reads a profile's `vendor`.
enum VendorShape {
    /// What a profile says instead of a server's address.
    static let byHand = "by-hand"

    static let shape = Shape<Profile.Vendor>(as: .either([.words([byHand]), server.form])) { node, diagnostics in
        guard let scalar = node.scalar else { return server.read(node, into: &diagnostics) }
        if scalar.text == byHand { return .byHand }
        diagnostics.expected(
            "by-hand, or a mapping with the server's address", found: node,
            help: "write `vendor: by-hand` where a person asks the vendor, else `address:` and `keys:` below `vendor:`")
        return nil
    }

    /// For a protocol without a server to ask.
    static let byHandOnly = Shape<Profile.Vendor>(as: .words([byHand])) { node, diagnostics in
        if node.scalar?.text == byHand { return .byHand }
        diagnostics.expected(
            "by-hand", found: node, help: "this protocol has no server to ask: leave `vendor:` out")
        return nil
    }

    private static let server = Shape<Profile.Vendor>.mapping { fields in
        let address = fields.required(
            "address", address,
            help: "The URL that requests go below: https, or http on loopback. An empty one is none yet.")
        let path = fields.optional("path", path, default: "", help: "What is put behind the address.")
        let keys = fields.optional(
            "keys", .map(of: key), default: [],
            help: "The vendor's Ed25519 public keys, 32 bytes in base64, by their IDs. An empty one is none yet.")
        let timeout = fields.optional(
            "timeoutSeconds", .int(in: 1...300), default: 30, help: "How long an answer may take.")
        let proxy = fields.optional(
            "proxy", ProxyShape.shape, default: nil,
            help: "The URL of a proxy to go through, with USER:PASSWORD@ before its host where it wants them.")
        let pin = fields.optional(
            "pin", pin, default: "", help: "The server's public key, if no other is to be trusted.")
        let authorities = fields.optional(
            "authorities", .string, default: "",
            help: "A file of certificate authorities to trust instead of the system's.")
        let probe = fields.optional(
            "probe", ProbeShape.shape, default: nil,
            help: "A host by which \"no Internet\" is told from \"the vendor's server is unavailable\".")
        guard let address else { return nil }
        return Profile.Vendor(
            address: address.url.isEmpty ? nil : address.url + path,
            unset: address.url.isEmpty ? address.variable : nil,
            keys: Dictionary(
                keys.compactMap { key in key.value.map { (key.key.text, $0) } },
                uniquingKeysWith: { first, _ in first }),
            timeout: timeout * 1000, proxy: proxy, pin: pin.isEmpty ? nil : pin,
            authorities: authorities.isEmpty ? nil : authorities, probe: probe)
    }

    /// An empty address is none yet: what is known already can be shown without one. The variable that left it
    /// empty is kept, to say what to set.
    private static let address = Shape<(url: String, variable: String?)>(as: url.form) { node, diagnostics in
        url.read(node, into: &diagnostics).map { ($0, node.scalar?.variables.first?.name) }
    }

    static let url = Shape<String>.text(
        "an address such as https://licensing.example.com", pattern: "(https?://[^/?#]+[^?#]*)?"
    ) { text in
        if text.isEmpty { return "" }
        guard let url = URL(string: text), let host = url.host(), !host.isEmpty, url.query() == nil,
            url.fragment() == nil, url.scheme == "https" || url.scheme == "http"
        else { return nil }
        return text.hasSuffix("/") ? String(text.dropLast()) : text
    }

    private static let path = Shape<String>.text("a path such as /sage300", pattern: "(/[^?]*[^?/])?") { text in
        text.isEmpty || (text.hasPrefix("/") && !text.hasSuffix("/") && URL(string: text)?.query() == nil) ? text : nil
    }

    /// An Ed25519 public key; an empty text is none yet.
    private static let key = Shape<[UInt8]?>.text(
        "an Ed25519 public key: 32 bytes in base64", pattern: "([A-Za-z0-9+/]{43}=)?"
    ) { text in
        if text.isEmpty { return .some(nil) }
        guard let bytes = Data(base64Encoded: text), bytes.count == 32 else { return nil }
        return .some(Array(bytes))
    }

    private static let pin = Shape<String>.text(
        "a pinned key such as sha256//BASE64", pattern: "(sha256//[A-Za-z0-9+/]{43}=)?"
    ) { text in
        if text.isEmpty { return "" }
        guard text.hasPrefix("sha256//"), Data(base64Encoded: String(text.dropFirst(8)))?.count == 32 else {
            return nil
        }
        return text
    }
}
