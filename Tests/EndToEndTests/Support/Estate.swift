import Foundation
import Synchronization
import Testing

/// A machine of a managed service provider for one test: a folder with a store and the customers' sites, an
/// environment of its own, and the servers that the test starts. Everything goes when the test is over, what came
/// last first.
final class Estate: Sendable {
    private struct State {
        var environment: [String: String]
        var undo: [@Sendable () async -> Void] = []
    }

    /// The folder of all of it.
    let folder: String
    private let state: Mutex<State>

    var store: String { folder + "/gatehouse.db" }
    var sites: String { folder + "/sites" }

    /// Runs a test in an estate of its own.
    ///
    /// - Parameter isAlone: Whether there is no other meanwhile, since the test measures how long things take.
    static func with(isAlone: Bool = false, _ body: (Estate) async throws -> Void) async throws {
        let places = isAlone ? Room.shared.places : 1
        await Room.shared.enter(places)
        defer { Room.shared.leave(places) }
        let estate = try Estate()
        do {
            try await body(estate)
        } catch {
            await estate.leave()
            throw error
        }
        await estate.leave()
    }

    private init() throws {
        // The real path: programs that are told of it say it back.
        let base = FileManager.default.temporaryDirectory.resolvingSymlinksInPath().path
        folder = "\(base)/gatehouse-e2e-\(UUID().uuidString.prefix(13))"
        var environment = [
            "GATEHOUSE_STORE": folder + "/gatehouse.db", "GATEHOUSE_DELIVERY_ROOTS": folder + "/sites",
            "GATEHOUSE_PROFILES": Program.profiles, "HOME": folder + "/home", "TMPDIR": folder + "/tmp",
        ]
        for name in ["PATH", "LD_LIBRARY_PATH", "TZDIR"] {
            environment[name] = ProcessInfo.processInfo.environment[name]
        }
        state = Mutex(State(environment: environment))
        let folder = folder
        for name in ["", "/sites", "/home", "/tmp"] {
            try FileManager.default.createDirectory(atPath: folder + name, withIntermediateDirectories: true)
        }
        atEnd { try? FileManager.default.removeItem(atPath: folder) }
        guard FileManager.default.isExecutableFile(atPath: Program.path) else {
            throw Trouble("there is no program at \(Program.path): build it, or name it in GATEHOUSE_TEST_PROGRAM")
        }
    }

    /// Notes what is to be done at the end.
    func atEnd(_ undo: @escaping @Sendable () async -> Void) {
        state.withLock { $0.undo.append(undo) }
    }

    private func leave() async {
        while let undo = state.withLock({ $0.undo.popLast() }) { await undo() }
    }

    /// Sets a variable of every later command's environment, or with nil takes it away.
    func set(_ name: String, _ value: String?) {
        state.withLock { $0.environment[name] = value }
    }

    /// Every command's environment.
    var variables: [String: String] { state.withLock { $0.environment } }

    // MARK: Commands

    /// Starts the program.
    func start(
        _ arguments: [String], with variables: [String: String] = [:], limit: Duration = .seconds(90)
    ) throws -> Child {
        let environment = self.variables.merging(variables) { _, new in new }
        let child = try Child(
            Program.path, arguments, environment: environment, folder: folder, limit: limit)
        atEnd {
            child.signal(SIGKILL)
            _ = try? await child.finished()
        }
        return child
    }

    /// Runs the program to its end.
    func run(
        _ arguments: [String], with variables: [String: String] = [:], limit: Duration = .seconds(90)
    ) async throws -> Finished {
        let finished = try await start(arguments, with: variables, limit: limit).finished()
        if finished.wasLate { throw Trouble("gatehouse \(arguments.joined(separator: " ")): \(finished)") }
        return finished
    }

    func run(_ arguments: String...) async throws -> Finished { try await run(arguments) }

    /// Runs the program to its end, which must be a good one.
    @discardableResult
    func must(_ arguments: [String], with variables: [String: String] = [:]) async throws -> Finished {
        let finished = try await run(arguments, with: variables)
        guard finished.code == 0 else {
            throw Trouble("gatehouse \(arguments.joined(separator: " ")): \(finished)")
        }
        return finished
    }

    @discardableResult
    func must(_ arguments: String...) async throws -> Finished { try await must(arguments) }

    /// What a command prints with `--json`.
    func json(_ arguments: String...) async throws -> JSON {
        try await must(arguments + ["--json"]).json
    }

    // MARK: Files

    /// Writes a file below the folder.
    @discardableResult
    func write(_ text: String, to name: String) throws -> String {
        let path = "\(folder)/\(name)"
        try FileManager.default.createDirectory(
            atPath: URL(fileURLWithPath: path).deletingLastPathComponent().path, withIntermediateDirectories: true)
        try Data(text.utf8).write(to: URL(fileURLWithPath: path))
        return path
    }

    /// Makes the folder of a site.
    func site(_ name: String) throws -> String {
        let path = "\(sites)/\(name)"
        try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
        return path
    }
}

extension Estate {
    /// Adds a customer and an installation of Sage 300 that the vendors of these tests know.
    ///
    /// - Parameter shared: The Shared Data folders; without one, a folder of that name is made among the sites.
    /// - Returns: The paths of `entitlements.xml`.
    @discardableResult
    func add(
        _ client: Client = .maple, zone: String = "America/Toronto", profile: String = "sage300-subscription",
        shared: [String]? = nil
    ) async throws -> [String] {
        try await must("customers", "add", client.id, "--name", client.customer, "--time-zone", zone)
        let folders = try shared ?? [site("\(client.id)/SharedData")]
        try await must(client.installationArguments(profile: profile, shared: folders))
        return folders.map { $0 + "/entitlements.xml" }
    }

    /// The row of the one installation in `status --json`.
    func standing(_ arguments: String...) async throws -> JSON {
        let rows = try await must(["status", "--json"] + arguments).json.array ?? []
        return try #require(rows.count == 1 ? rows.first : nil)
    }

    /// Everything that a person sees of an installation, for comparing it with later.
    func picture(of installation: String) async throws -> [JSON] {
        var view = try await json("installations", "show", installation)
        if case .object(var members) = view {
            members["lastFailure"] = nil
            view = .object(members)
        }
        return [view, try await json("status")]
    }
}

/// A client of the vendor's, with one installation of Sage 300.
struct Client: Sendable {
    var id: String
    var customer: String
    var clientID: String
    var clientName: String
    var serialNumber: String

    var installation: String { id + "-sage300" }

    static let maple = Client(
        id: "maple", customer: "Maple & Ridge Foods", clientID: "30017482", clientName: "Maple & Ridge Foods Ltd.",
        serialNumber: "SCX26-0417-88213")
    static let cedar = Client(
        id: "cedar", customer: "Cedar Point Dental", clientID: "30018260", clientName: "Cedar Point Dental Group",
        serialNumber: "SCX26-0440-31895")

    func installationArguments(profile: String = "sage300-subscription", shared: [String]) -> [String] {
        [
            "installations", "add", installation, "--customer", id, "--profile", profile,
            "--identity", "clientID=\(clientID)", "--identity", "clientName=\(clientName)",
            "--identity", "serialNumber=\(serialNumber)",
        ] + shared.flatMap { ["--site", "sharedData=\($0)"] }
    }

    /// The client's entry in a book.
    func entry(expires: String = "+210d", _ more: String...) -> String {
        var lines = [
            "  - clientID: \"\(clientID)\"", "    clientName: \(clientName)", "    serialNumber: \(serialNumber)",
            "    release: Sage 300 2026", "    expires: \(expires)", "    users: 10", "    webUsers: 5",
        ]
        if !more.contains(where: { $0.hasPrefix("modules:") }) {
            lines += ["    modules:", "      - { code: GL, name: General Ledger }"]
        }
        return (lines + more.map { "    " + $0 }).joined(separator: "\n") + "\n"
    }

    /// A book with this client alone.
    func book(expires: String = "+210d", _ more: String..., faults: String? = nil) -> String {
        var entry = entry(expires: expires)
        for line in more { entry += "    \(line)\n" }
        return "sage300:\n" + entry + (faults.map { "faults:\n  sage300: \($0)\n" } ?? "")
    }
}
