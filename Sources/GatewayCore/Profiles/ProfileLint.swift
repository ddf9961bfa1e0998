import AdapterKit
import Foundation
import GatewayProfiles
import MarkedText

/// Checks profile files without a store.
public struct ProfileLint: Sendable {
    private let reader: ProfileReader

    /// A check against the protocols of these adapters.
    public init(registry: AdapterRegistry, environment: [String: String]) {
        reader = ProfileReader(adapters: registry.all.map(\.descriptor), environment: environment)
    }

    /// What a check found.
    public struct Report: Hashable, Sendable {
        /// How many files were checked.
        public var files: Int
        /// What is wrong, file by file, each problem as `FILE:LINE:COLUMN: error: …`.
        public var problems: [String]
    }

    /// Checks files, and every `*.yaml` of folders.
    public func check(_ paths: [String]) -> Report {
        var report = Report(files: 0, problems: [])
        for path in paths {
            var isFolder: ObjCBool = false
            guard FileManager.default.fileExists(atPath: path, isDirectory: &isFolder) else {
                report.problems.append("\(path):1:1: error: there is no such file or folder")
                continue
            }
            let files = isFolder.boolValue ? ProfileSet.files(in: path) : [path]
            if files.isEmpty { report.problems.append("\(path):1:1: error: no *.yaml file in this folder") }
            for file in files {
                report.files += 1
                do throws(DiagnosticsError) {
                    _ = try reader.read(path: file)
                } catch {
                    report.problems.append("\(error)")
                }
            }
        }
        return report
    }
}

extension Gateway {
    /// What is wrong with the profiles that can't be used, file by file.
    public var profileProblems: [String] { profiles.problems.map(\.description) }
}
