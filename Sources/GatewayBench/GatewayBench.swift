import ArgumentParser

/// `GatewayBench`: prints each figure beside its ceiling from the same run.
///
/// What is measured runs in processes of its own, mostly this same program in a role: so every figure has its own
/// memory, and ours and the ceiling are started alike.
@main
struct GatewayBench: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "GatewayBench",
        abstract: "Measures Gatehouse, each figure beside its ceiling from the same run.",
        subcommands: [
            Measure.self, FillRefreshRole.self, FillStatusRole.self, RefreshRole.self, RequestsRole.self, BareRole.self,
            FilesRole.self, SheetRole.self, StandingsRole.self, FillSeatsRole.self, SeatsRole.self,
            SeatStatementsRole.self, FillUsageRole.self, KeysRole.self, TokensRole.self,
        ],
        defaultSubcommand: Measure.self)
}
