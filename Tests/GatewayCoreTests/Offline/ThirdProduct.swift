import AdapterKit
import Crypto
import Foundation
import GatewayAPI

@testable import GatewayCore

/// An adapter of a product that the core knows nothing of: its files are slips of `key: value` lines, and an offline
/// activation takes two steps of a person, who first reads a code off the product's dialog, then mails a slip and
/// brings a signed one back.
struct SlipAdapter: OfflineActivating {
    enum State: Codable, Hashable, Sendable {
        case reading
        case waiting(code: String)
    }

    static let purpose = "code-slip/grant"

    let descriptor = AdapterDescriptor(
        protocolName: "code-slip", title: "Code slips", version: "1.0",
        identity: [Field(name: "dongle", title: "Dongle", help: "It is printed on the dongle.")],
        dates: [AdapterDescriptor.DateDescription(name: "ends", help: "The last day.")], purposes: [purpose])

    func request(_ facts: Facts) throws(AdapterError) -> Transition<State> {
        guard facts.identity["dongle"] != nil else {
            throw AdapterError(.rejected, "The installation has no dongle.", field: "dongle")
        }
        return Transition(
            .reading,
            .ask(
                PersonStep(
                    title: "Read the code", text: "Open Help and read the code off the dialog.",
                    brings: PersonStep.Brings(values: [
                        Field(
                            name: "code", title: "Code", pattern: "[0-9]{4}", expectation: "four digits",
                            secret: true, help: "It stands in the dialog.")
                    ]))))
    }

    func resume(_ state: State, with event: Event, facts: Facts) throws(AdapterError) -> Transition<State> {
        guard case .brought(let brought) = event else { throw AdapterError(.malformed, "A person was asked.") }
        switch state {
        case .reading:
            let code = brought.values["code"] ?? ""
            let slip = "dongle: \(facts.identity["dongle"] ?? "")\ncode: \(code)\nnonce: \(facts.nonce)\n"
            return Transition(
                .waiting(code: code),
                .ask(
                    PersonStep(
                        title: "Mail the slip", text: "Mail the slip and bring the signed one back.",
                        hands: [PersonStep.HandedFile(name: "slip.txt", contents: Array(slip.utf8))],
                        brings: PersonStep.Brings(documents: [
                            PersonStep.Document(
                                name: "grant", title: "signed slip", suffix: ".slip",
                                trust: .signed(purpose: Self.purpose))
                        ]))))
        case .waiting(let code):
            let lines = Self.lines(brought.documents["grant"]?.body ?? [])
            guard lines["code"] == code else { throw AdapterError(.conflict, "The slip is of another code.") }
            guard let ends = lines["ends"].flatMap(DateValue.init), let issued = lines["issued"].flatMap(Instant.init)
            else { throw AdapterError(.malformed, "The slip lacks a date.") }
            let attestation = Attestation(subject: ["dongle": lines["dongle"] ?? ""], issued: issued)
            let entitlement = Entitlement(dates: ["ends": ends])
            return Transition(
                state,
                .finish(.updated(Grant(attestation: attestation, revision: code, entitlement: entitlement, files: []))))
        }
    }

    private static func lines(_ bytes: [UInt8]) -> [String: String] {
        let pairs = String(decoding: bytes, as: UTF8.self).split(separator: "\n").map {
            $0.split(separator: ":", maxSplits: 1).map { String($0).trimmingCharacters(in: .whitespaces) }
        }
        return Dictionary(pairs.filter { $0.count == 2 }.map { ($0[0], $0[1]) }) { first, _ in first }
    }

    /// What the vendor mails back in reply to a slip.
    static func signed(
        _ slip: AttachedFile, with key: Curve25519.Signing.PrivateKey, code: String? = nil, at now: Instant
    ) throws -> AttachedFile {
        let asked = lines(slip.contents)
        let payload = Array(
            """
            dongle: \(asked["dongle"] ?? "")
            code: \(code ?? asked["code"] ?? "")
            issued: \(now)
            ends: 2027-12-31

            """.utf8)
        let nonce = asked["nonce"] ?? ""
        let bytes = SignedDocument.signedBytes(purpose: purpose, nonce: nonce, payload: payload)
        return AttachedFile(
            name: "reply.slip",
            contents: SignedDocument.assemble(
                payload: payload, purpose: purpose, nonce: nonce, keyID: "k1",
                signature: Array(try key.signature(for: bytes))))
    }

    /// A profile for it.
    static func profile(trusting key: Curve25519.Signing.PrivateKey) -> String {
        """
        name: slips
        product: Plotter
        protocol: code-slip
        vendor:
          address: ""
          keys: { k1: "\(key.publicKey.rawRepresentation.base64EncodedString())" }
        offline: { due: 10d, unanswered: 2d }
        countdowns:
          license:
            from: ends
            stages:
              - { at: 0d, level: stopped, label: Over }
          offline:
            from: offlineActivated
            optional: true
            stages:
              - { at: 10d, level: notice, message: "Make the next slip." }
        """
    }
}
