import AdapterKit
import AdapterTestKit
import Foundation
import Testing

/// What a person brings back from an offline activation, and what must come of it: the entitlement file of the protocol
/// page, and changes of it that are as well signed.
enum OfflineScenarios {
    static var all: [VendorScenario] {
        get throws {
            var fresh = ProtocolPage.facts
            fresh.held = nil
            var offline = ProtocolPage.facts
            offline.held?.isOffline = true
            return [
                try brought("offline: the first grant", facts: fresh, expected: .updated) { $0 },
                try brought("offline: modules and users were added", expected: .updated) { $0 },
                try brought("offline: again", facts: offline, expected: .updated) { $0 },
                try brought(
                    "offline: a refusal that nobody sends by mail", expected: .error(.rejected, field: "serialNumber")
                ) {
                    _ in
                    """
                    <entitlement version="1" status="rejected"><issued>2026-11-22T10:00:00Z</issued>
                    <field>serialNumber</field><reason>mismatch</reason></entitlement>

                    """
                },
                try brought("offline: nothing changed", expected: .error(.conflict)) { _ in
                    """
                    <entitlement version="1" status="unchanged"><accountNumber>A1042207</accountNumber>
                    <serialNumber>2000-7F31-0042-K</serialNumber><issued>2026-11-22T10:00:00Z</issued>
                    <revision>r7</revision></entitlement>

                    """
                },
                try brought("offline: a status that there is not", expected: .error(.malformed)) {
                    $0.replacing("status=\"changed\"", with: "status=\"granted\"")
                },
                try brought("offline: an element too few", expected: .error(.malformed)) {
                    $0.replacing("<validTo>2027-06-30</validTo>", with: "")
                },
                try brought("offline: an end before the beginning", expected: .error(.malformed)) {
                    $0.replacing("2027-06-30", with: "2026-06-30")
                },
                try brought("offline: no XML", expected: .error(.malformed)) { _ in "no XML\n" },
                try brought("offline: empty", expected: .error(.malformed)) { _ in "\n" },
            ]
        }
    }

    /// The payload of the page's entitlement file.
    static var payload: String {
        get throws {
            String(decoding: try SignedDocument(ProtocolPage.page.block("entitlement")).payload, as: UTF8.self)
        }
    }

    private static func brought(
        _ name: String, facts: Facts? = nil, expected: VendorScenario.Expectation, _ change: (String) -> String
    ) throws -> VendorScenario {
        let bytes = Array(change(try payload).utf8)
        return VendorScenario(name, act: .request, facts: facts, expected: expected) { _, _, _ in
            PersonReply(documents: ["entitlement": bytes])
        }
    }
}
