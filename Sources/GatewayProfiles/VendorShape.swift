import Foundation
import MarkedYAML

/// Reads a profile's `vendor`.
struct VendorShape {
    /// The file as it was written, to name the variable that left an address empty.
    let written: Node

    var shape: Shape<Profile.Vendor> {
        .mapping { fields in
            let address = fields.required("address", Self.address)
            let path = fields.optional("path", Self.path, default: "")
            let keys = fields.optional("keys", .map(of: Self.key), default: [])
            let timeout = fields.optional("timeoutSeconds", .int(in: 1...300), default: 30)
            let proxy = fields.optional("proxy", .string)
            let pin = fields.optional("pin", Self.pin)
            let authorities = fields.optional("authorities", .string)
            guard let address else { return nil }
            return Profile.Vendor(
                address: address.isEmpty ? nil : address + path, unset: address.isEmpty ? variable : nil,
                keys: Dictionary(
                    keys.compactMap { key in key.value.map { (key.key.text, $0) } },
                    uniquingKeysWith: { first, _ in first }),
                timeout: timeout * 1000, proxy: proxy, pin: pin, authorities: authorities)
        }
    }

    /// The name in `${NAME…}` of the address as it was written.
    private var variable: String? {
        guard let vendor = written.mapping?.first(where: { $0.key.text == "vendor" })?.value,
            let text = vendor.mapping?.first(where: { $0.key.text == "address" })?.value.scalar?.text,
            text.hasPrefix("${")
        else { return nil }
        return String(text.dropFirst(2).prefix { $0.isLetter || $0.isNumber || $0 == "_" })
    }

    /// An empty address is none yet: what is known already can be shown without one.
    private static let address = Shape<String>.text("an address such as https://licensing.example.com") { text in
        if text.isEmpty { return "" }
        guard let url = URL(string: text), let host = url.host(), !host.isEmpty, url.query() == nil,
            url.fragment() == nil, url.scheme == "https" || url.scheme == "http"
        else { return nil }
        return text.hasSuffix("/") ? String(text.dropLast()) : text
    }

    private static let path = Shape<String>.text("a path such as /sage300") { text in
        text.isEmpty || (text.hasPrefix("/") && !text.hasSuffix("/") && URL(string: text)?.query() == nil) ? text : nil
    }

    /// An Ed25519 public key; an empty text is none yet.
    private static let key = Shape<[UInt8]?>.text("an Ed25519 public key: 32 bytes in base64") { text in
        if text.isEmpty { return .some(nil) }
        guard let bytes = Data(base64Encoded: text), bytes.count == 32 else { return nil }
        return .some(Array(bytes))
    }

    private static let pin = Shape<String>.text("a pinned key such as sha256//BASE64") { text in
        guard text.hasPrefix("sha256//"), Data(base64Encoded: String(text.dropFirst(8)))?.count == 32 else {
            return nil
        }
        return text
    }
}
