import ArgumentParser

/// `gatehouse offline`.
struct Offline: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "offline",
        abstract: "License requests that are mailed, and the files that come back.",
        discussion: """
            Where an installation has no way to the Internet, its license is asked for by a request file: `offline \
            request` makes it, a person mails it to the vendor's support, `offline import` takes the entitlement file \
            that comes back. An entitlement file is taken once, as the answer to a request that is open. Between a \
            request and its answer everything goes on as it was; online refreshes too.
            """,
        subcommands: [OfflineRequestCommand.self, OfflineSent.self, OfflineImport.self, OfflineList.self])
}
