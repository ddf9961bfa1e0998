import Foundation

/// A command of the machine's.
struct Tool: Sendable {
    let code: Int32
    let output: [UInt8]
    let errors: String

    /// Where a command is; nil where the machine has none of that name.
    static func found(_ name: String) -> String? {
        (ProcessInfo.processInfo.environment["PATH"] ?? "").split(separator: ":").map { "\($0)/\(name)" }
            .first { FileManager.default.isExecutableFile(atPath: $0) }
    }

    /// Runs a command to its end.
    static func run(_ words: [String], input: [UInt8] = [], in folder: Folder) async throws -> Tool {
        let name = "\(folder.path)/\(UUID().uuidString)"
        let paths = ["in", "out", "err"].map { URL(fileURLWithPath: "\(name).\($0)") }
        for (path, bytes) in zip(paths, [input, [], []]) { try Data(bytes).write(to: path) }
        let process = Process()
        process.executableURL = URL(fileURLWithPath: "/usr/bin/env")
        process.arguments = words
        process.standardInput = try FileHandle(forReadingFrom: paths[0])
        process.standardOutput = try FileHandle(forWritingTo: paths[1])
        process.standardError = try FileHandle(forWritingTo: paths[2])
        try await withCheckedThrowingContinuation { (continuation: CheckedContinuation<Void, any Error>) in
            process.terminationHandler = { _ in continuation.resume() }
            do { try process.run() } catch { continuation.resume(throwing: error) }
        }
        return Tool(
            code: process.terminationStatus, output: Array(try Data(contentsOf: paths[1])),
            errors: String(decoding: try Data(contentsOf: paths[2]), as: UTF8.self))
    }
}
