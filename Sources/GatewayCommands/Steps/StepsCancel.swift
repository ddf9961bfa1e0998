import ArgumentParser
import GatewayAPI
import GatewayCore

/// `gatehouse steps cancel`.
struct StepsCancel: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "cancel", abstract: "Give up an operation that waits for a person.")

    @Argument(help: "The operation's ID.")
    var operation: String

    @Option(help: "Why.")
    var note = ""

    @OptionGroup var options: GlobalOptions

    func run() async throws {
        let view = try await options.withGateway { gateway, caller in
            try await gateway.perform(CancelStep(operation: operation, note: note), by: caller)
        }
        if options.json { return try Console.json(view) }
        if !options.quiet { Console.print("\(view.installation): the operation \(view.id) was given up.") }
    }
}

/// `gatehouse steps attachment`.
struct StepsAttachment: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "attachment", abstract: "Write a file that is kept with an operation.")

    @Argument(help: "The operation's ID.")
    var operation: String

    @Argument(help: "The number of the step that brought it.")
    var step: Int

    @Argument(help: "The file's name, as `gatehouse steps show` lists it.")
    var name: String

    @Option(help: ArgumentHelp("Where it is written; - is standard output.", valueName: "file"))
    var output: String

    @Flag(help: "Replace a file that is there.")
    var force = false

    @OptionGroup var options: GlobalOptions

    func run() async throws {
        let file = try await options.withGateway { gateway, caller in
            try await gateway.perform(ShowAttachment(operation: operation, step: step, file: name), by: caller)
        }
        guard output != "-" else { return Console.write(file.contents) }
        try NamedFile(path: output).write(.init(file.contents), replacing: force)
        if !options.quiet { Console.print("\(output): \(file.contents.count) bytes.") }
    }
}
