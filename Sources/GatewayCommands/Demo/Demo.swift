import ArgumentParser
import Foundation
import GatewayAPI
import GatewayCore
import VendorSandbox

/// `gatehouse demo`.
struct Demo: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "demo",
        abstract: "Show the whole of it on a small portfolio: under a minute, nothing beyond this machine.",
        discussion: """
            Makes a temporary store, starts the stand-in vendor, takes the portfolio of the examples, refreshes it, \
            and walks one installation through expiry, grace, read-only and renewal. Another has its license by \
            mail, and a third by a person who looks it up; three servers acquire theirs by a code that is typed, two \
            products have theirs recorded; another gets other license keys on three machines, and once all of it is put \
            back. The table at its end has them all.
            """)

    @Option(
        help: ArgumentHelp(
            "The folder of the examples; by default beside the program, or ./examples.", valueName: "dir"))
    var examples: String?

    @Option(
        help: ArgumentHelp(
            "The folder of the profiles; by default beside the program, or ./profiles.", valueName: "dir"))
    var profiles: String?

    func run() async throws {
        let examples = try folder(examples, named: "examples", holding: "book.yaml")
        let profiles = try folder(profiles, named: "profiles", holding: "sage300-subscription.yaml")
        let place = try DemoPlace(examples: examples)
        defer { place.remove() }
        let clock = DemoClock()
        do {
            let sandbox = Sandbox(book: place.book, clock: { clock.now })
            try await sandbox.whileRunning { ready in
                try await DemoWalk(
                    place: place, clock: clock, ready: ready, sandbox: sandbox, profiles: profiles
                ).run()
            }
        } catch let error as CallError {
            throw error
        } catch {
            throw CallError(.failed, "The demo could not go on: \(error)")
        }
    }

    private func folder(_ given: String?, named name: String, holding file: String) throws -> String {
        let program = (try? FileManager.default.destinationOfSymbolicLink(atPath: "/proc/self/exe")) ?? ""
        let beside = URL(fileURLWithPath: program).deletingLastPathComponent().path
        let here = FileManager.default.currentDirectoryPath
        let candidates = given.map { [$0] } ?? ["\(beside)/\(name)", "\(here)/\(name)"]
        guard let found = candidates.first(where: { FileManager.default.fileExists(atPath: "\($0)/\(file)") }) else {
            throw CallError(
                .failed,
                "\(file) is not in \(candidates.joined(separator: " nor in ")): name its folder with --\(name) DIR.")
        }
        return found
    }
}
