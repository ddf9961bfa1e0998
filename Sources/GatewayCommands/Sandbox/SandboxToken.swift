import ArgumentParser
import GatewayAPI
import VendorSandbox

/// `gatehouse sandbox token`.
struct SandboxToken: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "token",
        abstract: "Print a token as a POS server presents it to its hub, for `gatehouse tokens verify`.",
        discussion: """
            The stand-in's own: signed with the key beside the book, for the device as the book has it. No other issuer's \
            tokens can be made so.
            """)

    @Option(help: ArgumentHelp("The book of the stand-in that runs.", valueName: "file"))
    var book: String

    @Option(help: ArgumentHelp("The address that it printed.", valueName: "url"))
    var url: String

    @Option(help: ArgumentHelp("The device: its serverID, or its name.", valueName: "server-id"))
    var device: String

    func run() async throws {
        do {
            guard let token = try Sandbox(book: book).presentedToken(of: device, at: url) else {
                throw StandInPages.unknown(device)
            }
            Console.print(token)
        } catch let error as CallError {
            throw error
        } catch {
            throw CallError(.failed, "\(error)")
        }
    }
}
