import AdapterKit
import Foundation
import GRDB
import GatewayAPI
import GatewayStore
import Testing

@Suite("How an operation ends")
struct EndingTests {
    @Test("Everything that an ending changes is there together")
    func together() async throws {
        try await StoreFixture.withStore { _, store in
            try await store.addTwoCustomers()
            try await store.claimTest("op-1", on: "n1")
            try await store.endTest("op-1", on: "n1", revision: "r1")
            let (operation, notes) = try #require(try await store.operation("op-1", in: .portfolio))
            #expect(operation.status == .done && operation.ended == .minute(2) && operation.outcome == "updated")
            #expect(operation.state == nil && operation.step == nil && operation.answer == nil)
            #expect(notes.map(\.kind) == ["send", "finish"])
            let record = try #require(try await store.installation("n1", in: .portfolio))
            #expect(record.held && record.revision == "r1" && record.issued == .minute(2))
            #expect(record.dates == "expires=2027-02-01")
            #expect(record.lastContact == .minute(2) && record.lastRefresh == .minute(2))
            #expect(record.refreshDue == .minute(60) && record.nextTry == nil && record.lastFailure == nil)
            let entitlement = try #require(try await store.entitlement(of: "n1", in: .portfolio))
            #expect(entitlement.modules.map(\.code) == ["GL"] && entitlement.seats.map(\.count) == [5])
            let status = try await store.readStatus(in: .portfolio, installation: "n1") { try $0.next() }
            #expect(status?.seats == "users=5" && status?.vendorStatus == .active && status?.held == true)
            #expect(try await store.audit(in: .portfolio, limit: 1).first?.detail == "granted r1")
        }
    }

    @Test("An ending of which one part fails leaves nothing of the others", arguments: ["grant", "file", "audit"])
    func failing(_ part: String) async throws {
        try await StoreFixture.withStore { fixture, store in
            try await store.addTwoCustomers()
            try await store.claimTest("op-1", on: "n1")
            try fixture.raw { db in
                switch part {
                case "grant":
                    try db.execute(
                        sql: "INSERT INTO entitlements VALUES ('op-1', 'n1', 0, 0, 'r0', '{}')")
                case "file":
                    try db.execute(
                        sql: """
                            INSERT INTO deliveries VALUES ('op-1', 2, 'n1', 'd', '/p', '{}', '', NULL, 'superseded', 0)
                            """)
                default: try db.execute(sql: "ALTER TABLE audit RENAME TO elsewhere")
                }
            }
            let files = [IntendedFile.test("/a", "1"), IntendedFile.test("/b", "2")]
            await #expect(throws: (any Error).self) {
                try await store.endTest("op-1", on: "n1", revision: "r1", files: files)
            }
            let (operation, notes) = try #require(try await store.operation("op-1", in: .portfolio))
            #expect(operation.status == .running && operation.ended == nil && operation.step == Data("step-1".utf8))
            #expect(notes.map(\.kind) == ["send"])
            let record = try #require(try await store.installation("n1", in: .portfolio))
            #expect(!record.held && record.revision == nil && record.issued == nil)
            #expect(record.lastContact == nil && record.refreshDue == nil && record.lastRefresh == nil)
            #expect(try await store.intendedFiles(of: "op-1").isEmpty)
            #expect(try await store.entitlement(of: "n1", in: .portfolio) == nil)
        }
    }

    @Test("A failure keeps what is held, and says why and when it is tried again; a success forgets it")
    func failureKeeps() async throws {
        try await StoreFixture.withStore { _, store in
            try await store.addTwoCustomers()
            try await store.claimTest("op-1", on: "n1")
            try await store.endTest("op-1", on: "n1", revision: "r1")
            try await store.claimTest("op-2", on: "n1", basedOn: "r1")
            try await store.end(
                OperationEnding(
                    operation: "op-2", installation: "n1", at: .minute(5), status: .failed, outcome: "unreachable",
                    message: "No answer.", notes: [], nextTry: .minute(20)))
            let failed = try #require(try await store.installation("n1", in: .portfolio))
            #expect(failed.held && failed.revision == "r1" && failed.lastContact == .minute(2))
            #expect(failed.lastFailure == "No answer." && failed.nextTry == .minute(20))
            #expect(failed.refreshDue == .minute(60))
            try await store.claimTest("op-3", on: "n1", basedOn: "r1")
            try await store.endTest("op-3", on: "n1", revision: "r2")
            let mended = try #require(try await store.installation("n1", in: .portfolio))
            #expect(mended.revision == "r2" && mended.lastFailure == nil && mended.nextTry == nil)
        }
    }

    @Test("Every entitlement that was ever in force is kept, and the newest is the one in force")
    func history() async throws {
        try await StoreFixture.withStore { fixture, store in
            try await store.addTwoCustomers()
            var before: String?
            for revision in ["r1", "r2", "r3"] {
                try await store.claimTest("op-\(revision)", on: "n1", basedOn: before)
                try await store.endTest("op-\(revision)", on: "n1", revision: revision)
                before = revision
            }
            #expect(try fixture.number("SELECT COUNT(*) FROM entitlements") == 3)
            #expect(try await store.installation("n1", in: .portfolio)?.revision == "r3")
        }
    }

    @Test("What can't be read is told by the installation's ID, not taken for nothing")
    func corrupt() async throws {
        try await StoreFixture.withStore { fixture, store in
            try await store.addTwoCustomers()
            try await store.claimTest("op-1", on: "n1")
            try await store.endTest("op-1", on: "n1", revision: "r1")
            try fixture.raw { db in
                try db.execute(sql: "UPDATE entitlements SET body = 'nonsense'")
                try db.execute(sql: "UPDATE installations SET identity = '[]' WHERE id = 's1'")
            }
            let entitlement = await #expect(throws: StoreError.self) {
                try await store.entitlement(of: "n1", in: .portfolio)
            }
            #expect(entitlement?.code == .corrupt && entitlement?.message.contains("n1") == true)
            let identity = await #expect(throws: StoreError.self) {
                try await store.installation("s1", in: .portfolio)
            }
            #expect(identity?.code == .corrupt && identity?.message.contains("s1") == true)
        }
    }
}
