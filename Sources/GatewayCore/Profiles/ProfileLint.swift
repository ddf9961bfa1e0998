import AdapterKit
import Foundation
import GatewayProfiles
public import MarkedText

/// Checks profile files without a store.
public struct ProfileLint: Sendable {
    private let reader: ProfileReader

    /// A check against the protocols of these adapters.
    public init(registry: AdapterRegistry, environment: [String: String]) {
        reader = ProfileReader(adapters: registry.all.map(\.descriptor), environment: environment)
    }

    /// What a check found.
    public struct Report: Encodable, Sendable {
        /// How many files were checked.
        public var files: Int
        /// What is wrong, file by file.
        public var problems: [DiagnosticsError]

        /// Each problem as `FILE:LINE:COLUMN: error: …` with its line and a caret.
        public var text: String { problems.map(\.shown).joined(separator: "\n") }

        /// Writes the number of files, the problems one by one, and how many more there are.
        public func encode(to encoder: any Encoder) throws {
            var container = encoder.container(keyedBy: CodingKeys.self)
            try container.encode(files, forKey: .files)
            try container.encode(problems.flatMap(\.diagnostics), forKey: .problems)
            try container.encode(problems.reduce(0) { $0 + $1.omitted }, forKey: .omitted)
        }

        private enum CodingKeys: String, CodingKey { case files, problems, omitted }
    }

    /// Checks files, and every `*.yaml` of folders.
    ///
    /// - Parameter folders: where the profiles that they extend are looked for besides, after the files themselves
    ///   and those beside them.
    public func check(_ paths: [String], extending folders: [String]) -> Report {
        var files: [String] = []
        var report = Report(files: 0, problems: [])
        for path in paths {
            var isFolder: ObjCBool = false
            guard FileManager.default.fileExists(atPath: path, isDirectory: &isFolder) else {
                report.problems.append(Self.problem("there is no such file or folder", of: path))
                continue
            }
            let found = isFolder.boolValue ? ProfileSet.files(in: path) : [path]
            if found.isEmpty { report.problems.append(Self.problem("no *.yaml file in this folder", of: path)) }
            files += found
        }
        report.files = files.count
        var places: [String] = []
        for folder in files.map({ ($0 as NSString).deletingLastPathComponent }) + folders {
            let folder = folder.isEmpty ? "." : folder
            if !places.contains(folder) { places.append(folder) }
        }
        report.problems += ProfileSet(files: files, extending: places, reader: reader).broken.map(\.problems)
        return report
    }

    private static func problem(_ message: String, of path: String) -> DiagnosticsError {
        DiagnosticsError([Diagnostic(.error, at: Mark(file: path, start: .init(line: 1, column: 1)), message)])
    }
}

extension Gateway {
    /// What is wrong with the profiles that can't be used, file by file.
    public var profileProblems: [String] { profiles.broken.map(\.problems.shown) }
}
