import Foundation

/// `gatehouse explain` of one installation in a large store, against the least that the program can do: what it costs
/// must not grow with the portfolio.
struct ExplainFigures {
    let workspace: Workspace
    let options: Measure

    func figures() throws -> [Figure] {
        let count = options.scaled(100_000)
        let store = workspace.path("explain.db")
        Measure.tell("  filling a store with \(count) installations, each refreshed through the store's own functions")
        _ = try workspace.role("role-fill-status", "--store", store, "--installations", String(count))
        var explain = Series("gatehouse explain")
        var version = Series("gatehouse --version")
        // Of the middle: at neither end of any index.
        let arguments = [
            "explain", LoadPortfolio.installationID(count / 2), "--store", store, "--profiles", workspace.profiles,
        ]
        _ = try Child.run(workspace.gatehouse, arguments)
        for _ in 1...(6 * options.rounds) {
            explain.add(try Child.run(workspace.gatehouse, arguments))
            version.add(try Child.run(workspace.gatehouse, ["--version"]))
        }
        return [
            Figure(
                "explain one of many", explain, against: version, .atMost(3), unit: .milliseconds,
                notes: ["of \(count) installations"]),
            .memory("explain, memory", explain, below: 100),
        ]
    }
}
