import ArgumentParser
import Foundation
import GatewayAPI
import VendorSandbox

/// `gatehouse sandbox run`.
struct SandboxRun: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "run",
        abstract: "Run the stand-in vendor: a real HTTP server that answers from a book anyone can edit.",
        discussion: """
            It is no vendor's server: it stands in for them, for trying things out and for tests. When it is ready it \
            prints one line of JSON with its address and public key; give them to the shipped profiles as \
            GATEHOUSE_VENDOR_URL and GATEHOUSE_VENDOR_KEY. Its secret key is made once, in a file beside the book: the \
            book's name with .key behind it.
            """)

    @Option(help: ArgumentHelp("The book: what the vendors know of their customers.", valueName: "file"))
    var book: String

    @Option(help: ArgumentHelp("Where to listen; port 0 takes a free one.", valueName: "host:port"))
    var listen = "127.0.0.1:0"

    @Option(help: ArgumentHelp("A certificate chain in PEM, to speak TLS.", valueName: "file"))
    var tlsCertificate: String?

    @Option(help: ArgumentHelp("Its private key in PEM.", valueName: "file"))
    var tlsKey: String?

    mutating func validate() throws {
        guard (tlsCertificate == nil) == (tlsKey == nil) else {
            throw ValidationError("--tls-certificate and --tls-key go together.")
        }
        guard ListenAddress(listen) != nil else {
            throw ValidationError("--listen takes HOST:PORT, such as 127.0.0.1:8080 or [::1]:0.")
        }
    }

    func run() async throws {
        guard let address = ListenAddress(listen) else { return }
        let files = tlsCertificate.flatMap { certificate in
            tlsKey.map { TLSFiles(certificate: certificate, key: $0) }
        }
        do {
            try await Sandbox(book: book).run(listen: address, tls: files) { ready in
                let encoder = JSONEncoder()
                encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
                // One line, written at once: whoever started this waits for it.
                if let line = try? encoder.encode(ready) { Console.write(Array(line) + [UInt8(ascii: "\n")]) }
            }
        } catch {
            throw CallError(.failed, "\(error)")
        }
    }
}
