import ArgumentParser
import GatewayAPI
import GatewayCore

/// `gatehouse backup`.
struct BackupCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "backup", abstract: "Write the store to a file, while others go on working with it.",
        discussion: """
            The file is checked as a whole after it was written, and only then gets its name. It never holds the key \
            file: keep that elsewhere. `gatehouse restore FILE` puts it back.
            """)

    @Argument(help: "The file.")
    var file: String

    @Flag(help: "Replace the file if there is one.")
    var force = false

    @OptionGroup var options: GlobalOptions

    func run() async throws {
        let call = BackUpStore(file: GlobalOptions.absolute(file), force: force)
        let view = try await options.watching { show in
            try await options.withGateway { gateway, caller in
                try await gateway.perform(call, by: caller, progress: show)
            }
        }
        if options.json { return try Console.json(view) }
        for remark in view.remarks { Console.errorText(remark) }
        guard !options.quiet else { return }
        Console.print("\(view.file): \(view.summary)")
    }
}

/// `gatehouse restore`.
struct RestoreCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "restore", abstract: "Put a backup in the store's place, in one step.",
        discussion: """
            The store that is replaced is kept beside. Operations that were open in the backup are given up, and every \
            installation is due for a refresh, since the vendors may have granted something since.
            """)

    @Argument(help: "The file that `gatehouse backup` wrote.")
    var file: String

    @Flag(help: "Replace a store that is not empty.")
    var force = false

    @OptionGroup var options: GlobalOptions

    func run() async throws {
        let call = RestoreStore(file: GlobalOptions.absolute(file), force: force)
        let caretaker = try options.caretaker()
        let report = try await options.watching { show in
            try await caretaker.perform(call, by: GlobalOptions.caller(), progress: show)
        }
        if options.json { return try Console.json(report) }
        guard !options.quiet else { return }
        Console.print("Restored \(report.store) from \(report.backup.file): \(report.backup.summary)")
        if let kept = report.kept { Console.print("The store before it is kept as \(kept)") }
        for remark in report.remarks { Console.print(remark) }
    }
}

extension BackupView {
    /// What it holds, for people.
    fileprivate var summary: String {
        func counted(_ count: Int, _ thing: String) -> String { count == 1 ? "1 \(thing)" : "\(count) \(thing)s" }
        return "\(counted(customers, "customer")), \(counted(installations, "installation")), "
            + "\(counted(auditRecords, "audit record")), \(bytes) bytes, version \(version). Head: \(auditHead.isEmpty ? "none" : auditHead)"
    }
}
