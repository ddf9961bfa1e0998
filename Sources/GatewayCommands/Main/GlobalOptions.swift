public import AdapterKit
public import ArgumentParser
import Foundation
public import GatewayAPI
import GatewayCore

/// The options that every command on a store takes.
struct GlobalOptions: ParsableArguments {
    @Option(
        help: ArgumentHelp(
            "The store's file (or GATEHOUSE_STORE); by default gatehouse.db in your data folder.",
            valueName: "file"))
    var store: String?

    @Option(
        help: ArgumentHelp(
            "The folder of the profiles (or GATEHOUSE_PROFILES); by default those installed with it, or ./profiles.",
            valueName: "dir"))
    var profiles: String?

    @Option(
        name: .customLong("delivery-root"),
        help: ArgumentHelp(
            "A folder that files may be delivered below; repeatable (or GATEHOUSE_DELIVERY_ROOTS, colon-separated).",
            valueName: "dir"))
    var deliveryRoots: [String] = []

    @Option(
        help: ArgumentHelp(
            "The file of the key that secrets are sealed with (or GATEHOUSE_KEY_FILE); by default beside the store.",
            valueName: "file"))
    var keyFile: String?

    @Flag(help: "Print JSON.")
    var json = false

    @Flag(help: "Print only what was asked for, and errors.")
    var quiet = false

    /// Opens the gateway for one command and closes it afterwards.
    func withGateway<Value>(_ body: (Gateway, Caller) async throws -> Value) async throws -> Value {
        guard let registry = Wiring.registry else {
            throw CallError(.failed, "This program was built without adapters.")
        }
        let gateway = try Gateway(configuration(), registry: registry, surroundings: Wiring.surroundings)
        do {
            let value = try await body(gateway, Self.caller())
            gateway.close()
            return value
        } catch {
            gateway.close()
            throw error
        }
    }

    /// Who looks after a store that may not be opened.
    func caretaker() throws(CallError) -> Caretaker {
        guard let registry = Wiring.registry else {
            throw CallError(.failed, "This program was built without adapters.")
        }
        return Caretaker(configuration(), registry: registry, surroundings: Wiring.surroundings)
    }

    /// Runs something long under a progress bar.
    func watching<Value>(_ body: (@escaping @Sendable (GatewayAPI.Progress) -> Void) async throws -> Value) async throws
        -> Value
    {
        let bar = ProgressBar(quiet: quiet)
        defer { bar.finish() }
        return try await body { bar.show($0) }
    }

    func configuration() -> GatewayConfiguration {
        let environment = ProcessInfo.processInfo.environment
        let roots =
            deliveryRoots.isEmpty
            ? (environment["GATEHOUSE_DELIVERY_ROOTS"] ?? "").split(separator: ":").map(String.init) : deliveryRoots
        return GatewayConfiguration(
            store: Self.absolute(store ?? environment["GATEHOUSE_STORE"] ?? Self.defaultStore(environment)),
            profiles: [Self.absolute(profiles ?? environment["GATEHOUSE_PROFILES"] ?? Self.defaultProfiles())],
            deliveryRoots: roots.map(Self.absolute), environment: environment,
            keyFile: (keyFile ?? environment["GATEHOUSE_KEY_FILE"]).map(Self.absolute))
    }

    /// The options that lead another process to the same store, profiles, roots and key.
    var placeArguments: [String] {
        let configuration = configuration()
        return ["--store", configuration.store, "--profiles"] + configuration.profiles.prefix(1)
            + configuration.deliveryRoots.flatMap { ["--delivery-root", $0] }
            + ["--key-file", configuration.keyFile]
    }

    /// Who runs the command: the user of this machine.
    static func caller() -> Caller {
        let user = getuid()
        let name = getpwuid(user).map { String(cString: $0.pointee.pw_name) } ?? "user \(user)"
        return Caller(id: "local:\(user)", name: name, scope: .portfolio)
    }

    private static func defaultStore(_ environment: [String: String]) -> String {
        let home = environment["XDG_DATA_HOME"].flatMap { $0.hasPrefix("/") ? $0 : nil }
        let folder = home ?? homeFolder(environment) + "/.local/share"
        return folder + "/gatehouse/gatehouse.db"
    }

    /// As a shell says it: Foundation asks the user database instead.
    private static func homeFolder(_ environment: [String: String]) -> String {
        environment["HOME"].flatMap { $0.hasPrefix("/") ? $0 : nil } ?? NSHomeDirectory()
    }

    private static func defaultProfiles() -> String {
        let program = (try? FileManager.default.destinationOfSymbolicLink(atPath: "/proc/self/exe")) ?? ""
        let folder = URL(fileURLWithPath: program).deletingLastPathComponent()
        // Beside the program, or where `make install` puts them.
        let places = ["profiles", "../share/gatehouse/profiles"].map { folder.appending(path: $0).standardized.path }
        return places.first { FileManager.default.fileExists(atPath: $0) } ?? "profiles"
    }

    /// A path as the system takes it, wherever it is used.
    static func absolute(_ path: String) -> String {
        let home = homeFolder(ProcessInfo.processInfo.environment)
        let expanded = path.hasPrefix("~/") ? home + path.dropFirst() : path
        return expanded.hasPrefix("/") ? expanded : FileManager.default.currentDirectoryPath + "/" + expanded
    }
}

/// `key=value`, as `--identity` and `--site` take it.
struct KeyValue: ExpressibleByArgument {
    var key: String
    var value: String

    init?(argument: String) {
        guard let equals = argument.firstIndex(of: "="), equals > argument.startIndex else { return nil }
        key = String(argument[..<equals])
        value = String(argument[argument.index(after: equals)...])
    }
}

/// Makes sure that a listing is asked for a length that it can have.
func requireLimit(_ limit: Int?, upTo most: Int) throws {
    guard let limit, !(1...most).contains(limit) else { return }
    throw ValidationError("--limit is a number from 1 to \(most).")
}

extension PointInTime: ExpressibleByArgument {
    /// `now`, a date, or an RFC 3339 time.
    public init?(argument: String) {
        if argument == "now" {
            self = .now
        } else if let day = LocalDay(argument) {
            self = .day(day)
        } else if let instant = Instant(argument) {
            self = .instant(instant)
        } else {
            return nil
        }
    }
}

extension Level: ExpressibleByArgument {}
extension Action: ExpressibleByArgument {}
extension Refresh.Trigger: ExpressibleByArgument {}
