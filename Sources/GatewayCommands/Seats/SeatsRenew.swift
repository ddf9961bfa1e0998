import ArgumentParser
import GatewayAPI
import GatewayCore

/// `gatehouse seats renew`.
struct SeatsRenew: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "renew", abstract: "Keep a session open: exit code 0 where it is, 4 where it has ended.",
        discussion: "How the installation stands is looked at anew: who may not work any more is told, and why.")

    @OptionGroup var which: SessionOptions
    @OptionGroup var options: GlobalOptions

    func run() async throws {
        let answer = try await options.withGateway { gateway, caller in
            try await gateway.perform(RenewSeat(which.selection), by: caller)
        }
        try SeatText.tell(answer, options)
    }
}

/// `gatehouse seats release`.
struct SeatsRelease: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "release", abstract: "Give a seat back.",
        discussion: "A session that was released already, or has ended by itself, is no error.")

    @OptionGroup var which: SessionOptions
    @OptionGroup var options: GlobalOptions

    func run() async throws {
        let release = try await options.withGateway { gateway, caller in
            try await gateway.perform(ReleaseSeat(which.selection), by: caller)
        }
        if options.json { return try Console.json(release) }
        guard !options.quiet else { return }
        if let session = release.session {
            Console.print("Released: session \(session.session) of \(session.user), a seat of \(session.pool).")
        } else {
            Console.print("No such session was open: it was released before, ended by itself, or never began.")
        }
    }
}

/// `gatehouse seats end`.
struct SeatsEnd: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "end", abstract: "End somebody else's session, as an administrator.",
        discussion: """
            The seat is free at once; the product learns of it when it renews the session. It stands in the audit trail, \
            without the user's name.
            """)

    @Option(help: ArgumentHelp("The session's ID, as `gatehouse seats list` shows it.", valueName: "id"))
    var session: String

    @Option(help: "Why, for the audit trail.")
    var reason = ""

    @OptionGroup var options: GlobalOptions

    func run() async throws {
        let release = try await options.withGateway { gateway, caller in
            try await gateway.perform(EndSession(session: session, reason: reason), by: caller)
        }
        if options.json { return try Console.json(release) }
        guard !options.quiet, let ended = release.session else { return }
        Console.print("Ended session \(ended.session) of \(ended.user), a seat of \(ended.pool).")
    }
}
