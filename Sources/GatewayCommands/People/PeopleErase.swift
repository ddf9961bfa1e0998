import ArgumentParser
import GatewayAPI
import GatewayCore

/// `gatehouse people erase`.
struct PeopleErase: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "erase", abstract: "Erase a person's name; what they did stays in the trail, under their ID.",
        discussion: """
            Who acted keeps the ID without a name; a contact is removed. With --customer and --user it is a user of the \
            customer's products: sessions of theirs that are open end, and seats of named pools are taken back. The store's file is then written anew, so that \
            the name is gone from the disk too. Backups hold it until they are replaced.
            """)

    @Argument(help: "The person's ID, as `gatehouse people list` shows it.")
    var id: String?

    @Option(help: ArgumentHelp("The customer whose products the user works with.", valueName: "id"))
    var customer: String?

    @Option(help: "The user, exactly as `gatehouse seats users` shows the name.")
    var user: String?

    @OptionGroup var options: GlobalOptions

    func validate() throws {
        guard (id != nil) != (customer != nil && user != nil), (customer == nil) == (user == nil) else {
            throw ValidationError("Name a person (ID), or a user of a customer's products (--customer C --user NAME).")
        }
    }

    func run() async throws {
        if let customer, let user { return try await eraseUser(user, of: customer) }
        guard let id else { return }
        let report = try await options.withGateway { gateway, caller in
            try await gateway.perform(ErasePerson(id: id), by: caller)
        }
        if options.json {
            try Console.json(report)
        } else if !options.quiet {
            Console.print("\(report.id): erased.")
            Self.tell(backups: report.backups)
        }
        try Self.check(isOffDisk: report.isOffDisk)
    }

    private func eraseUser(_ user: String, of customer: String) async throws {
        let report = try await options.withGateway { gateway, caller in
            try await gateway.perform(EraseProductUser(customer: customer, user: user), by: caller)
        }
        if options.json {
            try Console.json(report)
        } else if !options.quiet {
            Console.print(
                "Erased in \(report.installations) of \(customer)'s installations. Sessions ended: "
                    + "\(report.sessionsEnded); seats taken back: \(report.seatsTakenBack).")
            Self.tell(backups: report.backups)
        }
        try Self.check(isOffDisk: report.isOffDisk)
    }

    private static func tell(backups: [String]) {
        guard !backups.isEmpty else { return }
        Console.print("Stores that are kept beside it still hold the name: \(backups.joined(separator: ", "))")
    }

    private static func check(isOffDisk: Bool) throws {
        guard isOffDisk else {
            Console.errorText(
                "Another process reads an older state of the store, so the name is not gone from its files yet: run this "
                    + "again when that has ended.")
            throw ExitCode(1)
        }
    }
}
