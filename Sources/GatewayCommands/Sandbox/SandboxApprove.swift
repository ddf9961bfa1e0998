import ArgumentParser
import VendorSandbox

/// `gatehouse sandbox approve`.
struct SandboxApprove: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "approve",
        abstract: "Type a user code at the stand-in's POS pages, in a person's place.",
        discussion: """
            For scripts and for trying things out, against the running stand-in alone: it logs in with what the book says, \
            chooses the organization, and authorizes the device by the same pages that a browser shows at URL/pos/. At a \
            real authorization server nobody but a person types the code.
            """)

    @Option(help: ArgumentHelp("The book of the stand-in that runs.", valueName: "file"))
    var book: String

    @Option(help: ArgumentHelp("The address that it printed.", valueName: "url"))
    var url: String

    @Option(help: ArgumentHelp("What `gatehouse authorize` shows.", valueName: "code"))
    var userCode: String

    @Option(help: ArgumentHelp("The device: its serverID, or its name.", valueName: "server-id"))
    var device: String

    @Option(help: ArgumentHelp("The certificate that it speaks TLS with, as it was given to it.", valueName: "file"))
    var tlsCertificate: String?

    @Flag(help: "Deny it.")
    var deny = false

    func run() async throws {
        try await StandInPages.authorize(
            device, userCode: userCode, isDenied: deny, at: url, knowing: Sandbox(book: book),
            certificate: tlsCertificate)
        Console.print("The stand-in's page: \(device) is \(deny ? "denied" : "authorized").")
    }
}
