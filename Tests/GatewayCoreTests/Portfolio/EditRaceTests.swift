import AdapterKit
import Foundation
import GatewayAPI
import GatewayStore
import Testing

@testable import GatewayCore

@Suite("Changes and refreshes at once")
struct EditRaceTests {
    /// Repeats a change until no refresh is in its way.
    private static func set(_ call: SetInstallation, through gateway: Gateway) async throws {
        while true {
            do {
                _ = try await gateway.perform(call)
                return
            } catch let error as CallError where error.code == .conflict {
                await Task.yield()
            }
        }
    }

    @Test("The answer for an old identity is never taken for the new one, through two gateways on one store")
    func identity() async throws {
        try await EditFixture.with { test, first in
            try await test.open { second in
                try await withThrowingTaskGroup(of: Void.self) { group in
                    for number in 1...4 {
                        let gateway = number.isMultiple(of: 2) ? first : second
                        group.addTask {
                            for _ in 1...15 { _ = try await gateway.refresh("n1") }
                        }
                    }
                    for (number, gateway) in [first, second].enumerated() {
                        group.addTask {
                            for round in 1...15 {
                                try await Self.set(
                                    SetInstallation(id: "n1", identity: ["account": "a\(number)-\(round)"]),
                                    through: gateway)
                                let record = try await gateway.stored("n1")
                                // What is told to the vendor as held was granted to the account of the same reading.
                                if let revision = record.revision {
                                    #expect(revision == "r-\(record.identity["account"] ?? "")")
                                }
                            }
                        }
                    }
                    try await group.waitForAll()
                }
                #expect([.updated, .unchanged].contains(try await first.refresh("n1").outcome))
                let record = try await second.stored("n1")
                #expect(record.revision == "r-\(record.identity["account"] ?? "")")
                #expect(test.fixture.read(test.file("n1")) == record.revision)
            }
        }
    }

    @Test("Of changes of different things at once none is lost")
    func facts() async throws {
        try await EditFixture.with { test, first in
            try await test.open { second in
                try await withThrowingTaskGroup(of: Void.self) { group in
                    let changes = [
                        SetInstallation(id: "n1", facts: FactChanges(name: "Main books")),
                        SetInstallation(id: "n1", facts: FactChanges(term: "annual", price: "1200.00 EUR")),
                        SetInstallation(id: "n1", identity: ["account": "new"]),
                        SetInstallation(id: "n1", facts: FactChanges(owner: "Ann")),
                        SetInstallation(id: "n1", facts: FactChanges(notes: "Noted.")),
                    ]
                    for (number, change) in changes.enumerated() {
                        let gateway = number.isMultiple(of: 2) ? first : second
                        group.addTask { try await Self.set(change, through: gateway) }
                    }
                    try await group.waitForAll()
                }
                let view = try await first.perform(ShowInstallation(id: "n1"))
                #expect(
                    view.facts
                        == RecordedFacts(
                            name: "Main books", term: .annual, price: Price("1200.00 EUR"), owner: "Ann",
                            notes: "Noted."))
                #expect(view.identity.first?.value == "new")
                let trail = try await first.perform(ListAudit()).filter { $0.act == "installations.set" }
                #expect(trail.count == 5)
                #expect(try await first.perform(VerifyAudit()).problem == nil)
            }
        }
    }

    @Test("What is archived while a portfolio is refreshed is asked about no more")
    func archive() async throws {
        try await EditFixture.with { test, gateway in
            for number in 2...12 { try await test.add("n\(number)", to: gateway) }
            try await test.open { other in
                async let report = gateway.perform(Refresh(selection: .all, concurrency: 2))
                for number in 1...12 {
                    while true {
                        let error = await callError {
                            _ = try await other.perform(ArchiveInstallation(id: "n\(number)"))
                        }
                        guard error?.code == .conflict else { break }
                        await Task.yield()
                    }
                    let asked = test.asked.count { $0.hasPrefix("n\(number) ") }
                    #expect(try await other.stored("n\(number)").archived != nil)
                    #expect(test.asked.count { $0.hasPrefix("n\(number) ") } == asked)
                }
                let counts = try await report.counts
                #expect(counts[.failed] == nil && counts[.updated, default: 0] == test.asked.count)
                #expect(try await gateway.perform(Refresh(selection: .all)).counts.isEmpty)
            }
        }
    }
}
