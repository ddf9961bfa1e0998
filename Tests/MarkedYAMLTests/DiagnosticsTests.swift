import MarkedText
import MarkedYAML
import Testing

@Suite("Problems are collected and told")
struct DiagnosticsTests {
    private func mark(_ file: String, _ line: Int, _ column: Int) -> Mark {
        Mark(file: file, start: .init(line: line, column: column))
    }

    @Test("A problem is told as editors and scripts expect it")
    func format() {
        let plain = Diagnostic(.error, at: mark("p/x.yaml", 3, 14), "wrong")
        #expect(plain.description == "p/x.yaml:3:14: error: wrong")
        let helped = Diagnostic(.warning, at: mark("x", 1, 1), "odd", help: "do this")
        #expect(helped.description == "x:1:1: warning: odd\n    help: do this")
    }

    @Test("Problems are put in the order of their places, file by file as they came")
    func order() {
        let error = DiagnosticsError([
            Diagnostic(.error, at: mark("b", 2, 1), "1"), Diagnostic(.error, at: mark("a", 9, 9), "2"),
            Diagnostic(.error, at: mark("b", 1, 10), "3"), Diagnostic(.error, at: mark("b", 1, 9), "4"),
            Diagnostic(.error, at: mark("b", 1, 9), "5"),
        ])
        #expect(error.diagnostics.map(\.message) == ["4", "5", "3", "1", "2"])
    }

    @Test("Beyond the limit problems are counted, and an error among them still counts as one")
    func limit() {
        var diagnostics = Diagnostics()
        for line in 1...Diagnostics.limit { diagnostics.warning("odd", at: mark("x", line, 1)) }
        #expect(throws: Never.self) { try diagnostics.throwIfErrors() }
        diagnostics.error("wrong", at: mark("x", 1, 1))
        diagnostics.warning("odd", at: mark("x", 1, 1))
        #expect(diagnostics.all.count == Diagnostics.limit)
        #expect(diagnostics.omitted == 2)
        let error = #expect(throws: DiagnosticsError.self) { try diagnostics.throwIfErrors() }
        #expect(error?.omitted == 2)
        #expect(error?.description.hasSuffix("x:100:1: warning: odd\n… and at least 2 more") ?? false)
    }

    @Test("The problems of several files are told together")
    func together() throws {
        var diagnostics = Diagnostics()
        for (file, text) in [("b", "x: ["), ("a", "y: 1\ny: 2")] {
            do { _ = try parse(text, file: file) } catch { diagnostics.append(contentsOf: error) }
        }
        diagnostics.append(contentsOf: DiagnosticsError([], omitted: 3))
        let error = try #require(throws: DiagnosticsError.self) { try diagnostics.throwIfErrors() }
        #expect(error.diagnostics.map { "\($0.file):\($0.mark.start)" } == ["b:2:1", "a:2:1"])
        #expect(error.omitted == 3)
    }

    @Test("A text from a file can't steer the terminal that shows it, nor fill it")
    func quoting() throws {
        let escaped = problems { _ = try parse(#""\e[31m\u202Ered\n\uE000""#).read(.int) }
        #expect(escaped.contains(#"found "\u{1B}[31m\u{202E}red\n\u{E000}""#))
        let long = problems { _ = try parse(String(repeating: "x", count: 10_000)).read(.int) }
        #expect(long.contains("found \"" + String(repeating: "x", count: 60) + "…\""))
        #expect(problems { _ = try parse("\"\\e[31m\": 1").read(.mapping { _ in 1 }) }.contains(#"key "\u{1B}[31m""#))
    }
}
