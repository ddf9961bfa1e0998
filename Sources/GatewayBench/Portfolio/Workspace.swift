import Foundation

/// The folder that a run works in, and the programs and profiles that it uses.
struct Workspace {
    /// The folder, removed at the end.
    let folder: String
    /// This program.
    let bench: String
    /// The program that is measured.
    let gatehouse: String
    /// The folder of the profiles.
    let profiles: String

    /// Makes the folder, unless told otherwise beside this program: a folder for temporary files is often in memory,
    /// where a flush costs nothing.
    init(folder: String?, gatehouse: String?, profiles: String) throws {
        let manager = FileManager.default
        bench = try manager.destinationOfSymbolicLink(atPath: "/proc/self/exe")
        let beside = URL(fileURLWithPath: bench).deletingLastPathComponent().path
        self.gatehouse = try Self.existing(
            gatehouse ?? beside + "/gatehouse", "build it for release first, or name it with --gatehouse FILE")
        self.profiles = try Self.existing(
            profiles, "run this from the repository's root, or name the folder with --profiles DIR")
        self.folder = Self.absolute(folder ?? beside) + "/bench-work-\(getpid())"
        try manager.createDirectory(atPath: self.folder, withIntermediateDirectories: true)
    }

    /// Removes the folder with all that is in it.
    func remove() { try? FileManager.default.removeItem(atPath: folder) }

    /// A path in the folder.
    func path(_ name: String) -> String { folder + "/" + name }

    /// Runs a role of this program in a process of its own.
    func role(_ arguments: String...) throws -> RoleReport {
        let output = try Child.run(bench, arguments, output: .kept).output
        guard let report = try? JSONDecoder().decode(RoleReport.self, from: Data(output)) else {
            throw BenchError(
                "The role \(arguments[0]) printed what is no report: \(String(decoding: output, as: UTF8.self))")
        }
        return report
    }

    private static func existing(_ path: String, _ advice: String) throws -> String {
        let path = absolute(path)
        guard FileManager.default.fileExists(atPath: path) else {
            throw BenchError("\(path) is not there: \(advice).")
        }
        return path
    }

    private static func absolute(_ path: String) -> String {
        path.hasPrefix("/") ? path : FileManager.default.currentDirectoryPath + "/" + path
    }
}
