import ArgumentParser
import GatewayAPI
import GatewayCore

/// `gatehouse profiles schema`.
struct ProfilesSchema: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "schema", abstract: "Print the JSON Schema of profiles, by which editors complete and check them.",
        discussion: """
            Name the printed file in a profile's first line: # yaml-language-server: $schema=FILE
            """)

    @Flag(help: "Print the reference of all keys as Markdown instead.")
    var markdown = false

    func run() async throws {
        guard let registry = Wiring.registry else {
            throw CallError(.failed, "This program was built without adapters.")
        }
        let documents = ProfileDocuments(registry: registry)
        Console.write(Array(markdown ? documents.reference().utf8 : try documents.schema().utf8))
    }
}
