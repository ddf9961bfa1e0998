import ArgumentParser

/// `gatehouse orders`.
struct Orders: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "orders", abstract: "What was ordered from vendors and is waited for.",
        discussion: """
            An order may be on its way for 48 hours (propagating); its installation is asked about hourly meanwhile, \
            by `gatehouse refresh --due`. Once a refresh shows what was ordered it is applied, and where none did in \
            time it is overdue. An order changes nobody's access: that follows what is held.
            """,
        subcommands: [OrdersAdd.self, OrdersList.self, OrdersWithdraw.self])
}
