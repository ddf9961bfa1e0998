import AdapterKit
import Foundation
import GatewayAPI
import GatewayStore
import Testing

@Suite("Edits of installations")
struct EditTests {
    private func edit(
        _ id: String, basedOn: Int = 0, account: String = "new",
        license: InstallationEdit.License = .askedAnew(from: nil),
        places: [String]? = [], givesUp: OpenDelivery? = nil
    ) -> InstallationEdit {
        InstallationEdit(
            id: id, basedOn: basedOn, profile: "sample", identity: ["account": account], site: [:],
            facts: RecordedFacts(name: "New"), license: license, places: places, givesUp: givesUp)
    }

    @Test("Of several edits all are made, or none, with their records", arguments: ["stale", "busy", "missing"])
    func together(_ trouble: String) async throws {
        try await StoreFixture.withStore { _, store in
            try await store.addTwoCustomers()
            if trouble == "busy" { try await store.claimTest("op-1", on: "s1", of: "south") }
            let second = edit(trouble == "missing" ? "x1" : "s1", basedOn: trouble == "stale" ? 1 : 0)
            let records = try await store.audit(in: .portfolio, limit: 100).count
            let error = await #expect(throws: StoreError.self) {
                try await store.editInstallations([edit("n1"), second], at: .minute(5), audit: [.test("edited")])
            }
            #expect(error?.code == (trouble == "missing" ? .notFound : .changed))
            let first = try #require(try await store.installation("n1", in: .portfolio))
            #expect(first.identity == ["account": "n1"] && first.edits == 0)
            #expect(try await store.audit(in: .portfolio, limit: 100).count == records)
            let facts = try #require(try await store.recordedFacts(of: "n1", in: .portfolio))
            #expect(facts.facts == RecordedFacts() && facts.edits == 0)
        }
    }

    @Test("A claim whose facts were read before an edit is stale, be it of an installation never refreshed")
    func claim() async throws {
        try await StoreFixture.withStore { _, store in
            try await store.addTwoCustomers()
            try await store.editInstallations([edit("n1")], at: .minute(1), audit: [])
            #expect(try await store.claimTest("op-1", on: "n1").shown == "stale")
            #expect(try await store.claimTest("op-2", on: "n1", edits: 1).shown == "claimed")
            try await store.archiveInstallation("s1", at: .minute(1), givesUp: nil, audit: .test("archived"))
            #expect(try await store.claimTest("op-3", on: "s1", of: "south").shown == "stale")
        }
    }

    @Test("A delivery is given up only as it was when that was decided")
    func givenUp() async throws {
        try await StoreFixture.withStore { fixture, store in
            try await store.addTwoCustomers()
            try await store.claimTest("op-1", on: "n1", owner: "dead")
            try await store.endTest("op-1", on: "n1", revision: "r1", files: [.test("/srv/n1/a", "a")])
            for other in [
                OpenDelivery(operation: "op-1", owner: "me"), OpenDelivery(operation: "op-0", owner: "dead"), nil,
            ] {
                let error = await #expect(throws: StoreError.self) {
                    try await store.editInstallations([edit("n1", givesUp: other)], at: .minute(5), audit: [])
                }
                #expect(error?.code == .changed)
            }
            let delivery = OpenDelivery(operation: "op-1", owner: "dead")
            try await store.editInstallations([edit("n1", givesUp: delivery)], at: .minute(5), audit: [])
            #expect(try await store.openOperation(on: "n1") == nil)
            #expect(try await store.intendedFiles(of: "op-1").isEmpty)
            #expect(try fixture.number("SELECT COUNT(*) FROM deliveries WHERE contents IS NOT NULL") == 0)
            let record = try #require(try await store.installation("n1", in: .portfolio))
            #expect(record.held && record.revision == nil && record.dates == "expires=2027-02-01")
        }
    }

    @Test("What people record hinders no operation, and an operation hinders it not")
    func facts() async throws {
        try await StoreFixture.withStore { _, store in
            try await store.addTwoCustomers()
            try await store.claimTest("op-1", on: "n1")
            try await store.editInstallations(
                [edit("n1", account: "n1", license: .kept, places: nil)], at: .minute(1), audit: [])
            try await store.endTest("op-1", on: "n1", revision: "r1")
            let facts = try #require(try await store.recordedFacts(of: "n1", in: .portfolio))
            #expect(facts.facts.name == "New" && facts.edits == 1)
            #expect(try await store.installation("n1", in: .portfolio)?.revision == "r1")
        }
    }

    @Test("An edit in the scope of another customer reads nothing")
    func scope() async throws {
        try await StoreFixture.withStore { _, store in
            try await store.addTwoCustomers()
            let foreign = try await store.recordedFacts(of: "n1", in: .customer("south"))
            #expect(foreign == nil)
            #expect(try await store.installationList(in: .customer("south"), customer: "north", archived: true).isEmpty)
            #expect(try await store.installationList(in: .portfolio, customer: nil, archived: false).count == 2)
        }
    }
}
