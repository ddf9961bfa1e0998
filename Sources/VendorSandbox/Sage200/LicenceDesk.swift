import AdapterKit
import VendorFormats

extension Sandbox {
    /// Answers licence request files of Sage 200 without a server, as somebody at the vendor does who gets them by mail.
    ///
    /// ``run(listen:tls:onReady:)`` with the same book and key file gives answers that the same public key proves. The
    /// book's faults are those of a server and change nothing here.
    ///
    /// - Throws: `DiagnosticsError` of MarkedText, with every place, where the book can't be used;
    ///   ``SandboxError`` where the key can't.
    public func licenceDesk() throws -> LicenceDesk {
        let time = ForwardClock(clock)
        let book = try Book(path: book, after: nil, at: time.now())
        let standIn = book.vendors[Sage200StandIn.name]?.standIn as? Sage200StandIn
        return try LicenceDesk(
            standIn: standIn ?? Sage200StandIn(), signer: Signer(keyID: Self.keyID, key: signingKey(at: keyFile)),
            keyFile: keyFile, now: time.now)
    }
}

/// Where licence request files are answered: by one version of the book, with the stand-in's key.
public struct LicenceDesk: Sendable {
    /// How many bytes a request may have.
    public static let byteLimit = EntitlementQuestion.byteLimit

    let standIn: Sage200StandIn
    let signer: Signer
    /// The path of the file with the secret signing key.
    public let keyFile: String
    let now: @Sendable () -> Instant

    /// The Ed25519 public key that the answers are checked with: 32 bytes in base64.
    public var publicKey: String { signer.publicKey }

    /// Answers a licence request file.
    ///
    /// - Parameter request: The whole file.
    /// - Throws: `AdapterError` `malformed` where it is none; `rejected` where the book has no license of its account
    ///   number and serial number. Both say what to do.
    public func answer(_ request: [UInt8]) throws -> EntitlementFile {
        try standIn.answer(offline: request, at: now(), signer)
    }
}
