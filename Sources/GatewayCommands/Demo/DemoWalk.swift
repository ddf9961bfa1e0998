import AdapterKit
import Foundation
import GatewayAPI
import GatewayCore
import VendorSandbox

/// What the demo shows, in its order. Where something is not as it says, it fails.
struct DemoWalk {
    let place: DemoPlace
    let clock: DemoClock
    let ready: SandboxReady
    let sandbox: Sandbox
    let profiles: String

    /// The installation that is walked through its life, and what the vendor knows it by.
    private let walked = (installation: "maple-sage300", client: "30017482")
    /// How far ahead its subscription ends.
    private let ahead = 120
    /// What the portfolio speaks.
    private let protocols: Set = ["subscription", "online-offline", "product-key", "device-token", "recorded"]

    func run() async throws {
        let color = Console.hasColor
        func head(_ text: String) { Console.print("\n" + (color ? "\u{1B}[1m\(text)\u{1B}[0m" : text)) }
        let end = day(of: clock.now).adding(days: ahead)
        try place.setExpiry(end, ofClient: walked.client)

        head("The stand-in vendor runs at \(ready.url). It is no vendor's server; its book is examples/book.yaml.")
        try addPortfolio()
        guard let registry = Wiring.registry else { return }
        let clock = clock
        let gateway = try Gateway(
            GatewayConfiguration(
                store: place.store, profiles: [profiles], deliveryRoots: [place.sites], environment: environment),
            registry: registry,
            surroundings: Surroundings(now: { clock.now }, pause: { try await Task.sleep(for: .milliseconds($0)) }))
        defer { gateway.close() }
        let caller = GlobalOptions.caller()

        head("gatehouse refresh --all: every vendor is asked, what changed is delivered.")
        let bar = ProgressBar(quiet: false)
        let report = try await gateway.perform(Refresh(selection: .all), by: caller) { bar.show($0) }
        bar.finish()
        for result in report.results { Console.print("  \(result.installation): \(result.outcome): \(result.message)") }

        let people = DemoPeople(gateway: gateway, caller: caller, desk: try sandbox.licenceDesk())
        head("Without a way to the Internet the license comes by mail: a request file goes, an entitlement file comes.")
        try await people.mail()
        head("Where only a person may ask the vendor, the refresh opened a step and waits.")
        try await people.hands()
        let tokens = DemoTokens(gateway: gateway, caller: caller, clock: clock, sandbox: sandbox, url: ready.url)
        head("gatehouse authorize: a POS server acquires its license by a code that a person types.")
        try await tokens.acquire()
        head("Its tokens are refreshed by themselves; servers check each other's without asking anybody.")
        try await tokens.use()
        let recorded = DemoRecorded(gateway: gateway, caller: caller, now: clock.now)
        head("gatehouse record: what has no server to ask is recorded by a person, one by one or from a spreadsheet.")
        try await recorded.record()
        let upgrade = DemoUpgrade(gateway: gateway, caller: caller, site: place.sites + "/granite")
        head("gatehouse upgrade: other license keys, on the server and two terminal servers.")
        try await upgrade.succeed()
        head("An upgrade that fails at the second terminal server puts everything back at once.")
        try await upgrade.rollBack()
        head("Where the second terminal server is lost for longer, what it lacks is put back once it is there again.")
        try await upgrade.fail()
        head("gatehouse todo: what needs a person, soonest loss of access first.")
        try await people.todo()

        head("gatehouse timeline \(walked.installation)")
        let timeline = try await gateway.perform(ShowTimeline(installation: walked.installation), by: caller)
        Console.print(TimelineCommand.text(timeline, width: Console.width, color: color))

        head("The life of \(walked.installation): gatehouse status --at DATE answers for any day.")
        for (days, level) in [(-60, Level.licensed), (-10, .notice), (1, .grace), (45, .grace), (46, .restricted)] {
            try await show(.day(end.adding(days: days)), expecting: level, gateway, caller)
        }

        head(
            "Its vendor's book says that it ended seven weeks ago, and then that it is renewed; each refresh follows it."
        )
        for (days, level) in [(-49, Level.restricted), (ahead, .licensed)] {
            try place.setExpiry(day(of: clock.now).adding(days: days), ofClient: walked.client)
            let renewal = try await gateway.perform(
                Refresh(selection: .installations([walked.installation])), by: caller)
            for result in renewal.results {
                Console.print("  \(result.installation): \(result.outcome): \(result.message)")
            }
            try await show(.now, expecting: level, gateway, caller)
        }

        head("gatehouse status: all of them, soonest loss of full access first.")
        try await table(gateway, caller)

        let program = try FileManager.default.destinationOfSymbolicLink(atPath: "/proc/self/exe")
        head("Try next, with a stand-in of your own, from the folder that holds examples/:")
        Console.print(
            """
              export PATH="\(URL(fileURLWithPath: program).deletingLastPathComponent().path):$PATH"
              mkdir -p /tmp/gatehouse/sites && cp examples/book.yaml /tmp/gatehouse/
              gatehouse sandbox --book /tmp/gatehouse/book.yaml --listen 127.0.0.1:8300
            and in another terminal, with the PATH and the publicKey that the stand-in printed:
              export GATEHOUSE_VENDOR_URL=http://127.0.0.1:8300 GATEHOUSE_VENDOR_KEY=…
              export GATEHOUSE_PROBE_URL=http://127.0.0.1:8300
              export GATEHOUSE_STORE=/tmp/gatehouse/gatehouse.db
              export GATEHOUSE_DELIVERY_ROOTS=/tmp/gatehouse/sites SITES=/tmp/gatehouse/sites
              sh examples/portfolio.sh && gatehouse refresh --all; gatehouse status
            Then edit a date in /tmp/gatehouse/book.yaml, and: gatehouse refresh maple-sage300
            """)
    }

    private var environment: [String: String] {
        ProcessInfo.processInfo.environment.merging(
            [
                "GATEHOUSE_VENDOR_URL": ready.url, "GATEHOUSE_VENDOR_KEY": ready.publicKey,
                // Else Sage 200's profile would ask a host on the Internet, and nothing leaves this machine.
                "GATEHOUSE_PROBE_URL": ready.url,
                "GATEHOUSE_STORE": place.store, "GATEHOUSE_PROFILES": profiles,
                "GATEHOUSE_DELIVERY_ROOTS": place.sites, "SITES": place.sites,
            ], uniquingKeysWith: { _, new in new })
    }

    /// Takes the portfolio as a person would: by the commands of the examples' script.
    private func addPortfolio() throws {
        let shell = Process()
        shell.executableURL = URL(fileURLWithPath: "/bin/sh")
        shell.arguments = [place.script]
        shell.environment = environment.merging(
            ["GATEHOUSE": try FileManager.default.destinationOfSymbolicLink(atPath: "/proc/self/exe")],
            uniquingKeysWith: { _, new in new })
        try shell.run()
        shell.waitUntilExit()
        guard shell.terminationStatus == 0 else {
            throw CallError(.failed, "\(place.script) ended with \(shell.terminationStatus).")
        }
    }

    /// Shows how everything stands, in one table: of each protocol there is something that works.
    private func table(_ gateway: Gateway, _ caller: Caller) async throws {
        let rows = try await gateway.perform(Status(), by: caller)
        var working: Set<String> = []
        for row in rows where row.access == .full { working.insert(row.protocolName) }
        guard working.isSuperset(of: protocols) else {
            throw CallError(
                .failed, "Nothing works of \(protocols.subtracting(working).sorted().joined(separator: ", ")).")
        }
        StatusTable(rows: rows).table().print(width: Console.width ?? 160, color: Console.hasColor)
    }

    private func show(
        _ point: PointInTime, expecting level: Level, _ gateway: Gateway, _ caller: Caller
    ) async throws {
        let day =
            switch point {
            case .day(let day): day
            case .now, .instant: day(of: clock.now)
            }
        let rows = try await gateway.perform(Status(at: point), by: caller)
        guard let row = rows.first(where: { $0.installation == walked.installation }), row.level == level else {
            throw CallError(.failed, "On \(day) \(walked.installation) should be \(level.rawValue), and is not.")
        }
        let post = row.access.allows(.post) ? "may post" : "may not post"
        let words = row.messages.first.map { ": \($0)" } ?? ""
        let label = Console.hasColor ? "\u{1B}[\(row.level.style.rawValue)m\(row.label)\u{1B}[0m" : row.label
        Console.print("  \(day)  \(label), \(row.access.rawValue) access, \(post)\(words)")
    }

    private func day(of instant: Instant) -> LocalDay { Zone.utc.localDay(of: instant) }
}
