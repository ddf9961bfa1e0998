import Foundation
import Testing

@testable import GatewayCore

#if canImport(Glibc)
    import Glibc
#else
    import Darwin
#endif

@Suite("Delivering files")
struct DeliveryTests {
    @Test("A first delivery writes the file, readable by the product, and leaves nothing else")
    func first() throws {
        try DeliveryFixture.run { fixture in
            try fixture.deliver("f", "v1")
            #expect(fixture.read("f") == "v1")
            #expect(try fixture.state("f")?.attributes.mode == 0o644)
            #expect(fixture.names("") == [House.name, "f"])
            #expect(fixture.names(House.name) == [])
        }
    }

    @Test("The one before is kept, with its own inode, permissions and contents")
    func previous() throws {
        try DeliveryFixture.run { fixture in
            try fixture.deliver("f", "v1", operation: "op-1")
            let first = try #require(try fixture.state("f"))
            try fixture.deliver("f", "v2", recorded: "v1", operation: "op-2")
            #expect(fixture.read("\(House.name)/f.previous") == "v1")
            let kept = try FileManager.default.attributesOfItem(atPath: fixture.path("\(House.name)/f.previous"))
            #expect(kept[.systemFileNumber] as? Int == Int(first.inode))
            try fixture.deliver("f", "v3", recorded: "v2", operation: "op-3")
            #expect(fixture.read("f") == "v3")
            #expect(fixture.read("\(House.name)/f.previous") == "v2")
            #expect(fixture.names(House.name) == ["f.previous"])
        }
    }

    @Test("The new file takes over the permissions, but never set-user-ID", arguments: [0o600, 0o640, 0o664, 0o4755])
    func mode(_ mode: Int) throws {
        try DeliveryFixture.run { fixture in
            try fixture.write("f", "v1", mode: mode)
            try fixture.deliver("f", "v2", recorded: "v1")
            #expect(try fixture.state("f")?.attributes.mode == UInt32(mode & 0o777))
        }
    }

    @Test("The new file takes over the owner", .enabled(if: geteuid() == 0))
    func owner() throws {
        try DeliveryFixture.run { fixture in
            try fixture.write("f", "v1", mode: 0o600)
            #expect(chown(fixture.path("f"), 65534, 65533) == 0)
            try fixture.deliver("f", "v2", recorded: "v1")
            #expect(
                try fixture.state("f")?.attributes == FileAttributes(mode: 0o600, owner: 65534, group: 65533))
        }
    }

    @Test("A file whose contents are right is not touched: same inode, same time, nothing beside it")
    func unchanged() throws {
        try DeliveryFixture.run { fixture in
            try fixture.write("f", "v1")
            let before = try fixture.state("f")
            for recorded in ["v1", nil] {
                try fixture.deliver("f", "v1", recorded: recorded)
            }
            #expect(try fixture.state("f") == before)
            #expect(fixture.names("") == ["f"])
        }
    }

    @Test("A file that was tampered with is put back, and what stood there is kept as the previous one")
    func tampered() throws {
        try DeliveryFixture.run { fixture in
            try fixture.deliver("f", "v1", operation: "op-1")
            try fixture.write("f", "hacked")
            try fixture.deliver("f", "v1", recorded: "v1", operation: "op-2")
            #expect(fixture.read("f") == "v1")
            #expect(fixture.read("\(House.name)/f.previous") == "hacked")
        }
    }

    @Test("A file that somebody removed is delivered again")
    func removed() throws {
        try DeliveryFixture.run { fixture in
            try fixture.deliver("f", "v1", operation: "op-1")
            try fixture.remove("f")
            try fixture.deliver("f", "v1", recorded: "v1", operation: "op-2")
            #expect(fixture.read("f") == "v1")
        }
    }

    @Test("An adopted original is kept for good, over further deliveries and writing into the file in place")
    func original() throws {
        try DeliveryFixture.run { fixture in
            try fixture.write("f", "theirs", mode: 0o640)
            let plan = try fixture.plan("f", "v1", adopt: true, operation: "op-1")
            try Deliveries.complete(plan, contents: [Array("v1".utf8)])
            #expect(fixture.read("\(House.name)/f.original") == "theirs")
            #expect(fixture.read("\(House.name)/f.previous") == "theirs")
            try fixture.deliver("f", "v2", recorded: "v1", operation: "op-2")
            try fixture.deliver("f", "v3", recorded: "v2", operation: "op-3")
            #expect(fixture.names(House.name) == ["f.original", "f.previous"])
            #expect(fixture.read("\(House.name)/f.original") == "theirs")
            #expect(fixture.read("\(House.name)/f.previous") == "v2")
            let kept = try FileManager.default.attributesOfItem(atPath: fixture.path("\(House.name)/f.original"))
            #expect(kept[.posixPermissions] as? Int == 0o640)
        }
    }

    @Test("An original that was put back and then written to in place is still kept as it was")
    func originalIsACopy() throws {
        try DeliveryFixture.run { fixture in
            try fixture.write("f", "theirs")
            let plan = try fixture.plan("f", "v1", adopt: true)
            try Deliveries.complete(plan, contents: [Array("v1".utf8)])
            try Deliveries.undo(plan)
            #expect(fixture.read("f") == "theirs")
            let handle = try #require(FileHandle(forWritingAtPath: fixture.path("f")))
            try handle.write(contentsOf: Data("XXXXXX".utf8))
            try handle.close()
            #expect(fixture.read("\(House.name)/f.original") == "theirs")
        }
    }

    @Test("A second original does not replace the first, and the same one is not kept twice")
    func originals() throws {
        try DeliveryFixture.run { fixture in
            for (number, text) in ["theirs", "other", "theirs"].enumerated() {
                try fixture.write("f", text)
                try fixture.deliver("f", "v1", adopt: true, operation: "op-\(number)")
            }
            #expect(fixture.names(House.name) == ["f.original", "f.original.2", "f.previous"])
            #expect(fixture.read("\(House.name)/f.original") == "theirs")
            #expect(fixture.read("\(House.name)/f.original.2") == "other")
        }
    }

    @Test("Other contents than planned are refused before anything is touched")
    func wrongContents() throws {
        try DeliveryFixture.run { fixture in
            let plan = try fixture.plan("f", "v1")
            for contents in [[], [Array("v2".utf8)], [Array("v1".utf8), []]] as [[[UInt8]]] {
                let error = deliveryError { try Deliveries.complete(plan, contents: contents) }
                #expect(error?.code == .hashMismatch)
            }
            #expect(fixture.names("") == [])
        }
    }

    @Test("What somebody else wrote after the plan is not overwritten, whether before the delivery or during it")
    func changedMeanwhile() throws {
        try DeliveryFixture.run { fixture in
            try fixture.deliver("f", "v1", operation: "op-1")
            let plan = try fixture.plan("f", "v2", recorded: "v1", operation: "op-2")
            let during = deliveryError {
                try Deliveries.complete(plan, contents: [Array("v2".utf8)]) { step in
                    if step == .replace(0) { try? fixture.write("f", "theirs") }
                }
            }
            let before = deliveryError { try Deliveries.complete(plan, contents: [Array("v2".utf8)]) }
            let undoing = deliveryError { try Deliveries.undo(plan) }
            for error in [during, before, undoing] {
                #expect(error?.code == .changedMeanwhile)
                #expect(error?.path == fixture.path("f"))
            }
            #expect(fixture.read("f") == "theirs")
            #expect(fixture.names(House.name) == [])
        }
    }

    @Test("A file that appears after the plan is not overwritten")
    func appeared() throws {
        try DeliveryFixture.run { fixture in
            let plan = try fixture.plan("f", "v1")
            let error = deliveryError {
                try Deliveries.complete(plan, contents: [Array("v1".utf8)]) { step in
                    if step == .replace(0) { try? fixture.write("f", "theirs") }
                }
            }
            #expect(error?.code == .changedMeanwhile)
            #expect(fixture.read("f") == "theirs")
            #expect(fixture.names(House.name) == [])
        }
    }

    @Test("A destination that does not read back as written is told, and the operation is not done")
    func readBack() throws {
        try DeliveryFixture.run { fixture in
            let plan = try fixture.plan("f", "v1")
            let error = deliveryError {
                try Deliveries.complete(plan, contents: [Array("v1".utf8)]) { step in
                    if step == .verify(0) { try? fixture.write("f", "v?") }
                }
            }
            #expect(error?.code == .interrupted)
            #expect(error?.cause == .hashMismatch)
            #expect(error?.progress?.pending == [fixture.path("f")])
        }
    }

    @Test("Undoing a delivery that is done puts back what stood there, the same inode")
    func undoDone() throws {
        try DeliveryFixture.run { fixture in
            try fixture.deliver("f", "v1", operation: "op-1")
            let before = try fixture.state("f")
            let plan = try fixture.plan("f", "v2", recorded: "v1", operation: "op-2")
            try Deliveries.complete(plan, contents: [Array("v2".utf8)])
            try Deliveries.undo(plan)
            #expect(try fixture.state("f") == before)
            try Deliveries.undo(plan)
            #expect(try fixture.state("f") == before)
        }
    }

    @Test("Undoing without what was kept touches nothing and says so")
    func undoWithoutPrevious() throws {
        try DeliveryFixture.run { fixture in
            try fixture.deliver("f", "v1", operation: "op-1")
            let plan = try fixture.plan("f", "v2", recorded: "v1", operation: "op-2")
            try Deliveries.complete(plan, contents: [Array("v2".utf8)])
            try fixture.remove("\(House.name)/f.previous")
            #expect(deliveryError { try Deliveries.undo(plan) }?.code == .hashMismatch)
            #expect(fixture.read("f") == "v2")
        }
    }
}
