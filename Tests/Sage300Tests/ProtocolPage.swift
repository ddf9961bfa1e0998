import AdapterKit
import AdapterTestKit

/// The worked example of docs/protocols/subscription.md: its fenced blocks, byte for byte.
enum ProtocolPage {
    /// The facts that the example's request was made from.
    static let facts = Facts(
        operation: "019abc5e-7c00-7a3e-9d11-4f2a6b8c0d1e",
        now: Instant(milliseconds: 1_795_341_599_000), nonce: "5f0c1d2e3a4b59687786a5b4c3d2e1f0",
        identity: [
            "clientID": "30017482", "clientName": "Maple & Ridge Foods Ltd.", "serialNumber": "SCX26-0417-88213",
        ],
        place: "Help > Licenses > License Manager",
        held: Facts.Held(revision: "r41", issued: Instant(milliseconds: 1_794_131_999_000)))

    /// A block by the word after `xml` in its info string.
    static func block(_ name: String) throws -> [UInt8] { try page.block(name) }

    /// What the core hands on of a block that is a signed answer.
    static func answer(_ name: String) throws -> Event {
        try page.answer(name, purpose: "subscription/answer", nonce: facts.nonce)
    }

    private static var page: WorkedExample {
        get throws { try WorkedExample(page: "../../docs/protocols/subscription.md") }
    }
}
