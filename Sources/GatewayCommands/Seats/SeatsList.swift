import ArgumentParser
import GatewayAPI
import GatewayCore

/// `gatehouse seats list`.
struct SeatsList: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "list", abstract: "List the sessions that are open, the first to end first.")

    @Argument(help: "The installation's ID.")
    var id: String

    @Option(help: "Only this user's.")
    var user: String?

    @Option(help: "Only of this pool.")
    var pool: String?

    @Option(help: "Only at this host.")
    var host: String?

    @OptionGroup var options: GlobalOptions

    func run() async throws {
        let sessions = try await options.withGateway { gateway, caller in
            try await gateway.perform(
                ListSessions(installation: id, user: user, pool: pool, host: host), by: caller)
        }
        if options.json { return try Console.json(sessions) }
        if sessions.isEmpty { return Console.print("None.") }
        var table = Table("session", "user", "pool", "host", "since", "until", "remarks")
        for session in sessions {
            var remarks = session.modules
            if session.administrator { remarks.append("administrator") }
            if session.overLimit { remarks.append("over the limit") }
            table.add(
                .init(session.session), .init(session.user), .init(session.pool),
                .init(session.host.isEmpty ? "–" : session.host), .init(session.since.short),
                .init(session.until.short), .init(remarks.joined(separator: ", ")))
        }
        table.print(width: Console.width, color: Console.hasColor)
    }
}

/// `gatehouse seats users`.
struct SeatsUsers: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "users", abstract: "List who used which pool, when last, and whose the seats of named pools are.")

    @Argument(help: "The installation's ID.")
    var id: String

    @Option(help: "Only of this pool.")
    var pool: String?

    @OptionGroup var options: GlobalOptions

    func run() async throws {
        let users = try await options.withGateway { gateway, caller in
            try await gateway.perform(ListSeatUsers(installation: id, pool: pool), by: caller)
        }
        if options.json { return try Console.json(users) }
        if users.isEmpty { return Console.print("None.") }
        var table = Table("user", "pool", "last seen", "first seen", "seat since")
        for user in users {
            table.add(
                .init(user.user), .init(user.pool), .init(user.lastSeen?.short ?? "never"),
                .init(user.firstSeen?.short ?? "–"), .init(user.assigned?.short ?? "–"))
        }
        table.print(width: Console.width, color: Console.hasColor)
    }
}

/// `gatehouse seats assign`.
struct SeatsAssign: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "assign", abstract: "Make a seat of a named pool a user's, or take it back.",
        discussion: """
            Where a profile says that a pool is of named users, a seat becomes a user's with the first claim. It stays \
            theirs until it is taken back with --undo.
            """)

    @Argument(help: "The installation's ID.")
    var id: String

    @Option(help: "The pool.")
    var pool = "users"

    @Option(help: "The user, by the name that the product knows.")
    var user: String

    @Flag(help: "Take it back.")
    var undo = false

    @OptionGroup var options: GlobalOptions

    func run() async throws {
        let seat = try await options.withGateway { gateway, caller in
            try await gateway.perform(AssignSeat(installation: id, pool: pool, user: user, undo: undo), by: caller)
        }
        if options.json { return try Console.json(seat) }
        guard !options.quiet else { return }
        Console.print(
            undo ? "Took a seat of \(seat.pool) back from \(seat.user)." : "A seat of \(seat.pool) is \(seat.user)'s.")
    }
}
