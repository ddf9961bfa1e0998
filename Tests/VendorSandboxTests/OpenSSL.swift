import Foundation
import VendorSandbox

/// The machine's `openssl` command.
enum OpenSSL {
    struct Failure: Error, CustomStringConvertible {
        var description: String
    }

    /// Makes a certificate for 127.0.0.1, and its key.
    static func certificate(_ files: TLSFiles, in folder: Folder) async throws {
        try await run(
            [
                "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-days", "2",
                "-subj", "/CN=stand-in", "-addext", "subjectAltName=IP:127.0.0.1", "-keyout", files.key, "-out",
                files.certificate,
            ], in: folder)
    }

    /// Runs it and gives what it wrote.
    @discardableResult
    static func run(_ arguments: [String], input: [UInt8] = [], in folder: Folder) async throws -> [UInt8] {
        let paths = ["in", "out", "err"].map { URL(fileURLWithPath: "\(folder.path)/openssl.\($0)") }
        for (path, bytes) in zip(paths, [input, [], []]) { try Data(bytes).write(to: path) }
        let process = Process()
        process.executableURL = URL(fileURLWithPath: "/usr/bin/env")
        process.arguments = ["openssl"] + arguments
        process.standardInput = try FileHandle(forReadingFrom: paths[0])
        process.standardOutput = try FileHandle(forWritingTo: paths[1])
        process.standardError = try FileHandle(forWritingTo: paths[2])
        try await withCheckedThrowingContinuation { (continuation: CheckedContinuation<Void, any Error>) in
            process.terminationHandler = { _ in continuation.resume() }
            do { try process.run() } catch { continuation.resume(throwing: error) }
        }
        guard process.terminationStatus == 0 else {
            throw Failure(description: String(decoding: try Data(contentsOf: paths[2]), as: UTF8.self))
        }
        return Array(try Data(contentsOf: paths[1]))
    }
}
