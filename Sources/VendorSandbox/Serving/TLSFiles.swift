import HummingbirdTLS

/// The PEM files of a server that speaks TLS.
public struct TLSFiles: Hashable, Sendable {
    /// The path of the certificate, followed in the file by those between it and the authority that clients trust.
    public let certificate: String
    /// The path of the certificate's secret key, without a passphrase.
    public let key: String

    /// Names the files; they are read when the server starts.
    public init(certificate: String, key: String) {
        self.certificate = certificate
        self.key = key
    }

    func configuration() throws(SandboxError) -> TLSConfiguration {
        let certificates: [NIOSSLCertificate]
        do {
            certificates = try NIOSSLCertificate.fromPEMFile(certificate)
        } catch {
            throw SandboxError(
                "The TLS certificate \(certificate) can't be read: \(error). It must be a PEM file that begins with "
                    + "-----BEGIN CERTIFICATE-----.")
        }
        let secret: NIOSSLPrivateKey
        do {
            secret = try NIOSSLPrivateKey(file: key, format: .pem)
        } catch {
            throw SandboxError(
                "The TLS key \(key) can't be read: \(error). It must be a PEM file with a secret key and no passphrase."
            )
        }
        return .makeServerConfiguration(
            certificateChain: certificates.map { .certificate($0) }, privateKey: .privateKey(secret))
    }
}
