import AdapterKit
import Foundation
import GatewayAPI
import GatewayStore
import Testing

@Suite("One operation at a time")
struct ClaimTests {
    @Test("A second claim is told of the operation that is open, until that ends")
    func busy() async throws {
        try await StoreFixture.withStore { _, store in
            try await store.addTwoCustomers()
            #expect(try await store.claimTest("op-1", on: "n1").shown == "claimed")
            guard case .busy(let open) = try await store.claimTest("op-2", on: "n1", owner: "owner-2") else {
                Issue.record("two operations are open")
                return
            }
            #expect(open.id == "op-1" && open.owner == "owner-1" && open.status == .running && open.ended == nil)
            #expect(open.nonce == "nonce-1" && open.state == Data("{}".utf8) && open.step == Data("step-1".utf8))
            #expect(try await store.claimTest("op-3", on: "s1", of: "south").shown == "claimed")
            try await store.endTest("op-1", on: "n1", revision: "r1")
            #expect(try await store.openOperation(on: "n1") == nil)
            #expect(try await store.claimTest("op-4", on: "n1", basedOn: "r1").shown == "claimed")
        }
    }

    @Test("Of many claims at once, through two stores on one file, exactly one is granted")
    func race() async throws {
        try await StoreFixture.withStore { fixture, first in
            try await first.addTwoCustomers()
            try await fixture.withStore { second in
                for round in 1...5 {
                    let claims = try await withThrowingTaskGroup(of: String.self) { group in
                        for number in 1...20 {
                            let store = number.isMultiple(of: 2) ? first : second
                            group.addTask {
                                try await store.claimTest("op-\(round)-\(number)", on: "n1").shown
                            }
                        }
                        return try await group.reduce(into: []) { $0.append($1) }
                    }
                    #expect(claims.count { $0 == "claimed" } == 1)
                    let open = try #require(try await first.openOperation(on: "n1")).id
                    #expect(claims.count { $0 == open } == 19)
                    try await second.end(
                        OperationEnding(
                            operation: open, installation: "n1", at: .minute(2), status: .failed, outcome: "expired",
                            message: "", notes: []))
                }
            }
        }
    }

    @Test(
        "A claim is stale where another revision is in force than its facts were taken from",
        arguments: [(String?.none, "stale"), ("r0", "stale"), ("r1", "claimed"), ("R1", "stale"), ("", "stale")])
    func stale(_ row: (basedOn: String?, shown: String)) async throws {
        try await StoreFixture.withStore { _, store in
            try await store.addTwoCustomers()
            #expect(try await store.claimTest("op-0", on: "n1", basedOn: "r1").shown == "stale")
            try await store.claimTest("op-1", on: "n1")
            try await store.endTest("op-1", on: "n1", revision: "r1")
            #expect(try await store.claimTest("op-2", on: "n1", basedOn: row.basedOn).shown == row.shown)
        }
    }

    @Test("An installation that does not exist can't be claimed")
    func missing() async throws {
        try await StoreFixture.withStore { _, store in
            let error = await #expect(throws: StoreError.self) { try await store.claimTest("op-1", on: "n1") }
            #expect(error?.code == .notFound)
        }
    }

    @Test("An open operation is taken over once, and only from the owner that it had")
    func takeOver() async throws {
        try await StoreFixture.withStore { fixture, store in
            try await store.addTwoCustomers()
            try await store.claimTest("op-1", on: "n1", owner: "dead")
            #expect(try await store.takeOver("op-1", from: "other", by: "me") == false)
            try await fixture.withStore { second in
                let taken = try await withThrowingTaskGroup(of: Bool.self) { group in
                    for number in 1...10 {
                        let store = number.isMultiple(of: 2) ? store : second
                        group.addTask { try await store.takeOver("op-1", from: "dead", by: "owner-\(number)") }
                    }
                    return try await group.reduce(into: []) { $0.append($1) }
                }
                #expect(taken.count { $0 } == 1)
            }
            let owner = try #require(try await store.openOperation(on: "n1")).owner
            #expect(owner.hasPrefix("owner-"))
            try await store.endTest("op-1", on: "n1", revision: "r1")
            #expect(try await store.takeOver("op-1", from: owner, by: "late") == false)
        }
    }

    @Test("The journal holds the last transition, its answer until the next one, and every note in order")
    func journal() async throws {
        try await StoreFixture.with { fixture in
            try await fixture.withStore { store in
                try await store.addTwoCustomers()
                try await store.claimTest("op-1", on: "n1")
                try await store.keepAnswer(
                    Data("sealed".utf8), of: "op-1", note: StepNote(at: .minute(2), kind: "answer", detail: "kept"))
                #expect(try await store.openOperation(on: "n1")?.answer == Data("sealed".utf8))
                try await store.journal(
                    JournaledTransition(
                        nonce: "nonce-2", state: Data("[2]".utf8), step: Data("step-2".utf8), waitsUntil: .minute(90),
                        note: StepNote(at: .minute(3), kind: "wait", detail: "until later")),
                    of: "op-1", answered: StepNote(at: .minute(3), kind: "answer", detail: "status 200"))
            }
            try await fixture.withStore { store in
                let (record, notes) = try #require(try await store.operation("op-1", in: .portfolio))
                #expect(record.status == .waiting && record.waitsUntil == .minute(90))
                #expect(record.nonce == "nonce-2" && record.state == Data("[2]".utf8) && record.answer == nil)
                #expect(record.step == Data("step-2".utf8))
                #expect(notes.map(\.kind) == ["send", "answer", "answer", "wait"])
                #expect(try await store.unfinishedOperations(in: .portfolio, now: .minute(89)).isEmpty)
                #expect(try await store.unfinishedOperations(in: .portfolio, now: .minute(90)).count == 1)
            }
        }
    }

    @Test("An operation that begins by waiting is waiting from the first")
    func waiting() async throws {
        try await StoreFixture.withStore { _, store in
            try await store.addTwoCustomers()
            try await store.claimTest("op-1", on: "n1", waitsUntil: .minute(30))
            #expect(try await store.openOperation(on: "n1")?.status == .waiting)
        }
    }
}
