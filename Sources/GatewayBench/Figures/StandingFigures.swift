/// Standings a second on one core.
struct StandingFigures {
    let workspace: Workspace
    let options: Measure

    func figures() throws -> [Figure] {
        let count = options.scaled(4_000_000)
        var ours = Series("standings")
        var columns = Series("standings, the facts read from a store's column")
        var plain = Series("a loop by hand, days of 24 hours")
        for _ in 1...options.rounds {
            ours.addRate(try role("standing", count))
            plain.addRate(try role("plain", count))
            columns.addRate(try role("columns", count))
        }
        let unit = Figure.Unit.perSecond
        return [
            Figure(
                "standings", ours: unit.text(ours.median), ceiling: unit.text(plain.median),
                ratio: ours.median / plain.median, target: "≥ 1 M/s", met: ours.median >= 1e6,
                notes: [
                    "two countdowns of three stages, \(LoadPortfolio.zones.count) zones, one thread, no message rendered",
                    "against \(plain.name)",
                    "with the facts read from a store's column each time: \(unit.text(columns.median))",
                ], series: [ours, plain, columns])
        ]
    }

    private func role(_ what: String, _ count: Int) throws -> RoleReport {
        try workspace.role("role-standings", what, "--count", String(count))
    }
}
