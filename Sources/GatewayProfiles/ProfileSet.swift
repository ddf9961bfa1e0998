import Foundation
public import MarkedText
import MarkedYAML

/// The profiles of a folder. One broken file does not take the others away.
public struct ProfileSet: Sendable {
    /// The profiles that can be used, by name.
    public private(set) var profiles: [String: Profile] = [:]
    /// What is wrong with the others, by file.
    public private(set) var problems: [DiagnosticsError] = []
    /// The folders they were looked for in.
    public let folders: [String]

    /// Reads every `*.yaml` of the folders, in order; a name that comes twice is a problem of the later file.
    public init(folders: [String], reader: ProfileReader) {
        self.folders = folders
        for folder in folders {
            for path in Self.files(in: folder) {
                do throws(DiagnosticsError) {
                    let profile = try reader.read(path: path)
                    if let first = profiles[profile.name] {
                        throw DiagnosticsError([
                            Diagnostic(
                                .error, at: profile.nameMark,
                                "the profile \"\(profile.name)\" stands in \(first.file) already",
                                help: "give one of them another name")
                        ])
                    }
                    profiles[profile.name] = profile
                } catch {
                    problems.append(error)
                }
            }
        }
    }

    /// What is wrong with the file that would hold a profile; nil where there is no such file, or nothing wrong.
    public func problem(ofProfile name: String) -> String? {
        problems.first { $0.diagnostics.first?.file.hasSuffix("/\(name).yaml") == true }?.description
    }

    /// The profile files of a folder, by name; none where the folder is missing.
    public static func files(in folder: String) -> [String] {
        let names = (try? FileManager.default.contentsOfDirectory(atPath: folder)) ?? []
        return names.filter { $0.hasSuffix(".yaml") && !$0.hasPrefix(".") }.sorted().map { folder + "/" + $0 }
    }
}
