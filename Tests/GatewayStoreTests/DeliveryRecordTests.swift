import AdapterKit
import Foundation
import GatewayAPI
import GatewayStore
import Testing

@Suite("The record of deliveries")
struct DeliveryRecordTests {
    private let note = StepNote(at: .minute(3), kind: "delivered", detail: "in place")

    @Test("A file is intended, then current, then superseded by the next one at its path, which drops its contents")
    func life() async throws {
        try await StoreFixture.withStore { fixture, store in
            try await store.addTwoCustomers()
            try await store.claimTest("op-1", on: "n1")
            try await store.endTest("op-1", on: "n1", revision: "r1", files: [.test("/a", "a1"), .test("/b", "b1")])
            #expect(try await store.intendedFiles(of: "op-1").map(\.path) == ["/a", "/b"])
            #expect(try await store.deliveredFiles(of: "n1").isEmpty)
            let open = try #require(try await store.openOperation(on: "n1"))
            #expect(open.id == "op-1" && open.status == .delivering)

            try await store.delivered("op-1", on: "n1", at: .minute(3), note: note)
            #expect(try await store.intendedFiles(of: "op-1").isEmpty)
            let first = try await store.deliveredFiles(of: "n1")
            #expect(first.map(\.path) == ["/a", "/b"] && first.map(\.sha256) == ["sha of a1", "sha of b1"])
            #expect(first.allSatisfy { $0.at == .minute(3) && $0.installation == "n1" && $0.delivery == "license" })
            #expect(try await store.contents(of: "n1", path: "/b") == Data("b1".utf8))
            let (done, notes) = try #require(try await store.operation("op-1", in: .portfolio))
            #expect(done.status == .done && done.ended == .minute(3) && done.outcome == "updated")
            #expect(notes.map(\.kind) == ["send", "finish", "delivered"])

            try await store.claimTest("op-2", on: "n1", basedOn: "r1")
            try await store.endTest("op-2", on: "n1", revision: "r2", files: [.test("/a", "a2")])
            #expect(try await store.deliveredFiles(of: "n1").map(\.sha256) == ["sha of a1", "sha of b1"])
            try await store.delivered("op-2", on: "n1", at: .minute(9), note: note)
            let second = try await store.deliveredFiles(of: "n1")
            #expect(Set(second.map(\.sha256)) == ["sha of a2", "sha of b1"])
            #expect(try await store.contents(of: "n1", path: "/a") == Data("a2".utf8))
            #expect(
                try fixture.number(
                    "SELECT COUNT(*) FROM deliveries WHERE status = 'superseded' AND contents IS NULL AND path = '/a'")
                    == 1)
        }
    }

    @Test("A delivery that could not be finished stays open without an owner, says why, and can still be finished")
    func interrupted() async throws {
        try await StoreFixture.withStore { _, store in
            try await store.addTwoCustomers()
            try await store.claimTest("op-1", on: "n1")
            try await store.endTest("op-1", on: "n1", revision: "r1", files: [.test("/a", "a1")])
            try await store.interrupted(
                "op-1", on: "n1", message: "The share is gone.", nextTry: .minute(8),
                note: StepNote(at: .minute(3), kind: "interrupted", detail: "gone"))
            let open = try #require(try await store.openOperation(on: "n1"))
            #expect(open.status == .interrupted && open.owner.isEmpty && open.message == "The share is gone.")
            #expect(open.outcome == "updated")
            #expect(try await store.intendedFiles(of: "op-1").count == 1)
            let record = try #require(try await store.installation("n1", in: .portfolio))
            #expect(record.held && record.lastFailure == "The share is gone." && record.nextTry == .minute(8))
            let failed = try await store.operations(in: .portfolio, installation: nil, failed: true, limit: 10)
            #expect(failed.map(\.id) == ["op-1"])

            #expect(try await store.takeOver("op-1", from: "", by: "owner-2"))
            try await store.delivered("op-1", on: "n1", at: .minute(9), note: note)
            let mended = try #require(try await store.installation("n1", in: .portfolio))
            #expect(mended.lastFailure == nil && mended.nextTry == nil)
            #expect(try await store.openOperation(on: "n1") == nil)
        }
    }

    @Test("A path has one current file at most, whichever installation delivered it last")
    func onePath() async throws {
        try await StoreFixture.withStore { fixture, store in
            try await store.addTwoCustomers()
            for (operation, installation, customer) in [("op-1", "n1", "north"), ("op-2", "s1", "south")] {
                try await store.claimTest(operation, on: installation, of: customer)
                try await store.endTest(
                    operation, on: installation, revision: "r1", files: [.test("/same", operation)],
                    customer: customer)
                try await store.delivered(operation, on: installation, at: .minute(3), note: note)
            }
            #expect(try await store.deliveredFiles(of: "n1").isEmpty)
            #expect(try await store.deliveredFiles(of: "s1").map(\.sha256) == ["sha of op-2"])
            #expect(try await store.contents(of: "n1", path: "/same") == nil)
            #expect(try await store.contents(of: "s1", path: "/same") == Data("op-2".utf8))
            #expect(try fixture.number("SELECT COUNT(*) FROM deliveries WHERE status = 'current'") == 1)
        }
    }

    @Test("The files of a page of installations are those of each, and of no other")
    func pages() async throws {
        try await StoreFixture.withStore { _, store in
            try await store.addTestCustomer("north")
            let ids = ["a", "b", "c", "d"]
            try await store.addTestInstallations(ids, of: "north")
            for id in ids where id != "c" {
                try await store.claimTest("op-\(id)", on: id)
                try await store.endTest(
                    "op-\(id)", on: id, revision: "r1", files: [.test("/\(id)/1", id), .test("/\(id)/2", id)])
                if id != "d" { try await store.delivered("op-\(id)", on: id, at: .minute(3), note: note) }
            }
            let all = try await store.deliveredFiles(after: nil, through: "z")
            #expect(Set(all.keys) == ["a", "b"] && all["a"]?.map(\.path) == ["/a/1", "/a/2"])
            #expect(try await store.deliveredFiles(after: "a", through: "b").keys.sorted() == ["b"])
            #expect(try await store.deliveredFiles(after: nil, through: "a").keys.sorted() == ["a"])
            #expect(try await store.deliveredFiles(after: "b", through: "d").isEmpty)
            for id in ids {
                #expect(try await store.deliveredFiles(of: id) == all[id] ?? [])
            }
        }
    }
}
