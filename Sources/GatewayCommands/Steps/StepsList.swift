import AdapterKit
import ArgumentParser
import GatewayAPI
import GatewayCore

/// `gatehouse steps list`.
struct StepsList: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "list", abstract: "List the steps that wait for a person, soonest loss of access first.")

    @Option(help: "Only this customer's.")
    var customer: String?

    @Option(help: "Only this installation's.")
    var installation: String?

    @Option(help: "Only those whose installation this person sees to.")
    var owner: String?

    @OptionGroup var options: GlobalOptions

    func run() async throws {
        let steps = try await options.withGateway { gateway, caller in
            try await gateway.perform(
                ListSteps(customer: customer, installation: installation, owner: owner), by: caller)
        }
        if options.json { return try Console.json(steps) }
        if steps.isEmpty { return Console.print("None.") }
        var table = Table("operation", "step", "installation", "customer", "owner", "since", "full until", "what")
        for step in steps {
            table.add(
                .init(step.operation), .init("\(step.step)"), .init(step.installation), .init(step.customerName),
                .init(step.owner ?? "–"), .init(step.since.short), .init(step.fullUntil.loss), .init(step.title))
        }
        table.print(width: Console.width, color: Console.hasColor)
    }
}
