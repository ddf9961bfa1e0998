import Foundation

/// Claims, renewals and releases through the core, against a plain loop of the same statements; pools that are full; and
/// a portfolio with a million open sessions.
struct SeatFigures {
    let workspace: Workspace
    let options: Measure

    func figures() throws -> [Figure] {
        let store = try filled("seats", installations: 200, seats: 1_000_000)
        var figures: [Figure] = []
        var free: Series?
        for callers in [1, 16, 64] {
            let (found, series) = try claims(store, callers: callers)
            figures += found
            if callers == 64 { free = series }
        }
        if let free { figures.append(try crowded(against: free)) }
        figures.append(try manySessions())
        return figures
    }

    /// Claims, renewals and releases, each time beside the loop at the batch size that was reached.
    private func claims(_ store: String, callers: Int) throws -> ([Figure], Series) {
        let count = options.scaled(callers == 1 ? 2_000 : 16_000)
        var ours = Series("seats, \(callers) at once")
        var plain = Series("a GRDB loop of the same statements")
        var reports: [SeatsReport] = []
        for round in 1...options.rounds {
            Measure.tell("  seats, \(callers) at once, round \(round) of \(options.rounds)")
            let report = try run(store, installations: 200, callers: callers, claims: count)
            reports.append(report)
            ours.addRate(report.role)
            plain.addRate(
                try workspace.role(
                    "role-seat-statements", "--store", store, "--installations", "200", "--claims", String(count),
                    "--batch", String(max(1, Int(report.batch.rounded())))))
        }
        let median = Self.median(reports.map(\.median))
        let p99 = Self.median(reports.map(\.p99))
        let unit = Figure.Unit.perSecond
        let latency =
            "median \(Figure.number(median * 1000)) ms, p99 \(Figure.number(p99 * 1000)) ms, "
            + "\(Figure.number(Self.median(reports.map(\.batch)))) writes a commit"
        var figures = [
            Figure("seats, \(callers) at once", ours, against: plain, .atLeast(0.5), unit: unit, notes: [latency])
        ]
        if callers == 64 {
            figures.append(
                Figure(
                    "seats, p99 at 64", ours: "\(Figure.number(p99 * 1000)) ms",
                    ceiling: "\(Figure.number(median * 1000)) ms", ratio: p99 / median, target: "ratio ≤ 3",
                    met: p99 <= 3 * median, notes: ["against the median of the same calls"]))
        }
        return (figures, ours)
    }

    /// Claims on pools of four seats, most of them refused.
    private func crowded(against free: Series) throws -> Figure {
        let store = try filled("crowded", installations: 8, seats: 4)
        var ours = Series("claims on pools that are full, 64 at once")
        for _ in 1...options.rounds {
            ours.addRate(
                try run(store, installations: 8, callers: 64, claims: options.scaled(16_000), "--crowded").role)
        }
        return Figure(
            "seats, full pools", ours, against: free, .atLeast(0.5), unit: .perSecond,
            notes: ["each refusal is counted, and says when the next seat is free"])
    }

    /// A claim where a million sessions are open, and where a thousand are.
    private func manySessions() throws -> Figure {
        let installations = options.scaled(20_000)
        let many = try filled(
            "million", installations: installations, seats: 1_000_000, sessions: options.scaled(1_000_000))
        let few = try filled("thousand", installations: installations, seats: 1_000_000, sessions: 1000)
        var (large, small) = (Series("claims, a million sessions open"), Series("claims, a thousand sessions open"))
        for _ in 1...options.rounds {
            let claims = options.scaled(8000)
            large.addTime(try run(many, installations: installations, callers: 16, claims: claims).role)
            small.addTime(try run(few, installations: installations, callers: 16, claims: claims).role)
        }
        return Figure(
            "seats, a million open", large, against: small, .atMost(2), unit: .milliseconds,
            notes: ["\(installations) installations"])
    }

    private func filled(_ name: String, installations: Int, seats: Int, sessions: Int = 0) throws -> String {
        let store = workspace.path("\(name).db")
        Measure.tell("  filling a store with \(installations) installations and \(sessions) open sessions")
        _ = try workspace.role(
            "role-fill-seats", "--store", store, "--installations", String(installations), "--seats", String(seats),
            "--sessions", String(sessions))
        return store
    }

    private func run(
        _ store: String, installations: Int, callers: Int, claims: Int, _ more: String...
    ) throws -> SeatsReport {
        let output = try Child.run(
            workspace.bench,
            [
                "role-seats", "--store", store, "--profiles", workspace.profiles, "--installations",
                String(installations), "--callers", String(callers), "--claims", String(claims),
            ] + more, output: .kept
        ).output
        return try JSONDecoder().decode(SeatsReport.self, from: Data(output))
    }

    private static func median(_ values: [Double]) -> Double {
        let sorted = values.sorted()
        return sorted.isEmpty ? 0 : sorted[sorted.count / 2]
    }
}
