import Foundation
import Testing

@testable import GatewayCore

@Suite("A delivery that is cut short")
struct DeliveryCrashTests {
    /// One file of every kind, over two folders, each with a history.
    private struct Estate {
        let fixture: DeliveryFixture
        let plan: DeliveryPlan
        let contents: [[UInt8]]
        let unchanged: FileState?

        static let files = ["a/absent", "a/ours", "b/tampered", "b/foreign", "b/same"]
        static let before = ["a/ours": "v1", "b/tampered": "hacked", "b/foreign": "theirs", "b/same": "new b/same"]

        init(_ fixture: DeliveryFixture) throws {
            self.fixture = fixture
            try fixture.makeFolder("a")
            try fixture.makeFolder("b")
            for name in ["a/ours", "b/tampered"] {
                try fixture.deliver(name, "v0", operation: "op-0")
                try fixture.deliver(name, "v1", recorded: "v0", operation: "op-1")
            }
            for (name, text) in Self.before where name != "a/ours" { try fixture.write(name, text) }
            contents = Self.files.map { Array("new \($0)".utf8) }
            plan = try Deliveries.plan(
                operation: "op-2",
                zip(Self.files, contents).map { name, contents in
                    let recorded = ["a/ours": "v1", "b/tampered": "v1"][name]
                    return WantedFile(
                        destination: try fixture.destination(name), contents: contents,
                        recorded: recorded.map(deliveryHash))
                }, adopt: true)
            unchanged = try fixture.state("b/same")
        }

        /// Performs the first steps, as a process does that is killed behind them.
        ///
        /// - Returns: how many steps there are.
        @discardableResult
        func run(steps count: Int) throws -> Int {
            var run = try DeliveryRun(plan, contents: contents)
            for step in run.steps.prefix(count) { try run.perform(step) }
            return run.steps.count
        }

        func expectNew(_ comment: Comment) throws {
            for name in Self.files { #expect(fixture.read(name) == "new \(name)", comment) }
            #expect(fixture.names("a/\(House.name)") == ["ours.previous"], comment)
            #expect(
                fixture.names("b/\(House.name)") == ["foreign.original", "foreign.previous", "tampered.previous"],
                comment)
            #expect(fixture.read("a/\(House.name)/ours.previous") == "v1", comment)
            #expect(fixture.read("b/\(House.name)/tampered.previous") == "hacked", comment)
            #expect(fixture.read("b/\(House.name)/foreign.previous") == "theirs", comment)
            #expect(fixture.read("b/\(House.name)/foreign.original") == "theirs", comment)
            #expect(try fixture.state("b/same") == unchanged, comment)
        }

        func expectOld(_ comment: Comment) throws {
            for name in Self.files { #expect(fixture.read(name) == Self.before[name], comment) }
            // The one before the one before is there as long as it was not given up for the one before.
            let kept = fixture.names("a/\(House.name)") + fixture.names("b/\(House.name)")
            #expect(
                Set(kept).isSubset(of: ["ours.previous", "tampered.previous", "foreign.original"]), comment)
            for name in ["a/\(House.name)/ours.previous", "b/\(House.name)/tampered.previous"] {
                #expect([nil, "v0"].contains(fixture.read(name)), comment)
            }
            #expect([nil, "theirs"].contains(fixture.read("b/\(House.name)/foreign.original")), comment)
            #expect(try fixture.state("b/same") == unchanged, comment)
        }
    }

    private static func stepCount() throws -> Int {
        try DeliveryFixture.run { fixture in try Estate(fixture).run(steps: 0) }
    }

    @Test("Every kind of step is among those that are tried")
    func allSteps() throws {
        try DeliveryFixture.run { fixture in
            let estate = try Estate(fixture)
            let labels = try DeliveryRun(estate.plan, contents: estate.contents).steps.map(\.label)
            let kinds = Set(labels.map { String($0.prefix { $0 != "(" }) })
            #expect(
                kinds == [
                    "keepOriginal", "keepOld", "stage", "flush", "flushHouse", "replace", "promote", "flushFolder",
                    "verify", "clean",
                ])
            #expect(Set(labels).count == labels.count)
        }
    }

    @Test("After any step, completing again finishes it, and again changes nothing")
    func rollsForward() throws {
        for count in 0...(try Self.stepCount()) {
            try DeliveryFixture.run { fixture in
                let estate = try Estate(fixture)
                try estate.run(steps: count)
                try Deliveries.complete(estate.plan, contents: estate.contents)
                try estate.expectNew("after step \(count)")
                let states = try Estate.files.map { try fixture.state($0) }
                try Deliveries.complete(estate.plan, contents: estate.contents)
                #expect(try Estate.files.map { try fixture.state($0) } == states, "after step \(count)")
                try estate.expectNew("after step \(count)")
            }
        }
    }

    @Test("After any step, undoing puts everything back, and the delivery can then be made again")
    func rollsBack() throws {
        for count in 0...(try Self.stepCount()) {
            try DeliveryFixture.run { fixture in
                let estate = try Estate(fixture)
                try estate.run(steps: count)
                try Deliveries.undo(estate.plan)
                try estate.expectOld("after step \(count)")
                try Deliveries.undo(estate.plan)
                try estate.expectOld("after step \(count), twice")
                try Deliveries.complete(estate.plan, contents: estate.contents)
                try estate.expectNew("after step \(count), undone and made again")
            }
        }
    }

    @Test("Undoing before anything is given up keeps the one before the one before")
    func keepsOlder() throws {
        try DeliveryFixture.run { fixture in
            let estate = try Estate(fixture)
            let steps = try DeliveryRun(estate.plan, contents: estate.contents).steps
            let replaces = try #require(steps.lastIndex { if case .replace = $0 { true } else { false } })
            try estate.run(steps: replaces + 1)
            try Deliveries.undo(estate.plan)
            #expect(fixture.read("a/ours") == "v1")
            #expect(fixture.read("a/\(House.name)/ours.previous") == "v0")
        }
    }

    @Test("Killed twice at any two steps, it is still finished")
    func killedTwice() throws {
        func make(_ fixture: DeliveryFixture) throws -> DeliveryPlan {
            try fixture.deliver("f", "v1", operation: "op-1")
            return try fixture.plan("f", "v2", recorded: "v1", operation: "op-2")
        }
        let contents = [Array("v2".utf8)]
        let count = try DeliveryFixture.run { try DeliveryRun(make($0), contents: contents).steps.count }
        for first in 0...count {
            for second in 0...count {
                try DeliveryFixture.run { fixture in
                    let plan = try make(fixture)
                    for steps in [first, second] {
                        var run = try DeliveryRun(plan, contents: contents)
                        for step in run.steps.prefix(steps) { try run.perform(step) }
                    }
                    try Deliveries.complete(plan, contents: contents)
                    #expect(fixture.read("f") == "v2", "after \(first) and \(second) steps")
                    #expect(fixture.names(House.name) == ["f.previous"], "after \(first) and \(second) steps")
                    #expect(fixture.read("\(House.name)/f.previous") == "v1", "after \(first) and \(second) steps")
                }
            }
        }
    }

    @Test("What an earlier run half wrote is written anew")
    func halfWritten() throws {
        try DeliveryFixture.run { fixture in
            let plan = try fixture.plan("f", "v1")
            try fixture.makeFolder(House.name)
            try fixture.write("\(House.name)/f.op-1.new", "half")
            try Deliveries.complete(plan, contents: [Array("v1".utf8)])
            #expect(fixture.read("f") == "v1")
            #expect(fixture.names(House.name) == [])
        }
    }

    @Test("The last copy of what was replaced survives a stranger's writing after the crash")
    func strangerAfterCrash() throws {
        try DeliveryFixture.run { fixture in
            try fixture.deliver("f", "v1", operation: "op-1")
            let plan = try fixture.plan("f", "v2", recorded: "v1", operation: "op-2")
            var run = try DeliveryRun(plan, contents: [Array("v2".utf8)])
            for step in run.steps {
                try run.perform(step)
                if step == .replace(0) { break }
            }
            try fixture.write("f", "theirs")
            let error = deliveryError { try Deliveries.complete(plan, contents: [Array("v2".utf8)]) }
            #expect(error?.code == .changedMeanwhile)
            #expect(fixture.names(House.name) == ["f.previous"])
            #expect(fixture.read("\(House.name)/f.previous") == "v1")
        }
    }

    @Test("A file that can't be staged leaves every destination untouched and nothing behind")
    func stagingFails() throws {
        try DeliveryFixture.run { fixture in
            let estate = try Estate(fixture)
            let states = try Estate.files.map { try fixture.state($0) }
            let error = deliveryError {
                try Deliveries.complete(estate.plan, contents: estate.contents) { step in
                    if step == .stage(3) { try? fixture.remove("b/\(House.name)") }
                }
            }
            #expect(error?.code == .missingFolder)
            #expect(error?.path == fixture.path("b/foreign"))
            #expect(try Estate.files.map { try fixture.state($0) } == states)
            #expect(fixture.names("a/\(House.name)") == ["ours.previous"])
        }
    }

    @Test(
        "A disk that is full at the third file leaves every destination untouched",
        .enabled(if: TinyFilesystem.isAvailable))
    func diskFull() throws {
        try DeliveryFixture.run { fixture in
            try TinyFilesystem.run(fixture, "tiny") {
                let names = ["one", "two", "tiny/three"]
                for name in names { try fixture.write(name, "v1") }
                let contents = names.map { _ in [UInt8](repeating: 7, count: 100_000) }
                let plan = try Deliveries.plan(
                    operation: "op-1",
                    zip(names, contents).map {
                        WantedFile(destination: try fixture.destination($0), contents: $1, recorded: deliveryHash("v1"))
                    })
                let states = try names.map { try fixture.state($0) }
                let error = deliveryError { try Deliveries.complete(plan, contents: contents) }
                #expect(error?.code == .noSpace)
                #expect(error?.path == fixture.path("tiny/three"))
                #expect(try names.map { try fixture.state($0) } == states)
                #expect(fixture.names(House.name) == [])
                #expect(fixture.names("tiny/\(House.name)") == [])
            }
        }
    }

    @Test("A host that goes away after the first file is named, and the delivery goes on when it is back")
    func hostGone() throws {
        try DeliveryFixture.run { fixture in
            try fixture.makeFolder("a")
            try fixture.makeFolder("b")
            let contents = [Array("one".utf8), Array("two".utf8)]
            let plan = try Deliveries.plan(
                operation: "op-1",
                zip(["a/f", "b/f"], contents).map {
                    WantedFile(destination: try fixture.destination($0), contents: $1, recorded: nil)
                })
            var error = deliveryError {
                try Deliveries.complete(plan, contents: contents) { step in
                    if step == .replace(1) { try? fixture.remove("b") }
                }
            }
            for _ in 1...2 {
                #expect(error?.code == .interrupted)
                #expect(error?.cause == .missingFolder)
                #expect(
                    error?.progress == DeliveryProgress(renewed: [fixture.path("a/f")], unknown: [fixture.path("b/f")]))
                #expect(error?.message.contains("new: \"\(fixture.path("a/f"))\"") == true)
                #expect(error?.message.contains("out of reach: \"\(fixture.path("b/f"))\"") == true)
                // Still gone: the same again.
                error = deliveryError { try Deliveries.complete(plan, contents: contents) }
            }
            #expect(deliveryError { try Deliveries.undo(plan) }?.code == .missingFolder)
            try fixture.makeFolder("b")
            try Deliveries.complete(plan, contents: contents)
            #expect(fixture.read("a/f") == "one")
            #expect(fixture.read("b/f") == "two")
        }
    }

    @Test("Somebody else's file among several is named, the others are told as new")
    func mixed() throws {
        try DeliveryFixture.run { fixture in
            let contents = [Array("one".utf8), Array("two".utf8)]
            let plan = try Deliveries.plan(
                operation: "op-1",
                zip(["f", "g"], contents).map {
                    WantedFile(destination: try fixture.destination($0), contents: $1, recorded: nil)
                })
            let error = deliveryError {
                try Deliveries.complete(plan, contents: contents) { step in
                    if step == .replace(1) { try? fixture.write("g", "theirs") }
                }
            }
            #expect(error?.code == .interrupted)
            #expect(error?.cause == .changedMeanwhile)
            #expect(error?.progress == DeliveryProgress(renewed: [fixture.path("f")], pending: [fixture.path("g")]))
            #expect(fixture.read("g") == "theirs")
            try fixture.remove("g")
            try Deliveries.undo(plan)
            #expect(fixture.names("") == [House.name])
            #expect(fixture.names(House.name) == [])
        }
    }
}
