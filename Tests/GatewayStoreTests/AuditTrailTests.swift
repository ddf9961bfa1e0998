import AdapterKit
import Foundation
import GRDB
import GatewayAPI
@testable import GatewayStore
import Synchronization
import Testing

@Suite("The audit trail")
struct AuditTrailTests {
    private func records(_ store: Store) async throws -> [AuditRecord] {
        let records = Mutex<[AuditRecord]>([])
        try await store.eachAuditRecord { record in records.withLock { $0.append(record) } }
        return records.withLock { $0 }
    }

    @Test("Records are numbered from 1 without gaps, each with the hash of the one before")
    func chain() async throws {
        try await StoreFixture.with { fixture in
            try await fixture.withStore { store in
                for number in 1...5 { try await store.append(.test("detail \(number)", at: .minute(number))) }
            }
            try await fixture.withStore { store in
                try await store.append(.test("after reopening", customer: "north"))
                let records = try await records(store)
                #expect(records.map(\.number) == Array(1...6))
                #expect(records.map(\.previous) == [""] + records.dropLast().map(\.hash))
                #expect(records.allSatisfy { $0.hash.utf8.count == 64 && $0.computedHash() == $0.hash })
                #expect(Set(records.map(\.hash)).count == 6)
                #expect(try await store.audit(in: .portfolio, limit: 2).map(\.number) == [6, 5])
            }
        }
    }

    @Test(
        "Whatever of a record is changed behind the store's back, its hash is no more the one it must have",
        arguments: [
            "at = at + 1", "actor = 'local:0'", "act = 'other'", "customer = 'south'", "customer = NULL",
            "subject = 'x'", "detail = 'other'", "previous = ''", "number = 99",
        ])
    func tampering(_ change: String) async throws {
        try await StoreFixture.withStore { fixture, store in
            for number in 1...3 { try await store.append(.test("detail \(number)", customer: "north")) }
            try fixture.raw { try $0.execute(sql: "UPDATE audit SET \(change) WHERE number = 2") }
            let changed = try #require(
                try await records(store).first { $0.detail == "detail 2" || $0.detail == "other" })
            #expect(changed.computedHash() != changed.hash)
        }
    }

    @Test("A forger who also writes a new hash breaks the link to the next record")
    func forgery() async throws {
        try await StoreFixture.withStore { fixture, store in
            for number in 1...3 { try await store.append(.test("detail \(number)")) }
            var forged = try await records(store)[1]
            forged.detail = "forged"
            let hash = forged.computedHash()
            try fixture.raw {
                try $0.execute(
                    sql: "UPDATE audit SET detail = 'forged', hash = ? WHERE number = 2", arguments: [hash])
            }
            let records = try await records(store)
            #expect(records[1].computedHash() == records[1].hash)
            #expect(records[2].previous != records[1].hash)
        }
    }

    @Test("Parts of a record can't be shifted into each other without changing its hash")
    func ambiguity() {
        func record(_ act: String, _ customer: String?, _ subject: String?, _ detail: String) -> AuditRecord {
            AuditRecord(
                number: 1, at: .minute(0), actor: "a", actorName: nil, act: act, customer: customer, subject: subject,
                detail: detail, previous: "", hash: "")
        }
        let hashes = [
            record("ab", "c", nil, "d"), record("a", "bc", nil, "d"), record("ab", nil, "c", "d"),
            record("ab", "c", "", "d"), record("ab", "c", nil, "d\""), record("ab", "c", nil, "d\",\""),
            record("ab\",\"c", nil, nil, "d"),
        ].map { $0.computedHash() }
        #expect(Set(hashes).count == hashes.count)
    }

    @Test("A person's name can be erased without breaking the chain")
    func erased() async throws {
        try await StoreFixture.withStore { fixture, store in
            try await store.append(.test("one"))
            #expect(try await store.audit(in: .portfolio, limit: 1).first?.actorName == "Pat")
            try fixture.raw { try $0.execute(sql: "UPDATE people SET name = NULL") }
            let record = try #require(try await store.audit(in: .portfolio, limit: 1).first)
            #expect(record.actorName == nil && record.actor == "local:1000" && record.computedHash() == record.hash)
            try await store.append(.test("two"))
            #expect(try await store.audit(in: .portfolio, limit: 1).first?.actorName == nil)
        }
    }
}
