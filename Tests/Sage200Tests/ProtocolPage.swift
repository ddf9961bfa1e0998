import AdapterKit
import AdapterTestKit
import Sage200

/// The worked example of docs/protocols/online-offline.md.
enum ProtocolPage {
    /// The facts that the example's request was made from.
    static let facts = Facts(
        operation: "019abc5e-7c00-7a3e-9d11-4f2a6b8c0d1e", now: Instant(milliseconds: 1_795_341_599_000),
        nonce: "7c1a90d4e6b25f3881027b9c4d5e6f70",
        identity: ["accountNumber": "A1042207", "serialNumber": "2000-7F31-0042-K"],
        place: "System Administration > Licence",
        held: Facts.Held(revision: "r7", issued: Instant(milliseconds: 1_792_659_600_000)))

    /// The nonce of the example's request file.
    static let offlineNonce = "0b6e2f4c8a1d3957e0c4b2a69f817d53"

    /// The facts that the example's request file was made from.
    static var offlineFacts: Facts {
        var facts = facts
        facts.operation = "019abc60-1f80-7b52-8c3d-6e9f01a2b3c4"
        facts.now = Instant(milliseconds: 1_795_341_720_000)
        facts.nonce = offlineNonce
        return facts
    }

    static var page: WorkedExample {
        get throws { try WorkedExample(page: "../../docs/protocols/online-offline.md") }
    }

    /// What the core hands on of one of the example's answers.
    static func answer(_ name: String) throws -> Event {
        try page.answer(name, purpose: "online-offline/answer", nonce: facts.nonce)
    }

    /// What the adapter makes of an answer to its own request.
    static func outcome(_ event: Event, _ facts: Facts = facts) throws -> Step {
        let adapter = Sage200()
        return try adapter.resume(adapter.refresh(facts).state, with: event, facts: facts).step
    }

    /// What an answer grants; nil where it grants nothing.
    static func grant(_ event: Event) throws -> Grant? {
        guard case .finish(.updated(let grant)) = try outcome(event) else { return nil }
        return grant
    }
}
