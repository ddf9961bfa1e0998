import Foundation

/// The deliveries of an upgrade to fifty terminal servers, against the same files written, flushed and renamed.
struct UpgradeFigures {
    let workspace: Workspace
    let options: Measure

    /// How many terminal servers there are.
    private static let hosts = 50
    /// The keys that the book has, one set after the other.
    private static let keys = [
        ["serialNumber": "1", "userKey": "U1A1-0001-AAAA", "productKey": "AAAAA-AAAAA-AAAAA-AAAAA-AAAA1"],
        ["serialNumber": "2", "userKey": "U2B2-0002-BBBB", "productKey": "BBBBB-BBBBB-BBBBB-BBBBB-BBBB2"],
    ]

    private var site: String { workspace.path("upgrade") }

    func figures() throws -> [Figure] {
        let book = workspace.path("upgrade-book.yaml")
        try writeBook(book)
        let standIn = try StandInProcess(workspace, book: book)
        defer { standIn.end() }
        let environment = [
            "GATEHOUSE_STORE": workspace.path("upgrade.db"), "GATEHOUSE_PROFILES": workspace.profiles,
            "GATEHOUSE_DELIVERY_ROOTS": site, "GATEHOUSE_VENDOR_URL": standIn.url, "GATEHOUSE_VENDOR_KEY": standIn.key,
        ]
        try prepare(environment)
        var ours = Series("the deliveries of an upgrade")
        var plain = Series("write + fsync + rename of the same files")
        for round in 1...options.rounds * 2 {
            Measure.tell("  upgrade, round \(round) of \(options.rounds * 2)")
            ours.addTime(try upgrade(round, environment))
            plain.addTime(
                try workspace.role("role-keys", "--site", site, "--hosts", String(Self.hosts), "--concurrency", "16"))
        }
        return [
            Figure(
                "upgrade, 50 hosts", ours, against: plain, .atMost(3), unit: .milliseconds,
                notes: [
                    "from the vendor's answer to every file in place, read back and in force, commits included; "
                        + "all hosts at once; the ceiling on 16 threads, as many as deliver"
                ])
        ]
    }

    private func writeBook(_ path: String) throws {
        var lines = ["sage100:"]
        for set in Self.keys {
            lines += [
                "  - customerNumber: \"9\"", "    serialNumber: \"\(set["serialNumber"] ?? "")\"", "    company: Bench",
                "    reseller: Bench", "    edition: Standard", "    userKey: \(set["userKey"] ?? "")",
                "    productKey: \(set["productKey"] ?? "")", "    users: 5",
                "    modules: [{ code: G/L, name: General Ledger }]",
            ]
        }
        try (lines.joined(separator: "\n") + "\n").write(toFile: path, atomically: true, encoding: .utf8)
    }

    private func prepare(_ environment: [String: String]) throws {
        let files = FileManager.default
        try files.createDirectory(
            atPath: "\(site)/server/MAS90/Home/Lib/Keys", withIntermediateDirectories: true)
        var places = ["--site", "server=\(site)/server"]
        for number in 1...Self.hosts {
            let host = "\(site)/ts\(number)"
            try files.createDirectory(atPath: "\(host)/MAS90/Home/Lib", withIntermediateDirectories: true)
            places += ["--site", "terminalServers=ts\(number):\(host)"]
        }
        try run(["customers", "add", "bench", "--name", "Bench", "--time-zone", "UTC"], environment)
        try run(
            ["installations", "add", "bench", "--customer", "bench", "--profile", "sage100-perpetual"] + places + [
                "--identity", "customerNumber=9", "--identity", "serialNumber=2",
            ], environment)
        try run(["refresh", "bench"], environment)
    }

    private struct View: Decodable {
        struct Step: Decodable {
            var at: Date
            var kind: String
        }

        var phase: String
        var steps: [Step]
    }

    private func upgrade(_ round: Int, _ environment: [String: String]) throws -> RoleReport {
        let keys = Self.keys[(round + 1) % 2].merging(["customerNumber": "9"]) { $1 }
        let file = workspace.path("keys.yaml")
        try keys.map { "\($0.key): \"\($0.value)\"\n" }.sorted().joined()
            .write(toFile: file, atomically: true, encoding: .utf8)
        let ending = try Child.run(
            workspace.gatehouse, ["upgrade", "bench", "--keys", file, "--json"], environment: environment,
            output: .kept)
        let decoder = JSONDecoder()
        decoder.dateDecodingStrategy = .custom { decoder in
            let text = try decoder.singleValueContainer().decode(String.self)
            let style = Date.ISO8601FormatStyle(includingFractionalSeconds: text.contains("."))
            return try style.parse(text)
        }
        let view = try decoder.decode(View.self, from: Data(ending.output))
        guard view.phase == "done", let start = view.steps.last(where: { $0.kind == "deliver" })?.at,
            let end = view.steps.last(where: { $0.kind == "delivered" })?.at
        else { throw BenchError("The upgrade ended as \(view.phase).") }
        return RoleReport(
            count: Self.hosts + 1, seconds: end.timeIntervalSince(start), processor: ending.processor, peak: ending.peak
        )
    }

    private func run(_ arguments: [String], _ environment: [String: String]) throws {
        _ = try Child.run(workspace.gatehouse, arguments, environment: environment)
    }
}
