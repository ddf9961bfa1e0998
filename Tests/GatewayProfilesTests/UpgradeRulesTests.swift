import GatewayProfiles
import MarkedText
import Testing

@Suite("What a profile says of upgrades")
struct UpgradeRulesTests {
    /// The good profile with these lines below `upgrade`; a mark stands before the place that is to be told.
    private func text(_ lines: String) -> (text: String, places: [String]) {
        ProfileText.places(in: ProfileText.good + "\nupgrade:\n  \(lines)\n")
    }

    @Test("It is read in its units, and what is left out is as documented")
    func read() throws {
        let lines = [
            "window: { from: \"19:00\", to: \"06:00\" }", "downtime: 1h", "buffer: 0m", "announce: 2d",
            "everyoneOut: 5m",
            "idle: [/bin/idle, \"{site.sharedData}\"]", "restart: [/bin/restart]", "commandSeconds: 60",
            "backup: [\"{site.sharedData}/x\"]", "monitoring: 14d",
        ]
        let rules = try ProfileText.read(text(lines.joined(separator: "\n  ")).text).upgrade
        #expect(rules.window?.description == "19:00 to 06:00" && rules.window?.length == 660)
        #expect(rules.downtime == 60 && rules.buffer == 0 && rules.announce == 48 && rules.everyoneOut == 5)
        #expect(rules.idle == ["/bin/idle", "{site.sharedData}"] && rules.restart == ["/bin/restart"])
        #expect(rules.commandSeconds == 60 && rules.backup == ["{site.sharedData}/x"] && rules.monitoring == 14)
        #expect(try ProfileText.read(ProfileText.good).upgrade == .standard)
    }

    static let mistakes: [(lines: String, says: String)] = [
        ("window: ‸{ from: \"19:00\" }", "missing key \"to\""),
        ("window: { from: ‸\"25:00\", to: \"06:00\" }", "a time of day"),
        ("window: { from: ‸\"7:00\", to: \"06:00\" }", "a time of day"),
        ("window: { from: \"19:00\", to: ‸\"24:01\" }", "a time of day"),
        ("window: { from: \"19:00\", to: ‸\"19:60\" }", "a time of day"),
        ("downtime: ‸30", "a time from 0m to 24h"), ("downtime: ‸25h", "a time from 0m to 24h"),
        ("buffer: ‸-5m", "a time from 0m to 24h"), ("buffer: ‸30s", "a time from 0m to 24h"),
        ("announce: ‸1001h", "a time such as 24h or 2d"), ("everyoneOut: ‸soon", "a time from 0m to 24h"),
        ("idle: ‸[idle]", "absolute path"), ("restart: ‸[\"systemctl restart x\"]", "absolute path"),
        ("restart: ‸/bin/restart", "list"), ("commandSeconds: ‸0", "1"), ("commandSeconds: ‸3601", "3600"),
        ("monitoring: ‸x", "days"), ("‸downtimes: 30m", "unknown key \"downtimes\""),
    ]

    @Test("What is wrong is told with its place", arguments: mistakes)
    func mistake(lines: String, says: String) {
        let (text, places) = text(lines)
        let problems = ProfileText.problems(text)
        let shown = problems.map(\.description).joined(separator: "\n")
        #expect(problems.map(\.mark.start.description) == places, "\(shown)")
        #expect(shown.contains(says), "\(shown)")
    }
}
