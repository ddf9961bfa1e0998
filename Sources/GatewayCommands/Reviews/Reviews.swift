import AdapterKit
public import ArgumentParser
public import GatewayAPI
import GatewayCore

/// `gatehouse reviews`.
struct Reviews: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "reviews",
        abstract: "What is looked at again and again: how licenses are used, who has access.",
        discussion: "Those that are due stand in `gatehouse todo`.",
        subcommands: [ReviewsAdd.self, ReviewsList.self, ReviewsDone.self])
}

/// `gatehouse reviews add`.
struct ReviewsAdd: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "add", abstract: "Have something looked at again and again.")

    @Argument(help: "The installation's ID.")
    var installation: String

    @Option(help: "What is looked at: utilization or access.")
    var kind: ReviewKind

    @Option(help: ArgumentHelp("After how many calendar days it is due: 90d.", valueName: "days"))
    var every: Countdown.Offset

    @OptionGroup var options: GlobalOptions

    mutating func validate() throws {
        guard case .days = every else { throw ValidationError("--every is a number of days, such as 90d.") }
    }

    func run() async throws {
        guard case .days(let days) = every else { return }
        let review = try await options.withGateway { gateway, caller in
            try await gateway.perform(
                AddReview(installation: installation, kind: kind, everyDays: days), by: caller)
        }
        if options.json { return try Console.json(review) }
        if !options.quiet {
            Console.print(
                "Added review \(review.id) of \(review.installation): due \(review.next.short), then \(ReviewView.every(days: days))."
            )
        }
    }
}

/// `gatehouse reviews list`.
struct ReviewsList: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "list", abstract: "List reviews, soonest due first.")

    @Option(help: "Only this customer's.")
    var customer: String?

    @Flag(help: "Only those that are due.")
    var due = false

    @OptionGroup var options: GlobalOptions

    func run() async throws {
        let reviews = try await options.withGateway { gateway, caller in
            try await gateway.perform(ListReviews(customer: customer, due: due), by: caller)
        }
        if options.json { return try Console.json(reviews) }
        if reviews.isEmpty { return Console.print("None.") }
        var table = Table("review", "installation", "what", "every", "due", "last", "note")
        for review in reviews {
            table.add(
                .init(review.id), .init(review.installation), .init(review.kind.rawValue),
                .init("\(review.everyDays) d"), .init(review.next.short), .init(review.last?.short ?? "–"),
                .init(review.lastNote ?? ""))
        }
        table.print(width: Console.width, color: Console.hasColor)
    }
}

/// `gatehouse reviews done`.
struct ReviewsDone: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "done",
        abstract: "Record that a review was done; with --end it is not done any more.")

    @Argument(help: "The review's ID.")
    var review: String

    @Option(help: "What was found.")
    var note = ""

    @Flag(help: "It is not to be done any more.")
    var end = false

    @OptionGroup var options: GlobalOptions

    func run() async throws {
        let view = try await options.withGateway { gateway, caller in
            try await gateway.perform(CompleteReview(id: review, note: note, ends: end), by: caller)
        }
        if options.json { return try Console.json(view) }
        if !options.quiet {
            Console.print(
                end ? "\(view.installation): ended." : "\(view.installation): done; due again \(view.next.short).")
        }
    }
}

extension ReviewKind: ExpressibleByArgument {}
