/// Why the stand-in can't run.
public struct SandboxError: Error, Hashable, Sendable, CustomStringConvertible {
    /// What is wrong, where, and what to do, in whole sentences.
    public let message: String

    init(_ message: String) { self.message = message }

    /// The message.
    public var description: String { message }

    static func cannotListen(on address: ListenAddress, tls: TLSFiles?, because error: any Error) -> SandboxError {
        let tlsHint = tls.map { ", and that \($0.key) is the key of the certificate \($0.certificate)" } ?? ""
        return SandboxError(
            "The stand-in vendor can't listen on \(address): \(error). Check that the address is one of this "
                + "machine's and that nothing else listens there (port 0 takes a free one)\(tlsHint).")
    }
}
