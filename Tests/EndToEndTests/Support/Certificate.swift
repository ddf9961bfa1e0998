import Foundation
import Testing

/// A certificate of its own authority for 127.0.0.1, made by the `openssl` command.
struct Certificate: Sendable {
    let file: String
    let key: String
    /// What pins its key, as profiles write it.
    let pin: String

    static func make(in estate: Estate) async throws -> Certificate {
        let file = estate.folder + "/certificate.pem"
        let key = estate.folder + "/key.pem"
        let der = estate.folder + "/public.der"
        func openssl(_ arguments: [String]) async throws {
            let ended = try await Child(
                #require(Program.found("openssl")), arguments, environment: ["PATH": "/usr/bin:/bin"],
                folder: estate.folder, limit: .seconds(30)
            ).finished()
            try #require(ended.code == 0, "\(ended)")
        }
        try await openssl([
            "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes", "-days", "2",
            "-subj", "/CN=stand-in", "-addext", "subjectAltName=IP:127.0.0.1", "-keyout", key, "-out", file,
        ])
        try await openssl(["pkey", "-in", key, "-pubout", "-outform", "DER", "-out", der])
        let hash = Hex.bytes(Hex.sha256(Array(try Data(contentsOf: URL(fileURLWithPath: der))))) ?? []
        return Certificate(file: file, key: key, pin: "sha256//" + Data(hash).base64EncodedString())
    }
}
