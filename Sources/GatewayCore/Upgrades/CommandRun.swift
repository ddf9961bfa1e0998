import AdapterKit
import Subprocess
import SystemPackage

/// Runs a command that a profile names: a list of arguments that no shell reads, for a limited time, its output kept.
struct CommandRun: Sendable {
    let words: [String]
    /// In seconds.
    let limit: Int

    /// The most of its output that is taken, in bytes.
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
            return try await withThrowingTaskGroup(of: Result?.self) { group in
                group.addTask { try await attempt(name) }
                group.addTask {
                    try await Task.sleep(for: .seconds(limit))
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

    private func attempt(_ name: String) async throws -> Result {
        var options = PlatformOptions()
        // A group of its own, so that what it starts ends with it.
        options.processGroupID = 0
        options.teardownSequence = [.gracefulShutDown(toProcessGroup: true, allowedDurationToNextStep: .seconds(2))]
        let ended = try await Subprocess.run(
            .path(FilePath(words[0])), arguments: Arguments(Array(words.dropFirst())), platformOptions: options,
            input: .none, output: .string(limit: Self.mostOutput), error: .combinedWithOutput)
        let output = ended.standardOutput.trimmingSpace()
        let kept = output.count > Self.keptOutput ? "…" + output.suffix(Self.keptOutput) : output
        switch ended.terminationStatus {
        case .exited(0): return Result(succeeded: true, ended: "`\(name)` ended well", output: kept)
        case .exited(let code): return Result(succeeded: false, ended: "`\(name)` ended with \(code)", output: kept)
        default: return Result(succeeded: false, ended: "`\(name)` was ended by a signal", output: kept)
        }
    }
}
