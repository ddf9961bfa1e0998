import Foundation
import Glibc

/// Where the program and what it ships with lie.
enum Program {
    /// The program that is tested: built beside the tests, or named by `GATEHOUSE_TEST_PROGRAM`.
    static let path: String = {
        if let named = ProcessInfo.processInfo.environment["GATEHOUSE_TEST_PROGRAM"] { return named }
        let tests = (try? FileManager.default.destinationOfSymbolicLink(atPath: "/proc/self/exe")) ?? ""
        return URL(fileURLWithPath: tests).deletingLastPathComponent().path + "/gatehouse"
    }()

    /// The folder that everything is built from.
    static let home = URL(fileURLWithPath: #filePath)
        .deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()
        .deletingLastPathComponent().path

    /// The shipped profiles.
    static let profiles = home + "/profiles"
    /// The shipped examples.
    static let examples = home + "/examples"

    /// A command on `PATH`; nil where there is none.
    static func found(_ command: String) -> String? {
        let folders = (ProcessInfo.processInfo.environment["PATH"] ?? "").split(separator: ":")
        return folders.map { "\($0)/\(command)" }.first { access($0, X_OK) == 0 }
    }
}
