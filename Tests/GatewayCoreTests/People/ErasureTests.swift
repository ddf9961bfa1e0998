import AdapterKit
import Foundation
import GRDB
import GatewayAPI
import Testing

@testable import GatewayCore

@Suite("Erasing a person's name")
struct ErasureTests {
    private static let robin = Caller(id: "local:42", name: "Robin Unmistakable", scope: .portfolio)

    /// Whether a name stands anywhere in the bytes of the store's files.
    private func isOnDisk(_ name: String, _ fixture: GatewayFixture) throws -> Bool {
        try ["", "-wal", "-shm"].contains { ending in
            try Data(contentsOf: URL(filePath: fixture.store + ending)).firstRange(of: Data(name.utf8)) != nil
        }
    }

    @Test("The trail keeps the ID and stays whole, and the name is gone from the store's bytes")
    func actor() async throws {
        try await GatewayFixture.with { fixture in
            try await fixture.withGateway([]) { gateway in
                for number in 1...3 {
                    _ = try await gateway.perform(
                        AddCustomer(id: "c\(number)", displayName: "C", timeZone: "UTC"), by: Self.robin)
                }
                let before = try await gateway.perform(VerifyAudit())
                #expect(try isOnDisk("Unmistakable", fixture))
                #expect(try await gateway.perform(ListPeople()).map(\.name) == ["Robin Unmistakable"])
                let report = try await gateway.perform(ErasePerson(id: "local:42"))
                #expect(report.isOffDisk && report.backups.isEmpty)
                #expect(try !isOnDisk("Unmistakable", fixture))
                let after = try await gateway.perform(VerifyAudit())
                #expect(after.problem == nil && after.records == before.records + 1)
                let trail = try await gateway.perform(ListAudit())
                #expect(trail.dropFirst().allSatisfy { $0.actor == "local:42" && $0.name == nil })
                #expect(trail.first?.act == "people.erase" && trail.first?.subject == "local:42")
                // Whoever acts again stays without a name.
                _ = try await gateway.perform(AddCustomer(id: "c4", displayName: "C", timeZone: "UTC"), by: Self.robin)
                #expect(try !isOnDisk("Unmistakable", fixture))
                let people = try await gateway.perform(ListPeople())
                #expect(people.first { $0.id == "local:42" }?.name == nil)
            }
        }
    }

    @Test("A contact is removed, and what was removed or changed before goes from the bytes too")
    func contact() async throws {
        try await GatewayFixture.with { fixture in
            try await fixture.withGateway([]) { gateway in
                _ = try await gateway.perform(AddCustomer(id: "north", displayName: "North", timeZone: "UTC"))
                try fixture.raw { db in
                    for (id, name) in [("k1", "Ann Unmistakable"), ("k2", "Bea Unforgettable")] {
                        try db.execute(
                            sql: """
                                INSERT INTO contacts (id, customer, role, name, email, created_at)
                                VALUES (?, 'north', 'owner', ?, ?, 0)
                                """, arguments: [id, name, "mail-of-\(name)"])
                    }
                    try db.execute(sql: "DELETE FROM contacts WHERE id = 'k2'")
                }
                #expect(
                    try isOnDisk("Unforgettable", fixture), "a deleted row stands in the file until it is written anew")
                #expect(try await gateway.perform(ListPeople()).contains { $0.id == "k1" && $0.role == "owner" })
                #expect(try await gateway.perform(ErasePerson(id: "k1")).isOffDisk)
                #expect(try !isOnDisk("Unmistakable", fixture) && !isOnDisk("Unforgettable", fixture))
                #expect(try await gateway.perform(ListAudit(limit: 1)).first?.customer == "north")
                #expect(try await gateway.perform(VerifyAudit()).problem == nil)
                #expect(await callError { _ = try await gateway.perform(ErasePerson(id: "k1")) }?.code == .notFound)
            }
        }
    }

    @Test(
        "While somebody reads an older state it is said that the name is not off the disk yet, and asking again ends it"
    )
    func reader() async throws {
        try await GatewayFixture.with { fixture in
            try await fixture.withGateway([]) { gateway in
                _ = try await gateway.perform(AddCustomer(id: "c", displayName: "C", timeZone: "UTC"), by: Self.robin)
                var configuration = Configuration()
                configuration.allowsUnsafeTransactions = true
                let queue = try DatabaseQueue(path: fixture.store, configuration: configuration)
                try queue.inDatabase { db in
                    try db.execute(sql: "BEGIN")
                    _ = try Int.fetchOne(db, sql: "SELECT COUNT(*) FROM people")
                }
                #expect(try await gateway.perform(ErasePerson(id: "local:42")).isOffDisk == false)
                #expect(try await gateway.perform(ListPeople()).allSatisfy { $0.name != Self.robin.name })
                try queue.inDatabase { try $0.execute(sql: "COMMIT") }
                try queue.close()
                #expect(try await gateway.perform(ErasePerson(id: "local:42")).isOffDisk)
                #expect(try !isOnDisk("Unmistakable", fixture))
            }
        }
    }
}
