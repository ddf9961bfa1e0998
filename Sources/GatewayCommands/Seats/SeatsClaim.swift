import ArgumentParser
import GatewayAPI
import GatewayCore

/// `gatehouse seats claim`.
struct SeatsClaim: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "claim", abstract: "Ask for a seat: exit code 0 where it is granted, 4 where there is none.",
        discussion: """
            With --session the same session may claim again: it keeps its seat, for longer, and takes no second one. \
            Where a refresh is due, the first login starts it, and waits for it as long as the profile says (seats, \
            loginWait); what takes longer goes on by itself. --quiet prints the session's ID alone.
            """)

    @Argument(help: "The installation's ID.")
    var id: String

    @Option(help: "The user, by the name that the product knows.")
    var user: String

    @Option(help: "The pool, by the name that the license gives it.")
    var pool = "users"

    @Option(help: ArgumentHelp("A module that a seat is taken of besides; repeatable.", valueName: "code"))
    var module: [String] = []

    @Option(help: "The host that the user works at.")
    var host = ""

    @Option(help: ArgumentHelp("The session's ID, where the product has one of its own.", valueName: "id"))
    var session: String?

    @Flag(help: "For an administrator, who may have a seat that is kept for them.")
    var administrator = false

    @OptionGroup var options: GlobalOptions

    func run() async throws {
        let answer = try await options.withGateway { gateway, caller in
            let answer = try await gateway.perform(
                ClaimSeat(
                    installation: id, user: user, pool: pool, modules: module, host: host, session: session,
                    administrator: administrator), by: caller)
            if answer.refresh?.ended == false { await gateway.endBackgroundWork() }
            return answer
        }
        // The login is over; the refresh is made by a process that nobody waits for.
        if answer.refresh?.ended == false {
            DetachedProcess.start(["refresh", id, "--trigger", "login", "--quiet"] + options.placeArguments)
        }
        try SeatText.tell(answer, options)
    }
}
