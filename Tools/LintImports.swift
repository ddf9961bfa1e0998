// Compares every import in the sources with what Package.swift declares, both ways: the compiler lets a module
// through that only a dependency's dependency brings, and says nothing of a dependency that nobody uses.
//
//     swift package dump-package > DUMP && lint-imports DUMP      in the package's folder
//     lint-imports --self-test
//
// Prints FILE:LINE:COLUMN: error: … for each finding, and ends with 1 where there is one. A product is taken to
// hold one module of its own name, which is so for all that this package depends on.

import Foundation

@main
enum LintImports {
    static func main() {
        let arguments = Array(CommandLine.arguments.dropFirst())
        do {
            switch arguments {
            case ["--self-test"]:
                try SelfTest.run()
            case let list where list.count == 1:
                let manifest = try Manifest(json: Data(contentsOf: URL(filePath: list[0])))
                let findings = try Lint(manifest: manifest, tree: Tree(of: manifest)).findings()
                for finding in findings { tell(finding.description) }
                if !findings.isEmpty { exit(1) }
            default:
                tell("usage: lint-imports DUMP | --self-test")
                exit(2)
            }
        } catch {
            tell("lint-imports: error: \(error)")
            exit(1)
        }
    }

    static func tell(_ line: String) { FileHandle.standardError.write(Data((line + "\n").utf8)) }
}

/// Something wrong, and where.
struct Finding: Equatable, CustomStringConvertible {
    var file: String
    var line: Int
    var column: Int
    var message: String

    var description: String { "\(file):\(line):\(column): error: \(message)" }
}

/// What `swift package dump-package` says, as far as it matters here.
struct Manifest: Decodable {
    var targets: [Target]

    init(json: Data) throws { self = try JSONDecoder().decode(Manifest.self, from: json) }

    struct Target: Decodable {
        var name: String
        var type: String
        var path: String?
        var exclude: [String]
        var dependencies: [Dependency]

        var holdsSwift: Bool { type != "system" && type != "binary" }
    }

    /// A target of this package or a product of another: `{"byName": [NAME, …]}` and the like.
    struct Dependency: Decodable {
        var name: String

        init(from decoder: any Decoder) throws {
            let fields = try decoder.container(keyedBy: Kind.self)
            guard let kind = fields.allKeys.first else {
                throw DecodingError.dataCorrupted(
                    .init(codingPath: decoder.codingPath, debugDescription: "a kind of dependency that is new here"))
            }
            var values = try fields.nestedUnkeyedContainer(forKey: kind)
            name = try values.decode(String.self)
        }

        private enum Kind: String, CodingKey { case byName, target, product }
    }

    /// The module that the compiler makes of a target's or product's name.
    static func module(_ name: String) -> String {
        String(name.map { $0.isLetter || $0.isNumber || $0 == "_" ? $0 : "_" })
    }
}

/// The package's files, by their paths from its folder.
struct Tree {
    /// The text of Package.swift.
    var manifest: String
    /// Every Swift file in the folders that hold targets.
    var files: [String: String]
}

extension Tree {
    init(of package: Manifest) throws {
        self.init(manifest: try String(contentsOfFile: "Package.swift", encoding: .utf8), files: [:])
        for folder in Set(["Sources", "Plugins", "Tests"] + package.targets.compactMap(\.path)) {
            for case let name as String in FileManager.default.enumerator(atPath: folder) ?? .init()
            where name.hasSuffix(".swift") {
                files["\(folder)/\(name)"] = try String(contentsOfFile: "\(folder)/\(name)", encoding: .utf8)
            }
        }
    }
}

/// The comparison.
struct Lint {
    var manifest: Manifest
    var tree: Tree

    /// What the toolchain and the system bring, which no manifest declares.
    static let toolchain: Set<String> = [
        "Android", "Darwin", "Dispatch", "Distributed", "Foundation", "FoundationEssentials",
        "FoundationInternationalization", "FoundationNetworking", "FoundationXML", "Glibc", "Musl", "Observation",
        "PackageDescription", "PackagePlugin", "RegexBuilder", "Swift", "Synchronization", "Testing", "XCTest",
    ]

    func findings() -> [Finding] {
        var findings: [Finding] = []
        var claimed: Set<String> = []
        for target in manifest.targets where target.holdsSwift {
            let files = paths(of: target)
            claimed.formUnion(files.all)
            findings += check(target, files.built)
        }
        findings += unclaimed(claimed)
        return findings.sorted { ($0.file, $0.line, $0.column, $0.message) < ($1.file, $1.line, $1.column, $1.message) }
    }

    /// The target's files: all in its folder, and those that are built.
    private func paths(of target: Manifest.Target) -> (all: [String], built: [String]) {
        let home = target.type == "test" ? "Tests" : target.type == "plugin" ? "Plugins" : "Sources"
        let folder = target.path ?? "\(home)/\(target.name)"
        let all = tree.files.keys.filter { $0.hasPrefix(folder + "/") }.sorted()
        let excluded = target.exclude.map { "\(folder)/\($0)" }
        return (all, all.filter { path in !excluded.contains { path == $0 || path.hasPrefix($0 + "/") } })
    }

    private func check(_ target: Manifest.Target, _ paths: [String]) -> [Finding] {
        var findings: [Finding] = []
        var imported: Set<String> = []
        let declared = Set(target.dependencies.map { Manifest.module($0.name) })
        for path in paths {
            for found in Import.all(in: tree.files[path] ?? "") {
                imported.insert(found.module)
                guard !declared.contains(found.module), !Self.toolchain.contains(found.module) else { continue }
                findings.append(
                    Finding(
                        file: path, line: found.line, column: found.column,
                        message: "\(target.name) imports \(found.module), which Package.swift does not declare for it: "
                            + "add it to the target's dependencies, or do without it"))
            }
        }
        // A test may run a program instead of importing it.
        let run = target.type == "test" ? manifest.targets.filter { $0.type == "executable" }.map(\.name) : []
        for dependency in target.dependencies
        where !imported.contains(Manifest.module(dependency.name)) && !run.contains(dependency.name) {
            let place = place(of: dependency.name, in: target.name)
            findings.append(
                Finding(
                    file: "Package.swift", line: place.line, column: place.column,
                    message: "no file of \(target.name) imports \(dependency.name): remove the dependency"))
        }
        return findings
    }

    /// Files that no target holds are neither built nor tested, and nothing else says so: one finding a folder.
    private func unclaimed(_ claimed: Set<String>) -> [Finding] {
        var folders: Set<Substring> = []
        return tree.files.keys.filter { !claimed.contains($0) }.sorted().compactMap { path in
            let folder = path.split(separator: "/").prefix(2).joined(separator: "/")[...]
            guard folders.insert(folder).inserted else { return nil }
            return Finding(
                file: path, line: 1, column: 1,
                message: "no target of Package.swift holds \(folder), so nothing builds or tests it: declare one")
        }
    }

    /// Where a target names a dependency in Package.swift; the beginning of the file where that is not found.
    private func place(of dependency: String, in target: String) -> (line: Int, column: Int) {
        let text = tree.manifest
        let start = #/arget\(\s*name:\s*"([^"]*)"/#
        guard let head = text.matches(of: start).first(where: { $0.1 == target }),
            let name = text[head.range.upperBound...].range(of: "\"\(dependency)\"")
        else { return (1, 1) }
        let before = text[..<name.lowerBound]
        let line = before.utf8.count { $0 == UInt8(ascii: "\n") } + 1
        let column = before.utf8.reversed().prefix { $0 != UInt8(ascii: "\n") }.count + 1
        return (line, column)
    }
}

/// An import of a source file: the module, and where its name stands, in lines and bytes from 1.
struct Import: Equatable {
    var module: String
    var line: Int
    var column: Int

    /// Every import of a source file, those of `#if` branches that this machine does not take included.
    static func all(in source: String) -> [Import] {
        guard source.contains("import") else { return [] }
        let declaration =
            #/\s*(?:(?:@\w+(?:\([^()]*\))?|public|package|internal|fileprivate|private)\s+)*import\s+(?:(?:typealias|struct|class|enum|protocol|let|var|func)\s+)?`?(\w+)/#
        var imports: [Import] = []
        let lines = PlainCode.text(of: source).split(separator: "\n", omittingEmptySubsequences: false)
        for (number, line) in lines.enumerated() where line.contains("import") {
            for statement in line.split(separator: ";") {
                guard let match = statement.prefixMatch(of: declaration) else { continue }
                let column = line.utf8.distance(from: line.startIndex, to: match.1.startIndex) + 1
                imports.append(Import(module: String(match.1), line: number + 1, column: column))
            }
        }
        return imports
    }
}

/// Swift source with spaces in the place of comments and strings, every line and column as it was.
struct PlainCode {
    private let bytes: [UInt8]
    private var plain: [UInt8]
    private var index = 0
    private var modes: [Mode] = [.code(depth: 0)]

    private enum Mode {
        /// Code; below the outermost one it stands in a string's interpolation, until its parenthesis closes.
        case code(depth: Int)
        case string(hashes: Int, multiline: Bool)
    }

    static func text(of source: String) -> String {
        var code = PlainCode(source)
        while code.index < code.bytes.count {
            switch code.modes.last {
            case .string(let hashes, let multiline): code.stepInString(hashes, multiline)
            case .code(let depth): code.stepInCode(depth)
            case nil: code.modes = [.code(depth: 0)]
            }
        }
        return String(decoding: code.plain, as: UTF8.self)
    }

    private init(_ source: String) {
        bytes = Array(source.utf8)
        plain = bytes
    }

    private mutating func stepInCode(_ depth: Int) {
        guard modes.count > 1 || "/\"#()".utf8.contains(bytes[index]) else { return index += 1 }
        if starts("//") { return blank(bytes[index...].prefix { $0 != UInt8(ascii: "\n") }.count) }
        if starts("/*") { return blankComment() }
        let hashes = bytes[index...].prefix { $0 == UInt8(ascii: "#") }.count
        if starts("\"", at: hashes) {
            let multiline = starts("\"\"\"", at: hashes) && !closesOnItsLine(hashes)
            modes.append(.string(hashes: hashes, multiline: multiline))
            return blank(hashes + (multiline ? 3 : 1))
        }
        if starts("(") { modes[modes.count - 1] = .code(depth: depth + 1) }
        if starts(")") {
            if depth == 0, modes.count > 1 {
                modes.removeLast()
            } else {
                modes[modes.count - 1] = .code(depth: depth - 1)
            }
        }
        if modes.count > 1 { return blank(1) }
        index += max(1, hashes)
    }

    private mutating func stepInString(_ hashes: Int, _ multiline: Bool) {
        let marks = String(repeating: "#", count: hashes)
        if starts("\\\(marks)(") {
            modes.append(.code(depth: 0))
            blank(hashes + 2)
        } else if starts("\\\(marks)") {
            blank(hashes + 2)
        } else if starts((multiline ? "\"\"\"" : "\"") + marks) {
            modes.removeLast()
            blank((multiline ? 3 : 1) + hashes)
        } else {
            // No string of one line goes on: what looked like one was part of a regular expression.
            if !multiline, starts("\n") { modes.removeLast() }
            blank(1)
        }
    }

    /// `#"""#` is a string of one line that holds a quote.
    private func closesOnItsLine(_ hashes: Int) -> Bool {
        guard hashes > 0 else { return false }
        let line = bytes[(index + hashes + 1)...].prefix { $0 != UInt8(ascii: "\n") }
        return String(decoding: line, as: UTF8.self).contains("\"" + String(repeating: "#", count: hashes))
    }

    private mutating func blankComment() {
        var depth = 0
        repeat {
            if starts("/*") {
                depth += 1
                blank(2)
            } else if starts("*/") {
                depth -= 1
                blank(2)
            } else {
                blank(1)
            }
        } while depth > 0 && index < bytes.count
    }

    private func starts(_ text: String, at offset: Int = 0) -> Bool {
        bytes[min(index + offset, bytes.count)...].starts(with: text.utf8)
    }

    private mutating func blank(_ count: Int) {
        let end = min(index + count, bytes.count)
        for place in index..<end where bytes[place] != UInt8(ascii: "\n") { plain[place] = UInt8(ascii: " ") }
        index = end
    }
}

/// The cases that keep this tool from going blind: run before every lint.
enum SelfTest {
    struct Failure: Error, CustomStringConvertible {
        var description: String
    }

    static func run() throws {
        for (source, expected) in imports {
            let found = Import.all(in: source).map { "\($0.module) \($0.line):\($0.column)" }
            try expect(found, expected, "the imports of:\n\(source)\n")
        }
        let package = try Manifest(json: Data(dump.utf8))
        var tree = Tree(manifest: manifest, files: files)
        try expect(Lint(manifest: package, tree: tree).findings().map(\.description), findings, "")
        tree.files["Sources/App/main.swift"] = "import Kit\nimport Web\n"
        tree.files["Sources/Lost/lost.swift"] = nil
        try expect(Lint(manifest: package, tree: tree).findings().map(\.description), [], "")
    }

    private static func expect(_ found: [String], _ expected: [String], _ what: String) throws {
        guard found != expected else { return }
        throw Failure(description: "self-test: \(what)found \(found)\nexpected \(expected)")
    }

    private static let imports: [(String, [String])] = [
        ("import Foundation", ["Foundation 1:8"]),
        ("public import Kit\ninternal import Web\nprivate import A", ["Kit 1:15", "Web 2:17", "A 3:16"]),
        ("@testable import Kit\n@preconcurrency public import Web", ["Kit 1:18", "Web 2:31"]),
        ("@_spi(Some) import Kit\n@preconcurrency\nimport Web", ["Kit 1:20", "Web 3:8"]),
        ("import struct Foundation.Data\nimport func Glibc.open", ["Foundation 1:15", "Glibc 2:13"]),
        ("#if canImport(Glibc)\n    import Glibc\n#else\n\timport Darwin\n#endif", ["Glibc 2:12", "Darwin 4:9"]),
        ("import A; import B // import C", ["A 1:8", "B 1:18"]),
        ("// import A\n/* import B\n/* import C */\nimport D */ import E\n/// import F", ["E 4:20"]),
        ("let a = \"\"\"\n    import A\n    \"\"\"\nimport B", ["B 4:8"]),
        ("let a = #\"\"\"\nimport A \"\"\"\n\"\"\"#\nlet b = #\"\"\"#\nimport B", ["B 5:8"]),
        ("let a = \"\\(f(\"x\", (1)))\n\"\nimport A", ["A 3:8"]),
        ("let a = \"\\(b ? \"/*\" : \"\\\"\")\"\nimport A", ["A 2:8"]),
        ("let a = /\"/\nimport A\nlet b = \"// \\\\\"\nimport B", ["A 2:8", "B 4:8"]),
        ("reimport Kit\nlet important = 1\nx.import (y)\nimportant Kit\n`import` Kit", []),
    ]

    private static let dump = """
        {"targets": [
          {"name": "CWeb", "type": "system", "exclude": [], "dependencies": []},
          {"name": "Kit", "type": "regular", "exclude": ["old"], "dependencies": [{"byName": ["CWeb", null]}]},
          {"name": "some-plugin", "type": "regular", "path": "Plugins/Some", "exclude": [],
           "dependencies": [{"target": ["Kit", null]}]},
          {"name": "App", "type": "executable", "exclude": [],
           "dependencies": [{"byName": ["Kit", null]}, {"product": ["Web", "web", null, null]}]},
          {"name": "AppTests", "type": "test", "exclude": [],
           "dependencies": [{"byName": ["App", null]}, {"byName": ["some-plugin", null]}]}
        ]}
        """

    private static let manifest = """
        products: [.library(name: "Kit", targets: ["Kit", "Web"])],
        targets: [
            .executableTarget(
                name: "App",
                dependencies: ["Kit", .product(name: "Web", package: "web")]),
        ]
        """

    private static let files = [
        "Sources/Kit/kit.swift": "import CWeb\nimport Foundation\n",
        "Sources/Kit/old/old.swift": "import Gone\n",
        "Plugins/Some/some.swift": "public import Kit\n",
        "Sources/App/main.swift": "import Kit\n\n  import CWeb\n",
        "Sources/Lost/lost.swift": "",
        "Tests/AppTests/app.swift": "import Testing\n@testable import some_plugin\n",
    ]

    private static let findings = [
        "Package.swift:5:46: error: no file of App imports Web: remove the dependency",
        "Sources/App/main.swift:3:10: error: App imports CWeb, which Package.swift does not declare for it: "
            + "add it to the target's dependencies, or do without it",
        "Sources/Lost/lost.swift:1:1: error: no target of Package.swift holds Sources/Lost, so nothing builds or "
            + "tests it: declare one",
    ]
}
