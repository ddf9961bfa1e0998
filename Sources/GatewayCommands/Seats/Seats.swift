import AdapterKit
import ArgumentParser
import GatewayAPI

/// `gatehouse seats`.
struct Seats: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "seats", abstract: "Who holds a seat: claim, renew, release, list.",
        discussion: """
            A product, or its login script, claims a seat for a user, and releases it as the user leaves. How many there \
            are is said by the license, who may come in by the installation's standing. A session ends by itself where \
            nobody renews it for as long as the profile says (seats, endsAfter; 12 hours without it).
            """,
        subcommands: [
            SeatsClaim.self, SeatsRenew.self, SeatsRelease.self, SeatsList.self, SeatsEnd.self, SeatsUsers.self,
            SeatsAssign.self, SeatsRecount.self,
        ])
}

/// Which session a command is about.
struct SessionOptions: ParsableArguments {
    @Argument(help: "The installation's ID; not needed with --session.")
    var id: String?

    @Option(help: ArgumentHelp("The session's ID, as the claim told it.", valueName: "id"))
    var session: String?

    @Option(help: "The user; not needed with --session.")
    var user: String?

    @Option(help: "The pool.")
    var pool: String?

    @Option(help: "The host that the user works at.")
    var host: String?

    mutating func validate() throws {
        if session == nil, id == nil || user == nil {
            throw ValidationError("Name the session (--session ID), or the installation and the user (ID --user U).")
        }
    }

    var selection: SessionSelection {
        SessionSelection(id: session, installation: id, user: user, pool: pool, host: host)
    }
}

/// What a claim or a renewal came to, for people.
enum SeatText {
    static func lines(_ answer: SeatAnswer) -> [String] {
        var lines: [String] = []
        if answer.granted, let session = answer.session, let until = answer.until {
            let access = answer.access == .full ? "" : ", \(answer.access.rawValue)"
            lines.append(
                "Granted: session \(session) until \(until.short)\(access); \(answer.inUse) of \(answer.limit) "
                    + "\(answer.pool) are taken.")
            lines.append(answer.reason)
        } else {
            lines.append("No seat: \(answer.reason)")
        }
        if !answer.holders.isEmpty {
            lines.append("Held by:")
            lines += answer.holders.map { holder in
                let host = holder.host.isEmpty ? "" : " at \(holder.host)"
                return "  \(holder.user)\(host), since \(holder.since.short), until \(holder.until.short)"
            }
        }
        if let free = answer.nextFree {
            lines.append("The next is free \(free.short) at the latest, unless it is renewed.")
        }
        if let refresh = answer.refresh { lines.append("A refresh was due: \(refresh.message)") }
        return lines
    }

    /// Prints an answer, and ends with 4 where it is no.
    static func tell(_ answer: SeatAnswer, _ options: GlobalOptions) throws {
        if options.json {
            try Console.json(answer)
        } else if options.quiet {
            if answer.granted, let session = answer.session { Console.print(session) }
        } else {
            for line in lines(answer) { Console.print(line) }
        }
        if !answer.granted { throw ExitCode(4) }
    }
}
