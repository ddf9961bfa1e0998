import AdapterKit
import ArgumentParser
import GatewayAPI
import GatewayCore

/// `gatehouse renewals`.
struct RenewalsCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "renewals", abstract: "What has to be renewed within a while, soonest first.",
        discussion: """
            Counted in calendar days of each customer's, today included. --ics prints a calendar for Thunderbird or \
            Outlook: imported again later, it brings the same entries up to date.
            """)

    @Option(help: ArgumentHelp("How many days ahead to look, such as 90d.", valueName: "days"))
    var within: Countdown.Offset = .days(90)

    @Option(help: "Only this customer's.")
    var customer: String?

    @Flag(help: "Also what ended before and was not renewed.")
    var overdue = false

    @Flag(help: "Print CSV (RFC 4180).")
    var csv = false

    @Flag(help: "Print a calendar (RFC 5545).")
    var ics = false

    @Option(help: ArgumentHelp("With --ics: how many days before to remind.", valueName: "days"))
    var remind: Countdown.Offset = .days(14)

    @Option(help: ArgumentHelp("From which day on: a date, or an RFC 3339 time.", valueName: "date"))
    var at: PointInTime = .now

    @OptionGroup var options: GlobalOptions

    mutating func validate() throws {
        if [csv, ics, options.json].count(where: { $0 }) > 1 {
            throw ValidationError("Choose one of --csv, --ics and --json.")
        }
        guard case .days = within, case .days = remind else {
            throw ValidationError("--within and --remind are whole days, such as 90d.")
        }
    }

    func run() async throws {
        guard case .days(let days) = within, case .days(let reminder) = remind else { return }
        let (list, archived) = try await options.withGateway { gateway, caller in
            let list = try await gateway.perform(
                ListRenewals(customer: customer, days: days, overdue: overdue, at: at), by: caller)
            return (list, try await ArchivedCustomer(customer, isEmpty: list.renewals.isEmpty, gateway, caller))
        }
        if options.json {
            return try await StreamedJSON.write(
                list.renewals, opening: "{\"overdue\":\(list.overdue),\"renewals\":",
                closing: ",\"sums\":\(StreamedJSON.compact(list.sums)),\"unpriced\":\(list.unpriced)}")
        }
        if csv { return await RenewalText.writeCSV(list.renewals) }
        if ics { return await RenewalCalendar(reminder: reminder, now: Wiring.surroundings.now()).write(list.renewals) }
        if let archived {
            Console.print(archived.text)
        } else if list.renewals.isEmpty {
            Console.print("Nothing renews within \(within).")
        } else {
            RenewalText.table(list.renewals).print(width: Console.width, color: Console.hasColor)
        }
        for line in RenewalText.sums(list) { Console.print(line) }
        if list.overdue > 0, !overdue, !options.quiet {
            Console.errorText(
                "\(list.overdue) ended before and \(list.overdue == 1 ? "was" : "were") not renewed: --overdue lists them."
            )
        }
    }
}
