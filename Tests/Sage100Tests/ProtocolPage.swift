import AdapterKit
import AdapterTestKit
import Sage100

/// The worked example of docs/protocols/product-key.md.
enum ProtocolPage {
    static let keys = [
        "serialNumber": "1047926", "customerNumber": "4000217743", "userKey": "U7Q4-20MC-91XK",
        "productKey": "7KQ2M-HX4RT-0WZ9C-3NVD8-PL6SA",
    ]

    /// The facts that the example's activation was made from.
    static let facts = Facts(
        operation: "019abc5e-7c00-7a3e-9d11-4f2a6b8c0d1e", now: Instant(milliseconds: 1_795_341_599_000),
        nonce: "b3d81f06a2c94e7788f1d0c9a45e6b12",
        identity: ["customerNumber": "4000217743", "serialNumber": "1047733"],
        place: "Library Master > Setup > System Configuration, tab 3",
        held: Facts.Held(revision: "r4", issued: Instant(milliseconds: 1_792_659_600_000)))

    /// Those that it is asked with what became of it.
    static var inspecting: Facts {
        var facts = facts
        facts.nonce = "4e0c7b91d2f85a36619c0dba7e23f548"
        facts.now = Instant(milliseconds: 1_795_342_049_000)
        return facts
    }

    /// Those of its refresh, a month later.
    static let refreshing = Facts(
        operation: "019abc60-1f80-7b52-8c3d-6e9f01a2b3c4", now: Instant(milliseconds: 1_797_930_000_000),
        nonce: "90a7c3e5f1b24d6886420fdecb97a531",
        identity: ["customerNumber": "4000217743", "serialNumber": "1047926"],
        place: "Library Master > Setup > System Configuration, tab 3",
        held: Facts.Held(revision: "r5", issued: Instant(milliseconds: 1_795_341_600_000)))

    static var page: WorkedExample {
        get throws { try WorkedExample(page: "../../docs/protocols/product-key.md") }
    }

    /// What the core hands on of one of the example's answers.
    static func answer(_ name: String, _ facts: Facts = facts) throws -> Event {
        let isRefresh = facts.nonce == refreshing.nonce
        return try page.answer(
            name, purpose: isRefresh ? "product-key/answer" : "product-key/activation", nonce: facts.nonce)
    }

    /// What the adapter makes of an answer to its own request.
    static func outcome(_ event: Event, _ facts: Facts = facts) throws -> Step {
        let adapter = Sage100()
        switch facts.nonce {
        case refreshing.nonce: return try adapter.resume(adapter.refresh(facts).state, with: event, facts: facts).step
        case inspecting.nonce:
            let sent = try adapter.upgrade(self.facts, keys: keys).state
            return try adapter.resume(adapter.inspect(sent, facts: facts).state, with: event, facts: facts).step
        default: return try adapter.resume(adapter.upgrade(facts, keys: keys).state, with: event, facts: facts).step
        }
    }

    /// What an answer grants; nil where it grants nothing.
    static func grant(_ event: Event, _ facts: Facts = facts) throws -> Grant? {
        guard case .finish(.updated(let grant)) = try outcome(event, facts) else { return nil }
        return grant
    }
}
