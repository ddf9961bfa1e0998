import Foundation
import MarkedText
import MarkedYAML
import Testing

@Suite("A hostile file is refused quickly", .serialized)
struct HostileTests {
    /// Ten times what is promised, as the machine may be busy and this is no optimized build. What is guarded
    /// against takes many seconds.
    static let bound = Duration.seconds(1)
    static let room = MarkedYAML.byteLimit

    static func filled(_ unit: String, after head: String = "", before tail: String = "") -> String {
        let count = (room - head.utf8.count - tail.utf8.count) / unit.utf8.count
        return head + String(repeating: unit, count: count) + tail
    }

    /// A document by its name, so that a test's report does not show all of it.
    struct Document: CustomTestStringConvertible {
        var testDescription: String
        var yaml: String
        /// How what is told begins.
        var told: String

        init(_ name: String, _ yaml: String, _ told: String) {
            (testDescription, self.yaml, self.told) = (name, yaml, "f.yaml:" + told)
        }
    }

    static let tooDeep = "error: nested more than 64 deep"

    static let documents: [Document] = [
        Document("100k open lists", String(repeating: "[", count: 100_000), "1:65: \(tooDeep)"),
        Document("100k open mappings", String(repeating: "{", count: 100_000), "1:65: \(tooDeep)"),
        Document("open lists on lines", filled("[\n"), "65:1: \(tooDeep)"),
        Document("lists in mappings", filled("{a: ["), "1:161: \(tooDeep)"),
        Document("blocks of lists", filled("- "), "1:129: \(tooDeep)"),
        Document("blocks of keys", filled("? "), "1:129: \(tooDeep)"),
        Document("stairs", stairs, "65:65: \(tooDeep)"),
        Document("aliases", filled("*a,", after: "[", before: "]"), "1:2: error: alias"),
        Document("anchors", filled("- &a x\n"), "1:3: error: anchor"),
        Document("tags", filled("- !a x\n"), "1:3: error: tag"),
        Document("one long tag", filled("a", after: "!"), "1:1: error: tag"),
        Document("one tag of escapes", filled("%41", after: "!<a", before: "> a"), "1:1: error: tag"),
        Document("directives", filled("%TAG !a! b\n"), "1:1: error: directives"),
        Document("different directives", directives, "1:1: error: directives"),
        Document("directives behind the end", filled("%TAG !a! b\n", after: "a\n...\n"), "3:1: error: text after"),
        Document("equal keys", filled("a: 1\n"), "2:1: error: duplicate key"),
        Document("equal explicit keys", filled("? a\n"), "2:3: error: duplicate key"),
        Document("blanks", filled(" "), "1:1: error: the file holds no document"),
        Document("empty lines", filled("\n"), "1:1: error: the file holds no document"),
        Document("comments", filled("#\n"), "1:1: error: the file holds no document"),
        Document("tabs", filled("\t"), "1:1: error: found character"),
        Document("an open quote", filled("a", after: "\""), "1:1: error: found unexpected end of stream"),
        Document("colons", filled(":", before: " :"), "1:262142: error: mapping values"),
        Document("an endless key", filled("a", before: ": b"), "1:262142: error: mapping values"),
        Document("many documents", filled("---\na\n"), "3:1: error: a second document"),
        Document("NUL", filled("\0"), "1:1: error: NUL character"),
        Document("combining marks", filled("\u{301}\u{316}", after: "? a", before: "\n"), "1:3: error: more than 30"),
        Document("escaped marks", filled(#"\u0301\u0316"#, after: "? \"", before: "\"\n"), "1:3: error: more than 30"),
        Document("too long", String(repeating: "a", count: 50 * room), "1:1: error: longer than 256 kB"),
    ]

    static var stairs: String {
        (0..<700).map { String(repeating: " ", count: $0) + "a:\n" }.joined()
    }

    static var directives: String {
        (0..<14_000).map { "%TAG !a\($0)! b\n" }.joined()
    }

    @Test("It is refused within the bound", arguments: documents)
    func refused(document: Document) {
        var told = ""
        let time = processorTime { told = problems { _ = try parse(document.yaml) } }
        #expect(told.hasPrefix(document.told), "\(told.prefix(200))")
        #expect(told.utf8.count < 40_000)
        #expect(time < Self.bound)
    }

    @Test("Bytes of every value, and invalid UTF-8, are refused within the bound")
    func binary() {
        let everything = (0..<Self.room).map { UInt8(truncatingIfNeeded: $0 &* 167 &+ 13) }
        let late = Array(String(repeating: "é", count: Self.room / 2 - 1).utf8) + [0xC3]
        var told: [String] = []
        let time = processorTime {
            told = [everything, late].map { bytes in problems { _ = try MarkedYAML.parse(bytes, file: "f") } }
        }
        #expect(told[0].hasPrefix("f:2:1: error: not valid UTF-8"), "\(told[0])")
        #expect(told[1].hasPrefix("f:1:131072: error: not valid UTF-8"), "\(told[1])")
        #expect(time < Self.bound)
    }

    @Test("A bomb of aliases is refused at its first anchor, and nothing is expanded")
    func aliasBomb() throws {
        var yaml = "a0: &a0 [x, x, x, x, x, x, x, x, x]\n"
        for level in 1..<20 {
            yaml +=
                "a\(level): &a\(level) [" + Array(repeating: "*a\(level - 1)", count: 9).joined(separator: ", ") + "]\n"
        }
        var error: DiagnosticsError?
        let time = processorTime {
            error = #expect(throws: DiagnosticsError.self) { _ = try parse(yaml) }
        }
        let diagnostics = try #require(error).diagnostics
        #expect(diagnostics.first?.message == #"anchor "&a0": anchors are not allowed"#)
        #expect(diagnostics.count == Diagnostics.limit)
        #expect(try #require(error).description.hasSuffix("\n… and at least 1 more"))
        #expect(time < Self.bound)
    }

    @Test("The longest legal documents are read in linear time")
    func legal() throws {
        let documents = [
            Self.filled("a,", after: "[", before: "]"), Self.filled("[],", after: "[", before: "]"),
            (0..<20_000).map { "k\($0): v\n" }.joined(), Self.filled(" a\n", after: "|\n"),
            Self.filled("é ", after: "\"", before: "\""),
        ]
        let time = processorTime {
            for yaml in documents { #expect(problems { _ = try parse(yaml) } == "") }
        }
        #expect(time < Self.bound * 5)
    }

    @Test("A file with a mistake in every value is read within the bound, and told in a bounded text")
    func mistakesEverywhere() throws {
        let numbers = try parse(Self.filled("a,", after: "[", before: "]"))
        let words = try parse(Self.filled("notise,", after: "[", before: "]"))
        let keys = try parse((0..<14_000).map { "countdow\($0): v\n" }.joined())
        let variables = try parse(Self.filled("'${A',", after: "[", before: "]"))
        var told: [String] = []
        let time = processorTime {
            told = [
                problems { _ = try numbers.read(.list(of: .int)) },
                problems { _ = try words.read(.list(of: .choice(of: ["notice", "warning"]))) },
                problems { _ = try keys.read(.mapping { $0.required("countdowns", .string) }) },
                problems { _ = try keys.read(.map(of: .bool)) },
                problems { _ = try variables.substituting([:]) },
            ]
        }
        for text in told {
            #expect(text.hasPrefix("f.yaml:1:"))
            #expect(text.contains("… and at least "), "\(text.suffix(200))")
            #expect(text.utf8.count < 40_000)
        }
        #expect(time < Self.bound * 5)
    }

    @Test("Variables can't make a short file into a huge tree")
    func amplification() {
        let yaml = Self.filled("'${A}',", after: "[", before: "]")
        var told = ""
        let time = processorTime {
            told = problems {
                _ = try parse(yaml).substituting(["A": String(repeating: "x", count: 100_000)])
            }
        }
        #expect(told.hasPrefix("f.yaml:1:17: error: the values of variables exceed 256 kB"), "\(told.prefix(200))")
        #expect(time < Self.bound * 5)
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
