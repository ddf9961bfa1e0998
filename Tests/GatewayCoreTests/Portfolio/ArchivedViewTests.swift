import AdapterKit
import GatewayAPI
import Testing

@testable import GatewayCore

@Suite("What is told of an archived installation")
struct ArchivedViewTests {
    @Test("Explaining it says since when, and how it comes back, and nothing that would be refused")
    func explained() async throws {
        try await EditFixture.with { test, gateway in
            #expect(try await gateway.refresh("n1").outcome == .updated)
            _ = try await gateway.perform(ArchiveInstallation(id: "n1"))
            let archived = test.time.now
            test.time.pass(hours: 24 * 20)
            let alone = try await gateway.perform(Explain(installation: "n1"))
            #expect(alone.archived == archived && alone.steps.count == 1)
            #expect(alone.steps[0].contains("`gatehouse installations archive n1 --undo`"), "\(alone.steps[0])")
            _ = try await gateway.perform(ArchiveInstallation(id: "n1", undo: true))
            #expect(try await gateway.perform(Explain(installation: "n1")).archived == nil)
            _ = try await gateway.perform(ArchiveCustomer(id: "north"))
            let both = try await gateway.perform(Explain(installation: "n1"))
            #expect(both.steps.map { $0.contains("`gatehouse customers archive north --undo`") } == [true])
        }
    }

    @Test("Its timeline has the day on which it was archived instead of a refresh that is due")
    func timeline() async throws {
        try await EditFixture.with { test, gateway in
            #expect(try await gateway.refresh("n1").outcome == .updated)
            _ = try await gateway.perform(ArchiveInstallation(id: "n1"))
            let view = try await gateway.perform(ShowTimeline(installation: "n1"))
            #expect(view.archived == test.time.now)
            let causes = view.changes.map(\.cause)
            #expect(causes.contains("archived") && !causes.contains("refresh due"))
        }
    }

    @Test("Its history tells that it was archived with its customer, as far as it was there by then")
    func history() async throws {
        try await EditFixture.with { test, gateway in
            _ = try await gateway.perform(ArchiveCustomer(id: "north"))
            _ = try await gateway.perform(ArchiveCustomer(id: "north", undo: true))
            test.time.pass(hours: 1)
            try await test.add("n2", to: gateway)
            test.time.pass(hours: 1)
            _ = try await gateway.perform(ArchiveCustomer(id: "north"))
            for (id, count) in [("n1", 3), ("n2", 1)] {
                let events = try await gateway.perform(ShowHistory(installation: id)).events
                #expect(events.filter { $0.what == "customers.archive" }.count == count)
            }
        }
    }

    @Test("One installation's standing is told alone, archived or not")
    func one() async throws {
        try await EditFixture.with { test, gateway in
            try await test.add("n2", to: gateway)
            #expect(try await gateway.perform(Status(installation: "n2")).map(\.installation) == ["n2"])
            _ = try await gateway.perform(ArchiveInstallation(id: "n2"))
            #expect(try await gateway.perform(Status(installation: "n2")).map(\.installation) == ["n2"])
            let other = await callError {
                _ = try await gateway.perform(Status(installation: "n2"), by: .limited(to: "south"))
            }
            #expect(other?.code == .notFound)
        }
    }
}
