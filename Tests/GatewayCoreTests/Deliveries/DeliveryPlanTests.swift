import Foundation
import Testing

@testable import GatewayCore

@Suite("Planning a delivery")
struct DeliveryPlanTests {
    @Test(
        "What is there is compared with what Gatehouse delivered last",
        arguments: [
            (String?.none, String?.none, PlannedFile.Expected.absent), (nil, "v1", .absent),
            ("v1", "v1", .ours(sha256: deliveryHash("v1"))), ("v2", "v1", .same), ("v2", nil, .same),
            ("hacked", "v1", .tampered(sha256: deliveryHash("hacked"))),
            ("theirs", nil, .foreign(sha256: deliveryHash("theirs"))),
        ])
    func compares(_ there: String?, _ recorded: String?, _ expected: PlannedFile.Expected) throws {
        try DeliveryFixture.run { fixture in
            if let there { try fixture.write("f", there) }
            let plan = try fixture.plan("f", "v2", recorded: recorded, adopt: true)
            #expect(plan.files.map(\.expected) == [expected])
            #expect(plan.changes == (expected != .same))
            #expect(plan.files.map(\.sha256) == [deliveryHash("v2")])
            #expect(plan.files.map(\.size) == [2])
            #expect(fixture.names("") == (there == nil ? [] : ["f"]))
        }
    }

    @Test("Files that Gatehouse did not write are all named, with the option that replaces them")
    func foreign() throws {
        try DeliveryFixture.run { fixture in
            for name in ["a", "b", "c"] { try fixture.write(name, "theirs") }
            let wanted = try ["a", "b", "c"].map {
                WantedFile(
                    destination: try fixture.destination($0), contents: Array("new".utf8),
                    recorded: $0 == "b" ? deliveryHash("old") : nil)
            }
            let error = deliveryError { _ = try Deliveries.plan(operation: "op-1", wanted) }
            #expect(error?.code == .foreign)
            #expect(error?.path == fixture.path("a"))
            #expect(error?.message.contains("\"\(fixture.path("a"))\", \"\(fixture.path("c"))\"") == true)
            #expect(error?.message.contains("--adopt") == true)
        }
    }

    @Test("Two files for one place are refused, however it is spelled")
    func twice() throws {
        try DeliveryFixture.run { fixture in
            try fixture.makeFolder("real")
            try fixture.link("alias", to: fixture.path("real"))
            let wanted = try ["real", "alias"].map { root in
                WantedFile(
                    destination: try Destination(root: fixture.path(root), components: ["f"]), contents: [],
                    recorded: nil)
            }
            let error = deliveryError { _ = try Deliveries.plan(operation: "op-1", wanted) }
            #expect(error?.code == .unsafePath)
            #expect(error?.message.contains("two files") == true)
        }
    }

    @Test(
        "An operation's ID that can't be part of a file's name is refused",
        arguments: ["", "a/b", "..", "a.b", "é", String(repeating: "x", count: 50)])
    func operationID(_ id: String) throws {
        try DeliveryFixture.run { fixture in
            #expect(deliveryError { _ = try fixture.plan("f", "x", operation: id) }?.code == .unsafePath)
            let plan = DeliveryPlan(operation: id, files: [])
            #expect(deliveryError { try Deliveries.complete(plan, contents: []) }?.code == .unsafePath)
            #expect(deliveryError { try Deliveries.undo(plan) }?.code == .unsafePath)
        }
    }

    @Test("A plan outlives the journal")
    func codes() throws {
        try DeliveryFixture.run { fixture in
            try fixture.write("f", "old", mode: 0o640)
            let plan = try fixture.plan("f", "new", adopt: true)
            let json = try JSONEncoder().encode(plan)
            #expect(try JSONDecoder().decode(DeliveryPlan.self, from: json) == plan)
        }
    }
}
