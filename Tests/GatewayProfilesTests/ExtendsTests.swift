import AdapterKit
import Foundation
import GatewayProfiles
import MarkedText
import Testing

@Suite("A profile that extends another")
struct ExtendsTests {
    @Test("It takes over what it does not say; mappings are merged key by key, lists and texts replace")
    func merges() throws {
        try Folder.with { folder in
            try folder.write("sample", ProfileText.good)
            try folder.write(
                "acme",
                """
                extends: sample
                name: acme
                product: Other
                vendor:
                  timeoutSeconds: 5
                  keys: { second: XZNnvODMVLK3pRBUYDNLqYi1FJ0ZaVgR0cvBX4HoA4w= }
                countdowns:
                  subscription:
                    stages:
                      - { at: 60d, level: stopped }
                  extra:
                    from: expires
                    stages: [ { at: 1d, level: notice } ]
                """)
            let set = folder.read()
            #expect(set.broken.map(\.problems.description) == [])
            let parent = try #require(set.profiles["sample"])
            let child = try #require(set.profiles["acme"])
            #expect(child.parent == "sample" && parent.parent == nil)
            #expect(child.product == "Other" && child.place == parent.place && child.file == folder.path + "/acme.yaml")
            #expect(child.vendor.address == parent.vendor.address && child.vendor.timeout == 5000)
            #expect(child.vendor.keys.keys.sorted() == ["first", "second"])
            #expect(child.refreshDays == 14 && child.deliveries == parent.deliveries)
            let rules = child.rules.countdowns
            #expect(rules.map(\.name) == ["subscription", "modules", "extra"], "in the order of what is inherited")
            #expect(rules[0].from == ["expires", "vendorExpired"])
            #expect(rules[0].stages.map(\.at) == [.days(60)], "a list replaces the list")
            #expect(rules[1] == parent.rules.countdowns[1])
        }
    }

    @Test("Several levels, in files of any order, each over the one before")
    func levels() throws {
        try Folder.with { folder in
            try folder.write("z", ProfileText.good)
            try folder.write("m", "extends: sample\nname: middle\nwhere: M\nrefresh: { every: 7d }\n")
            try folder.write("a", "extends: middle\nname: last\nrefresh: { every: 3d }\n")
            let set = folder.read()
            #expect(set.broken.isEmpty)
            #expect(set.profiles.keys.sorted() == ["last", "middle", "sample"])
            #expect(set.profiles["last"]?.refreshDays == 3 && set.profiles["last"]?.place == "M")
            #expect(set.profiles["middle"]?.refreshDays == 7 && set.profiles["sample"]?.refreshDays == 14)
        }
    }

    @Test("A tilde removes what is inherited, in quotes it is a text")
    func removes() throws {
        try Folder.with { folder in
            try folder.write("sample", ProfileText.good)
            try folder.write(
                "acme", "extends: sample\nname: acme\nwhere: '~'\nrefresh: ~\ncountdowns: { modules: ~ }\n")
            let acme = try #require(folder.read().profiles["acme"])
            #expect(acme.refreshDays == nil && acme.rules.countdowns.map(\.name) == ["subscription"])
            #expect(acme.place == "~")
            try folder.write("acme", "extends: sample\nname: acme\nproduct: ~\nvendor: { pin: ~ }\n")
            #expect(
                folder.problems() == [
                    "acme.yaml:1:1: error: missing key \"product\"\n"
                        + "    help: add it to this mapping: The product's name, for people.",
                    "acme.yaml:4:16: error: nothing is inherited that ~ could remove\n"
                        + "    help: remove this line, or check the key",
                ])
        }
    }

    @Test("Its name is its own, and so is what it extends")
    func ownName() throws {
        try Folder.with { folder in
            try folder.write("sample", ProfileText.good)
            try folder.write("acme", "extends: sample\nwhere: x\n")
            #expect(folder.problems().map { $0.prefix(45) } == ["acme.yaml:1:1: error: missing key \"name\"\n    "])
            try folder.write("acme", "extends: sample\nname: acme\n")
            try folder.write("last", "extends: acme\nname: last\n")
            #expect(folder.read().profiles["last"]?.parent == "acme")
        }
    }

    @Test("It speaks the protocol of what it extends")
    func protocolName() throws {
        try Folder.with { folder in
            try folder.write("sample", ProfileText.good)
            try folder.write("acme", "extends: sample\nname: acme\nprotocol: other\n")
            let told = folder.problems()
            #expect(told.first?.hasPrefix("acme.yaml:3:11: error: a variation speaks the protocol of") == true)
            #expect(told.allSatisfy { $0.hasPrefix("acme.yaml:3:11: ") }, "\(told)")
            try folder.write("acme", "extends: sample\nname: acme\nprotocol: subscription\n")
            #expect(folder.problems() == [])
        }
    }

    @Test("Variables are replaced in each file, wherever what they make is inherited")
    func variables() throws {
        try Folder.with { folder in
            try folder.write("sample", ProfileText.good.replacing("14d", with: "${DAYS:-9}d"))
            try folder.write("acme", "extends: ${BASE:-sample}\nname: acme\nwhere: ${WHERE:-here}\n")
            #expect(folder.read().profiles["acme"]?.refreshDays == 9)
            let set = folder.read(["DAYS": "8", "WHERE": "there", "BASE": "sample"])
            #expect(set.profiles["acme"]?.refreshDays == 8 && set.profiles["acme"]?.place == "there")
            #expect(
                folder.problems(["BASE": "smaple"]).first
                    == "acme.yaml:1:10: error: there is no profile \"smaple\" to extend\n    help: did you mean \"sample\"?"
            )
            try folder.write("acme", "extends: sample\nname: acme\nwhere: ${WHERE}\n")
            #expect(
                folder.problems().map { $0.prefix(60) } == [
                    "acme.yaml:3:8: error: the environment variable WHERE is not "
                ])
        }
    }

    // MARK: - Mistakes

    @Test("A mistake in what is inherited is told where it stands; the child says that it depends on it")
    func brokenParent() throws {
        try Folder.with { folder in
            try folder.write("sample", ProfileText.good.replacing("14d", with: "2w"))
            try folder.write("acme", "extends: sample\nname: acme\nvendor: { timeoutSecond: 3 }\nrefersh: ~\n")
            try folder.write("last", "extends: acme\nname: last\n")
            #expect(
                folder.problems() == [
                    "acme.yaml:1:10: error: the profile \"sample\", which this one extends, can't be used\n"
                        + "    help: put that right first: sample.yaml:11:10: expected a number of calendar days such "
                        + "as 14d, found \"2w\"",
                    "acme.yaml:3:11: error: unknown key \"timeoutSecond\"\n    help: did you mean \"timeoutSeconds\"?",
                    "last.yaml:1:10: error: the profile \"acme\", which this one extends, can't be used\n"
                        + "    help: put that right first: acme.yaml:1:10: the profile \"sample\", which this one "
                        + "extends, can't be used",
                    "sample.yaml:11:10: error: expected a number of calendar days such as 14d, found \"2w\"",
                ])
            try folder.write("sample", ProfileText.good)
            try folder.write("acme", "extends: sample\nname: acme\nvender: by-hand\nrefresh: { evry: 3d }\n")
            let varied = folder.problems().filter { $0.hasPrefix("acme.yaml") }
            #expect(
                varied.map { $0.split(separator: "\n").last.map(String.init) } == [
                    "    help: did you mean \"vendor\"?", "    help: did you mean \"every\"?",
                ], "\(varied)")
            try folder.write("sample", "name: [")
            let told = folder.problems()
            #expect(
                told[0].hasPrefix(
                    "acme.yaml:1:10: error: the profile \"sample\", which this one extends, can't be read"))
        }
    }

    @Test("What only together is a mistake is told at the inherited value, with who inherits it")
    func together() throws {
        try Folder.with { folder in
            try folder.write("sample", ProfileText.good)
            try folder.write("acme", "extends: sample\nname: acme\ncountdowns: { modules: { from: expires } }\n")
            let told = folder.problems()
            #expect(told.count == 1)
            #expect(told[0].hasPrefix("sample.yaml:25:48: error: {module} has a meaning only in a countdown from"))
            #expect(told[0].hasSuffix("(in \"acme\" of acme.yaml, which inherits this)"))
            #expect(folder.read().profiles.keys.sorted() == ["sample"])
            #expect(folder.read().problem(ofProfile: "acme")?.contains("sample.yaml:25:48") == true)
        }
    }

    @Test("A parent that there is not is told with the nearest name, or with those there are")
    func unknown() throws {
        try Folder.with { folder in
            try folder.write("sample", ProfileText.good)
            try folder.write("acme", "name: acme\nextends: sampel\nwhere: []\n")
            #expect(
                folder.problems() == [
                    "acme.yaml:2:10: error: there is no profile \"sampel\" to extend\n    help: did you mean \"sample\"?",
                    "acme.yaml:3:8: error: expected a text, found a list",
                ])
            try folder.write("acme", "name: acme\nextends: nothing\n")
            #expect(folder.problems().first?.hasSuffix("help: profiles known here: acme, sample") == true)
        }
    }

    @Test("A circle is told in each file with the whole chain and every place")
    func cycle() throws {
        try Folder.with { folder in
            try folder.write("a", "name: a\nextends: b\n")
            try folder.write("b", "extends: c\nname: b\n")
            try folder.write("c", "\n\nextends: a\nname: c\n")
            try folder.write("d", "extends: b\nname: d\n")
            try folder.write("e", "extends: e\nname: e\n")
            let told = folder.problems()
            #expect(
                told.map { String($0.split(separator: "\n")[0]) } == [
                    "a.yaml:2:10: error: this profile extends itself: a → b → c → a",
                    "b.yaml:1:10: error: this profile extends itself: b → c → a → b",
                    "c.yaml:3:10: error: this profile extends itself: c → a → b → c",
                    "d.yaml:1:10: error: the profile \"b\", which this one extends, can't be used",
                    "e.yaml:1:10: error: this profile extends itself: e → e",
                ])
            #expect(told[0].hasSuffix("help: remove one of these: a.yaml:2:10, b.yaml:1:10, c.yaml:3:10"))
        }
    }

    @Test("A file that is linted finds what it extends beside it and in the folders; only what it needs is told")
    func lint() throws {
        try Folder.with { folder in
            try Folder.with { other in
                try folder.write("sample", ProfileText.good.replacing("14d", with: "2w"))
                try folder.write("unrelated", "nonsense: [")
                try other.write("acme", "extends: sample\nname: acme\n")
                let set = ProfileSet(
                    files: [other.path + "/acme.yaml"], extending: [other.path, folder.path], reader: ProfileText.reader
                )
                #expect(set.broken.map(\.name) == ["acme", "sample"])
                try folder.write("sample", ProfileText.good)
                let good = ProfileSet(
                    files: [other.path + "/acme.yaml"], extending: [folder.path], reader: ProfileText.reader)
                #expect(good.broken.isEmpty && good.profiles.keys.sorted() == ["acme"])
            }
        }
    }

    // MARK: - Bounds

    @Test("More profiles in a row than anybody needs are refused, and cost no more than their files")
    func longChain() throws {
        try Folder.with { folder in
            try folder.write("p0", ProfileText.good.replacing("name: sample", with: "name: p0"))
            for number in 1...400 { try folder.write("p\(number)", "extends: p\(number - 1)\nname: p\(number)\n") }
            var set: ProfileSet?
            let time = processorTime { set = folder.read() }
            #expect(set?.profiles.count == 16)
            let told = try #require(set?.broken.first { $0.name == "p16" }).problems
            #expect(told.description.contains("more than 16 profiles extend one another"))
            #expect(time < .seconds(4))
        }
    }

    @Test("A chain may hold together what a single file may")
    func largeChain() throws {
        try Folder.with { folder in
            let filler = "# " + String(repeating: "x", count: 100_000) + "\n"
            try folder.write("sample", filler + ProfileText.good)
            try folder.write("b", filler + "extends: sample\nname: b\n")
            try folder.write("c", filler + "extends: b\nname: c\n")
            #expect(folder.read().profiles.keys.sorted() == ["b", "sample"])
            #expect(
                folder.problems().first?.hasPrefix(
                    "c.yaml:2:10: error: longer than 256 kB together with what it extends: c → b → sample") == true)
        }
    }

    @Test("Hostile files among those that extend one another are refused at little cost")
    func hostile() throws {
        try Folder.with { folder in
            try folder.write("sample", ProfileText.good)
            try folder.write("deep", "extends: sample\nname: deep\nvendor: " + String(repeating: "{a: ", count: 50_000))
            try folder.write("bomb", "extends: sample\nname: bomb\nvendor: &a [*a, *a]\nwhere: *a\n")
            try folder.write("huge", "extends: sample\nname: huge\nwhere: " + String(repeating: "x", count: 3_000_000))
            let keys = (0..<20_000).map { "  k\($0): x\n" }.joined()
            try folder.write("wide", "extends: sample\nname: wide\nvendor:\n" + keys)
            let stages = String(repeating: "{at: 0d, level: stopped}, ", count: 9000)
            try folder.write(
                "stages", "extends: sample\nname: stages\ncountdowns: {subscription: {stages: [\(stages)]}}\n")
            for name in ["bomb", "deep", "huge", "wide", "stages"] {
                try folder.write("\(name)-child", "extends: \(name)\nname: \(name)-child\n")
            }
            var set: ProfileSet?
            let time = processorTime { set = folder.read() }
            #expect(set?.profiles.keys.sorted() == ["sample"])
            for name in ["bomb", "deep", "huge", "wide", "stages"] {
                let shown = set?.broken.first { $0.file.hasSuffix("/\(name).yaml") }?.problems.shown ?? ""
                #expect(shown.utf8.count < 80_000 && shown.contains("error: "), "\(name)")
            }
            // Ten times what is promised for each, in a build for debugging.
            #expect(time < .seconds(10))
        }
    }
}

/// The processor time that a piece of work takes on its thread: what other tests do meanwhile does not count.
private func processorTime(_ work: () -> Void) -> Duration {
    func now() -> Duration {
        var time = timespec()
        clock_gettime(CLOCK_THREAD_CPUTIME_ID, &time)
        return .seconds(time.tv_sec) + .nanoseconds(time.tv_nsec)
    }
    let start = now()
    work()
    return now() - start
}
