import Foundation
import MarkedText
import MarkedYAML
import Testing

@Suite("A file is read with a bound")
struct FileTests {
    /// Runs with a fresh folder that is gone afterwards.
    private func withFolder(_ body: (URL) throws -> Void) throws {
        let folder = FileManager.default.temporaryDirectory.appending(path: "marked-yaml-\(UUID())")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        defer { #expect(throws: Never.self) { try FileManager.default.removeItem(at: folder) } }
        try body(folder)
    }

    @Test("Its name in diagnostics is the path, or the one given")
    func names() throws {
        try withFolder { folder in
            let path = folder.appending(path: "a.yaml").path
            try Data("a: [".utf8).write(to: URL(filePath: path))
            #expect(problems { _ = try MarkedYAML.parse(path: path) }.hasPrefix("\(path):2:1: error: did not find"))
            #expect(problems { _ = try MarkedYAML.parse(path: path, named: "n") }.hasPrefix("n:2:1: error: did not"))
            try Data("a: 1".utf8).write(to: URL(filePath: path))
            #expect(try text(MarkedYAML.parse(path: path), "a") == "1")
        }
    }

    @Test("What can't be read as a file is refused, and a pipe is not waited for")
    func unreadable() throws {
        try withFolder { folder in
            let missing = folder.appending(path: "missing.yaml").path
            #expect(
                problems { _ = try MarkedYAML.parse(path: missing, named: "m") } == """
                    m:1:1: error: can't be read: No such file or directory
                        help: check the path
                    """)
            let notRegular =
                "x:1:1: error: is not a regular file\n    help: name a YAML file, not a folder, pipe or device"
            #expect(problems { _ = try MarkedYAML.parse(path: folder.path, named: "x") } == notRegular)
            #expect(problems { _ = try MarkedYAML.parse(path: "/dev/zero", named: "x") } == notRegular)
            let pipe = folder.appending(path: "pipe").path
            #expect(mkfifo(pipe, 0o600) == 0)
            #expect(problems { _ = try MarkedYAML.parse(path: pipe, named: "x") } == notRegular)
            let told = problems { _ = try MarkedYAML.parse(path: missing + "\0.yaml", named: "x") }
            #expect(told == "x:1:1: error: can't be read: the path holds a NUL character")
        }
    }

    @Test("A file of the longest length is read, and a longer one refused however long it is")
    func length() throws {
        try withFolder { folder in
            let path = folder.appending(path: "long.yaml").path
            let limit = MarkedYAML.byteLimit
            try Data(("a: 1 #" + String(repeating: "x", count: limit - 6)).utf8).write(to: URL(filePath: path))
            #expect(try text(MarkedYAML.parse(path: path), "a") == "1")
            // Sparse: it takes no room, and reading it whole would take minutes and the memory.
            #expect(truncate(path, 1 << 40) == 0)
            let time = ContinuousClock().measure {
                let told = problems { _ = try MarkedYAML.parse(path: path, named: "x") }
                #expect(told.hasPrefix("x:1:1: error: longer than 256 kB"))
            }
            #expect(time < HostileTests.bound)
        }
    }
}
