import Foundation

/// `gatehouse forecast` of a thousand installations with a year of two pools each, a whole process.
struct ForecastFigures {
    let workspace: Workspace
    let options: Measure

    /// The seconds in which a thousand must be done.
    private static let mostSeconds = 5.0

    func figures() throws -> [Figure] {
        let count = options.scaled(1000)
        let store = workspace.path("usage.db")
        Measure.tell("  filling a store with a year of \(count) installations")
        _ = try workspace.role("role-fill-usage", "--store", store, "--installations", String(count))
        var forecast = Series("gatehouse forecast")
        let arguments = ["forecast", "--store", store, "--profiles", workspace.profiles, "--json"]
        for _ in 1...options.rounds { forecast.add(try Child.run(workspace.gatehouse, arguments)) }
        return [
            Figure(
                "forecast", ours: Figure.Unit.milliseconds.text(forecast.median),
                target: "< \(Int(Self.mostSeconds)) s", met: forecast.median < Self.mostSeconds,
                notes: ["\(count) installations of two pools, a year of working days each; a whole process"],
                series: [forecast]),
            .memory("forecast, memory", forecast, below: 200),
        ]
    }
}
