/// Where the one exchange with a vendor that activates keys stands. Keys are no part of it.
public enum KeyConversation: Codable, Hashable, Sendable {
    /// Asked what is granted.
    case entitlement(AskedEntitlement)
    /// Keys were sent; by this nonce the vendor knows who asks what became of them.
    case activation(nonce: String)
    /// Asked what became of keys that were sent under this nonce.
    case inspection(nonce: String)
}
