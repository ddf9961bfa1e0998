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
        let ended = try await Tool.run(["openssl"] + arguments, input: input, in: folder)
        guard ended.code == 0 else { throw Failure(description: ended.errors) }
        return ended.output
    }
}
