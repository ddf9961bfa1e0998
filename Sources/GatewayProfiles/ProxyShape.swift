import Foundation
import MarkedText
import MarkedYAML

extension Profile.Vendor {
    /// The proxy to go through.
    public struct Proxy: Hashable, Sendable {
        /// `http://HOST:PORT` or `https://HOST:PORT`, without the credentials.
        public var url: String
        /// The user name; nil where it wants none.
        public var user: String?
        /// The password that belongs to it.
        public var password: String?
    }
}

extension Profile.Vendor.Proxy: CustomStringConvertible, CustomDebugStringConvertible {
    /// The address alone: what it holds besides is secret.
    public var description: String { url }
    /// The address alone.
    public var debugDescription: String { url }

    /// The proxy that `http://USER:PASSWORD@HOST:PORT` names, user name and password percent-encoded where they hold
    /// `@`, `:`, `/` or `%`; nil for anything else.
    init?(_ text: String) {
        guard let scheme = ["http://", "https://"].first(where: text.hasPrefix) else { return nil }
        let authority = text.dropFirst(scheme.count)
        let at = authority.lastIndex(of: "@")
        let host = at.map { authority[authority.index(after: $0)...] } ?? authority
        let bare = host.hasSuffix("/") ? host.dropLast() : host
        guard let parts = URL(string: scheme + bare), parts.host()?.isEmpty == false, parts.port != nil,
            parts.path().isEmpty, parts.query() == nil, parts.fragment() == nil, parts.user() == nil
        else { return nil }
        url = scheme + bare
        guard let at else { return }
        let credentials = authority[..<at].split(separator: ":", maxSplits: 1, omittingEmptySubsequences: false)
        let decoded = credentials.compactMap { $0.removingPercentEncoding }
        guard decoded.count == credentials.count, let user = decoded.first, !user.isEmpty,
            !authority[..<at].contains(where: { "/@?#".contains($0) })
        else { return nil }
        self.user = user
        password = decoded.count > 1 ? decoded[1] : ""
    }
}

/// Reads a vendor's `proxy`. What is wrong with it is told without showing it: a password may stand in it.
enum ProxyShape {
    static let shape = Shape<Profile.Vendor.Proxy?>(
        as: .text(
            .init(
                "a proxy such as http://proxy.example.com:3128 or http://USER:PASSWORD@proxy.example.com:3128",
                pattern: "(https?://([^/?#@]+@)?[^/?#@]+:[0-9]{1,5}/?)?"))
    ) { node, diagnostics in
        guard let text = Shape.string.read(node, into: &diagnostics) else { return nil }
        if text.isEmpty { return .some(nil) }
        guard let proxy = Profile.Vendor.Proxy(text) else {
            diagnostics.error(
                "this is no proxy of the form http://HOST:PORT or http://USER:PASSWORD@HOST:PORT", at: node.mark,
                help: "name the port; write @ as %40, : as %3A, / as %2F and % as %25 in user name and password")
            return nil
        }
        return .some(proxy)
    }
}
