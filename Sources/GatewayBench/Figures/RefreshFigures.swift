import Foundation

/// Refreshing a whole portfolio: the rate of `unchanged`, the time of `updated`, and the memory of both.
struct RefreshFigures {
    let workspace: Workspace
    let options: Measure

    private var book: String { workspace.path("book.yaml") }

    func figures() throws -> [Figure] {
        let (many, few) = (options.scaled(20_000), options.scaled(2_000))
        try LoadPortfolio.writeBook(book, copies: many, users: 10)
        let standIn = try StandInProcess(workspace, book: book)
        defer { standIn.end() }
        var large = LoadRun(
            workspace: workspace, standIn: standIn, installations: many, concurrency: options.concurrency)
        try large.prepare()
        for round in 1...options.rounds {
            Measure.tell("  unchanged, round \(round) of \(options.rounds)")
            try large.unchanged()
        }
        let updates = max(1, (options.rounds + 1) / 2)
        for round in 1...updates {
            Measure.tell("  updated, round \(round) of \(updates)")
            try LoadPortfolio.writeBook(book, copies: many, users: 10 + round)
            try large.updated()
        }
        var small = LoadRun(
            workspace: workspace, standIn: standIn, installations: few, concurrency: options.concurrency)
        Measure.tell("  memory at \(few)")
        try small.prepare()
        try small.unchanged()
        try LoadPortfolio.writeBook(book, copies: many, users: 10 + updates + 1)
        try small.updated()
        return Self.figures(large, small, options.concurrency)
    }

    private static func figures(_ large: LoadRun, _ small: LoadRun, _ concurrency: Int) -> [Figure] {
        let times = "\(large.installations) at \(concurrency) at once"
        var peak = Series("refresh, \(large.installations)")
        peak.peak = max(large.unchangedRate.peak, large.updatedTime.peak)
        let smallPeak = max(small.unchangedRate.peak, small.updatedTime.peak)
        let ratio = Double(peak.peak) / Double(smallPeak)
        return [
            Figure(
                "refresh unchanged", large.unchangedRate, against: large.bareRate, .atLeast(0.5), unit: .perSecond,
                notes: [times]),
            Figure(
                "refresh updated", large.updatedTime, against: large.filesTime, .atMost(3), unit: .milliseconds,
                notes: [
                    "\(times), each with its exchange and its commits; the ceiling's files on \(LoadRun.deliveryThreads) "
                        + "threads, as many as deliver"
                ]),
            Figure(
                "refresh updated, by ones", large.updatedTime, against: large.filesByOnes, .atMost(3),
                unit: .milliseconds,
                notes: ["the ceiling's files one after the other"]),
            .memory(
                "refresh peak memory", peak, below: 150,
                notes: [
                    "unchanged \(Figure.megabytes(large.unchangedRate.peak)), "
                        + "updated \(Figure.megabytes(large.updatedTime.peak))"
                ]),
            Figure(
                "refresh memory by size", ours: Figure.megabytes(peak.peak), ceiling: Figure.megabytes(smallPeak),
                ratio: ratio, target: Figure.Bound.atMost(2).text, met: ratio <= 2,
                notes: ["\(large.installations) against \(small.installations) installations"],
                series: [small.unchangedRate, small.updatedTime]),
        ]
    }
}

/// One store of a size, refreshed again and again, with the ceilings in turn.
struct LoadRun {
    let workspace: Workspace
    let standIn: StandInProcess
    let installations: Int
    let concurrency: Int

    private(set) var unchangedRate = Series("refresh unchanged")
    private(set) var bareRate = Series("a bare libcurl-multi loop that verifies each signature")
    private(set) var updatedTime = Series("refresh updated")
    private(set) var filesTime = Series("write + fsync + rename of the same files")
    private(set) var filesByOnes = Series("write + fsync + rename of the same files")

    /// How many threads the gateway delivers files on.
    static let deliveryThreads = 16

    private func path(_ name: String) -> String { workspace.path("\(installations)-\(name)") }

    init(workspace: Workspace, standIn: StandInProcess, installations: Int, concurrency: Int) {
        self.workspace = workspace
        self.standIn = standIn
        self.installations = installations
        self.concurrency = concurrency
    }

    /// Fills the store and refreshes it a first time, so that everything is held.
    func prepare() throws {
        Measure.tell("  filling a store with \(installations) installations")
        _ = try workspace.role(
            "role-fill-refresh", "--store", path("store.db"), "--root", path("sites"), "--plain", path("plain"),
            "--installations", String(installations))
        _ = try refresh(wanting: "updated")
        try writeRequests()
        _ = try bare(wanting: "unchanged")
    }

    /// A refresh in which nothing is new, then the same requests by the bare loop.
    mutating func unchanged() throws {
        unchangedRate.addRate(try refresh(wanting: "unchanged"))
        bareRate.addRate(try bare(wanting: "unchanged"))
    }

    /// A refresh in which everything is new, then the same files by hand.
    mutating func updated() throws {
        // The stand-in works out what it grants when it is first asked: that is no part of our time.
        _ = try bare(wanting: "changed")
        updatedTime.addTime(try refresh(wanting: "updated"))
        filesTime.addTime(try files(threads: Self.deliveryThreads))
        filesByOnes.addTime(try files(threads: 1))
        try writeRequests()
    }

    private func writeRequests() throws {
        _ = try workspace.role("role-requests", "--store", path("store.db"), "--file", path("requests"))
    }

    private func refresh(wanting outcome: String) throws -> RoleReport {
        try workspace.role(
            "role-refresh", "--store", path("store.db"), "--profiles", workspace.profiles, "--root", path("sites"),
            "--url", standIn.url, "--key", standIn.key, "--concurrency", String(concurrency), "--outcome", outcome,
            "--installations", String(installations))
    }

    private func bare(wanting status: String) throws -> RoleReport {
        try workspace.role(
            "role-bare", "--requests", path("requests"), "--url", standIn.url, "--key", standIn.key, "--concurrency",
            String(concurrency), "--status", status)
    }

    private func files(threads: Int) throws -> RoleReport {
        try workspace.role(
            "role-files", "--from", path("sites"), "--root", path("plain"), "--installations", String(installations),
            "--concurrency", String(threads))
    }
}
