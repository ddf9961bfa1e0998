import AdapterKit
import ArgumentParser
import Foundation
import GatewayAPI
import GatewayCore

/// `gatehouse upgrade`.
struct UpgradeCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "upgrade",
        abstract: "Change license keys on every machine of an installation; the product's software is not upgraded.",
        discussion: """
            `gatehouse upgrade ID --keys FILE` is `gatehouse upgrade begin ID --keys FILE`. Either the new keys are in \
            force on every host in the end, or everything is as it was, or a host that could not be put right is named, \
            and `gatehouse upgrade resume ID` tries again.
            """,
        subcommands: [
            UpgradeBegin.self, UpgradeShow.self, UpgradeResume.self, UpgradeRollbackCommand.self, UpgradeNote.self,
            UpgradeClose.self,
        ], defaultSubcommand: UpgradeBegin.self)
}

/// `gatehouse upgrade begin`.
struct UpgradeBegin: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "begin",
        abstract: "Change license keys, now or at a time to come; the product's software is not upgraded.",
        discussion: """
            Keys, folders and room are looked at; nobody new is let in, and those who are in are waited for; the \
            profile's paths are backed up, and the present registration is kept; the vendor activates the keys, once; \
            the registration file goes to the server and every terminal server, and each copy is compared; the services \
            are restarted; the new seats are tried. Whatever fails puts everything back as it was.
            """)

    @Argument(help: "The installation's ID.")
    var installation: String

    @Option(
        help: ArgumentHelp(
            "A YAML file with the keys, such as serialNumber, customerNumber, userKey and productKey; without it they are asked for.",
            valueName: "file"))
    var keys: String?

    @Option(
        help: ArgumentHelp(
            "A key; repeatable. The shell's history may keep it: better a file, or the terminal.",
            valueName: "name=value"))
    var key: [KeyValue] = []

    @Flag(help: "Only look whether it could be made.")
    var dryRun = false

    @Option(
        help: ArgumentHelp(
            "When it begins: now, or a time such as 2026-11-28T20:00:00-06:00, at which `gatehouse run --due` begins it.",
            valueName: "time"))
    var start: PointInTime = .now

    @OptionGroup var options: GlobalOptions

    mutating func validate() throws {
        guard keys == nil || key.isEmpty else { throw ValidationError("Give either --keys FILE or --key, not both.") }
        for (name, group) in Dictionary(grouping: key, by: \.key) where group.count > 1 {
            throw ValidationError("--key \(name) is given \(group.count) times.")
        }
    }

    func run() async throws {
        if !key.isEmpty {
            Console.warning(
                "keys on the command line may stay in the shell's history; --keys FILE keeps them out of it.")
        }
        let given =
            try keys.map(KeyValues.read)
            ?? (key.isEmpty ? nil : Dictionary(key.map { ($0.key, $0.value) }, uniquingKeysWith: { first, _ in first }))
        let view = try await options.withGateway { gateway, caller in
            let values: [String: String]
            if let given {
                values = given
            } else {
                let shown = try await gateway.perform(ShowInstallation(id: installation), by: caller)
                let adapter = try await gateway.perform(
                    ShowAdapter(protocolName: shown.protocolName ?? ""), by: caller)
                values = try KeyValues.ask(adapter.keys)
            }
            return try await gateway.perform(
                UpgradeKeys(installation: installation, keys: values, start: start, dryRun: dryRun), by: caller
            ) { UpgradeText.progress($0, options) }
        }
        try UpgradeText.show(view, options)
    }
}

/// `gatehouse upgrade show`.
struct UpgradeShow: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "show",
        abstract:
            "Show a change of license keys with every step, the last one unless another is named; the product's software is not upgraded."
    )

    @Argument(help: "The installation's ID.")
    var installation: String

    @Option(help: "An earlier one, by its operation's ID; without it, the last.")
    var operation: String?

    @Flag(help: "Print Markdown, for the customer's file.")
    var markdown = false

    @Flag(help: "Print the steps as CSV.")
    var csv = false

    @OptionGroup var options: GlobalOptions

    mutating func validate() throws {
        guard [markdown, csv, options.json].filter({ $0 }).count < 2 else {
            throw ValidationError("Give one of --markdown, --csv and --json.")
        }
    }

    func run() async throws {
        let view = try await options.withGateway { gateway, caller in
            try await gateway.perform(ShowUpgrade(installation: installation, operation: operation), by: caller)
        }
        if options.json { return try Console.json(view) }
        if csv { return Console.write(Array(UpgradeText.csv(view).utf8)) }
        if markdown { return Console.print(UpgradeText.markdown(view)) }
        for line in UpgradeText.lines(view).text(width: Console.width) { Console.print(line) }
    }
}

/// `gatehouse upgrade resume`.
struct UpgradeResume: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "resume",
        abstract:
            "Go on with a change of license keys whose process ended, or that could not be put right before; the product's software is not upgraded.",
        discussion: """
            People may be in again by now: nobody new is let in, and those who are in are waited for, as at its beginning.
            """)

    @Argument(help: "The installation's ID.")
    var installation: String

    @OptionGroup var options: GlobalOptions

    func run() async throws {
        let view = try await options.withGateway { gateway, caller in
            try await gateway.perform(ResumeUpgrade(installation: installation), by: caller) {
                UpgradeText.progress($0, options)
            }
        }
        try UpgradeText.show(view, options)
    }
}

/// `gatehouse upgrade rollback`.
struct UpgradeRollbackCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "rollback",
        abstract:
            "Take a change of license keys back, while it is open or watched; the product's software is not touched.",
        discussion: """
            Nobody new is let in, and those who are in are waited for; where somebody stays in, nothing is changed. Then \
            every file on every host is put back, the services are restarted, and the original seats are tried.
            """)

    @Argument(help: "The installation's ID.")
    var installation: String

    @OptionGroup var options: GlobalOptions

    func run() async throws {
        let view = try await options.withGateway { gateway, caller in
            try await gateway.perform(RollBackUpgrade(installation: installation), by: caller) {
                UpgradeText.progress($0, options)
            }
        }
        try UpgradeText.show(view, options, wanting: ["rolledBack", "failed"])
    }
}

/// `gatehouse upgrade note`.
struct UpgradeNote: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "note",
        abstract:
            "Note what was seen after a change of license keys, while it is watched; the product's software was not upgraded."
    )

    @Argument(help: "The installation's ID.")
    var installation: String

    @Argument(help: "What was seen.")
    var text: String

    @OptionGroup var options: GlobalOptions

    func run() async throws {
        let view = try await options.withGateway { gateway, caller in
            try await gateway.perform(ObserveUpgrade(installation: installation, note: text), by: caller)
        }
        if options.json { return try Console.json(view) }
        if !options.quiet { Console.print("\(view.installation): noted.") }
    }
}

/// `gatehouse upgrade close`.
struct UpgradeClose: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "close",
        abstract:
            "End the watching of a change of license keys, which can't be taken back then; the product's software was not upgraded."
    )

    @Argument(help: "The installation's ID.")
    var installation: String

    @Option(help: "What there is to say of it.")
    var note = ""

    @OptionGroup var options: GlobalOptions

    func run() async throws {
        let view = try await options.withGateway { gateway, caller in
            try await gateway.perform(
                ObserveUpgrade(installation: installation, note: note, closes: true), by: caller)
        }
        if options.json { return try Console.json(view) }
        if !options.quiet {
            Console.print("\(view.installation): the upgrade is closed; \(view.denials) claims were refused meanwhile.")
        }
    }
}

/// `gatehouse run`.
struct RunCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "run", abstract: "Do what is due, once: planned upgrades, and refreshes. For cron or a timer.")

    @Flag(help: "What is due; there is nothing else to run.")
    var due = false

    @OptionGroup var options: GlobalOptions

    mutating func validate() throws {
        guard due else { throw ValidationError("Say --due: gatehouse run --due.") }
    }

    func run() async throws {
        let report = try await options.withGateway { gateway, caller in
            try await gateway.perform(RunDue(), by: caller)
        }
        let failed = report.upgrades.filter { !["done", "announce"].contains($0.phase) && $0.status != "asking" }
        if options.json {
            try Console.json(report)
        } else {
            for view in report.upgrades {
                Console.print("\(view.installation): upgrade \(view.phase): \(view.message)")
            }
            failed.forEach(UpgradeText.whomToAsk)
            RefreshCommand.show(report.refreshes, quiet: options.quiet)
        }
        if !failed.isEmpty { throw ExitCode(1) }
        try RefreshCommand.exit(report.refreshes)
    }
}
