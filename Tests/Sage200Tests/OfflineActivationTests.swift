import AdapterKit
import AdapterTestKit
import Foundation
import Sage200
import Testing

@Suite("Sage 200: offline activations")
struct OfflineActivationTests {
    private func step(_ facts: Facts) throws -> PersonStep {
        guard case .ask(let step) = try Sage200().request(facts).step else {
            throw AdapterError(.malformed, "Nobody is asked.")
        }
        return step
    }

    private func text(_ step: PersonStep) throws -> String {
        String(decoding: try #require(step.hands.first).contents, as: UTF8.self)
    }

    @Test("The request file is the page's, to the byte")
    func requestFile() throws {
        let step = try step(ProtocolPage.offlineFacts)
        #expect(step.hands.map(\.name) == ["licence-request.xml"])
        #expect(step.hands.first?.contents == (try ProtocolPage.page.block("offline-request")))
    }

    @Test("Where nothing is held nothing is said of it; what came offline is told, since a person reads it")
    func held() throws {
        var facts = ProtocolPage.offlineFacts
        facts.held = nil
        #expect(try !text(step(facts)).contains("held"))
        facts.held = Facts.Held(revision: "r9", issued: facts.now, isOffline: true)
        #expect(try text(step(facts)).contains("<heldRevision>r9</heldRevision>"))
    }

    @Test("It asks for one document, signed for the page's purpose, whose name ends with .ent, and for no values")
    func brings() throws {
        let brings = try step(ProtocolPage.offlineFacts).brings
        #expect(brings.values.isEmpty)
        #expect(
            brings.documents == [
                PersonStep.Document(
                    name: "entitlement", title: "licence entitlement file", suffix: ".ent",
                    trust: .signed(purpose: "online-offline/entitlement"))
            ])
        #expect(Sage200().descriptor.purposes == ["online-offline/answer", "online-offline/entitlement"])
    }

    @Test(
        "Without a part of the identity nobody is asked, and the part is named",
        arguments: ["accountNumber", "serialNumber"])
    func identity(_ field: String) {
        var facts = ProtocolPage.offlineFacts
        facts.identity[field] = nil
        let error = #expect(throws: AdapterError.self) { try Sage200().request(facts) }
        #expect(error?.code == .rejected && error?.field == field)
    }

    @Test("The page's entitlement file, brought by a person, grants what it says")
    func entitlement() throws {
        let adapter = Sage200()
        let state = try adapter.request(ProtocolPage.offlineFacts).state
        let document = try ProtocolPage.page.block("entitlement")
        let response = Response(status: 200, body: Array(try OfflineScenarios.payload.utf8), document: document)
        let step = try adapter.resume(
            state, with: .brought(Brought(documents: ["entitlement": response])), facts: ProtocolPage.offlineFacts
        ).step
        guard case .finish(.updated(let grant)) = step else {
            Issue.record("it ended with \(step)")
            return
        }
        let online = try #require(try ProtocolPage.grant(ProtocolPage.answer("changed")))
        #expect(grant.attestation.subject == ProtocolPage.facts.identity)
        #expect(grant.attestation.issued == Instant("2026-11-24T15:30:00Z"))
        #expect(grant.revision == "r8" && grant.files.isEmpty)
        #expect(
            grant.entitlement.dates == online.entitlement.dates && grant.entitlement.seats == online.entitlement.seats)
        #expect(grant.entitlement.modules == online.entitlement.modules)
        #expect(grant.entitlement.details["lastFetched"] == "2026-11-24T15:30:00Z")
        #expect(!grant.entitlement.isUnverified)
    }

    @Test("A revision that came offline is not named online, so that the whole grant comes; another is")
    func revision() throws {
        func asked(_ facts: Facts) throws -> String {
            guard case .send(let request) = try Sage200().refresh(facts).step else { return "" }
            return String(decoding: request.body, as: UTF8.self)
        }
        var facts = ProtocolPage.facts
        #expect(try asked(facts).contains("<heldRevision>r7</heldRevision>"))
        facts.held?.isOffline = true
        #expect(try !asked(facts).contains("heldRevision"))
    }

    @Test("Anything but the document is refused: another one, nothing, values alone, an answer, the time")
    func other() throws {
        let adapter = Sage200()
        let state = try adapter.request(ProtocolPage.offlineFacts).state
        let response = Response(status: 200, body: Array(try OfflineScenarios.payload.utf8))
        for event in [
            Event.brought(Brought(documents: ["other": response])), .brought(Brought()),
            .brought(Brought(values: ["entitlement": "yes"])), .time,
        ] {
            let error = #expect(throws: AdapterError.self) {
                try adapter.resume(state, with: event, facts: ProtocolPage.offlineFacts)
            }
            #expect(error?.code == .malformed)
        }
    }
}
