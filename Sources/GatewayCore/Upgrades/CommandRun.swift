import AdapterKit
import Foundation
import Subprocess
import SystemPackage

/// Runs a command that a profile names: a list of arguments that no shell reads, for a limited time, its output kept.
struct CommandRun: Sendable {
    let words: [String]
    /// In seconds.
    let limit: Int

    /// The most of its output that is let stand while it runs, in bytes; then it begins anew.
    static let mostOutput = 64 << 20
    /// How much of it is kept, in characters.
    static let keptOutput = 2000

    /// How a command ended.
    struct Result: Hashable, Sendable {
        var succeeded: Bool
        /// How it ended, in a few words.
        var ended: String
        /// The end of what it wrote; empty where it wrote nothing.
        var output = ""

        /// How it ended, with the end of what it wrote.
        var told: String { output.isEmpty ? ended : "\(ended): \(output)" }
    }

    /// Runs it to its end. Never throws but where the task is cancelled.
    func run() async throws -> Result {
        let name = words.joined(separator: " ")
        do {
            let output = try Self.file()
            defer { try? output.close() }
            return try await withThrowingTaskGroup(of: Result?.self) { group in
                group.addTask { try await attempt(name, output) }
                group.addTask {
                    for _ in 0..<limit {
                        try await Task.sleep(for: .seconds(1))
                        if try output.seek(offset: 0, from: .end) > Self.mostOutput { try output.resize(to: 0) }
                    }
                    return nil
                }
                defer { group.cancelAll() }
                guard let first = try await group.next(), let result = first else {
                    return Result(
                        succeeded: false, ended: "`\(name)` took longer than \(limit) seconds, and was ended.")
                }
                return result
            }
        } catch is CancellationError {
            throw CancellationError()
        } catch {
            return Result(succeeded: false, ended: "`\(name)` could not be run: \(error).")
        }
    }

    /// A file for its output, which is gone when nobody has it open any more. A service that is left behind goes on
    /// writing to it; a pipe would have to be read to its end, and would end whoever writes to it then.
    private static func file() throws -> FileDescriptor {
        let path = "\(NSTemporaryDirectory())/gatehouse-command-\(UUID().uuidString)"
        let file = try FileDescriptor.open(
            path, .readWrite, options: [.create, .exclusiveCreate, .append, .closeOnExec], permissions: .ownerReadWrite)
        try? FileManager.default.removeItem(atPath: path)
        return file
    }

    /// The end of what stands in it.
    private static func kept(_ file: FileDescriptor) throws -> String {
        let size = try file.seek(offset: 0, from: .end)
        // A character has at most four bytes.
        let count = min(Int(size), keptOutput * 4)
        var bytes = [UInt8](repeating: 0, count: count)
        let read = try bytes.withUnsafeMutableBytes { try file.read(fromAbsoluteOffset: size - Int64(count), into: $0) }
        let text = String(decoding: bytes[..<read], as: UTF8.self).trimmingSpace()
        return text.count > keptOutput ? "…" + text.suffix(keptOutput) : text
    }

    private func attempt(_ name: String, _ output: FileDescriptor) async throws -> Result {
        var options = PlatformOptions()
        // A group of its own, so that what it starts ends with it.
        options.processGroupID = 0
        options.teardownSequence = [.gracefulShutDown(toProcessGroup: true, allowedDurationToNextStep: .seconds(2))]
        let ended = try await Subprocess.run(
            .path(FilePath(words[0])), arguments: Arguments(Array(words.dropFirst())), platformOptions: options,
            input: .none, output: .fileDescriptor(output, closeAfterSpawningProcess: false),
            error: .fileDescriptor(output, closeAfterSpawningProcess: false))
        let kept = try Self.kept(output)
        switch ended.terminationStatus {
        case .exited(0): return Result(succeeded: true, ended: "`\(name)` ended well", output: kept)
        case .exited(let code): return Result(succeeded: false, ended: "`\(name)` ended with \(code)", output: kept)
        default: return Result(succeeded: false, ended: "`\(name)` was ended by a signal", output: kept)
        }
    }
}
