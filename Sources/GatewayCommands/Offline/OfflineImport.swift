import ArgumentParser
import Foundation
import GatewayAPI
import GatewayCore

/// `gatehouse offline import`.
struct OfflineImport: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "import", abstract: "Take the entitlement files that came back.",
        usage: """
            gatehouse offline import <installation> <file.ent> [<options>]
            gatehouse offline import <file.ent | dir> [<options>]
            """,
        discussion: """
            A file is taken once, for the account and serial number that it names, as the answer to a request that is \
            open, if a trusted key signed it and it is not older than what is held. Anything else is refused with the \
            reason, and nothing changes. Of a folder every file is taken whose name ends with .ent, each for the \
            installation that it is for.
            """)

    @Argument(help: "The installation's ID and the file; or a file or folder alone.")
    var names: [String]

    @Flag(help: "Replace files that Gatehouse did not write; each original is kept for good.")
    var adopt = false

    @OptionGroup var options: GlobalOptions

    mutating func validate() throws {
        guard (1...2).contains(names.count) else {
            throw ValidationError("Name an installation and a file, or a file or folder alone.")
        }
    }

    func run() async throws {
        let path = names[names.count - 1]
        var isFolder: ObjCBool = false
        if FileManager.default.fileExists(atPath: path, isDirectory: &isFolder), isFolder.boolValue {
            guard names.count == 1 else {
                throw CallError(
                    .invalid,
                    "\(path) is a folder: its files are taken for whichever installation each is for, so name none.")
            }
            return try await importAll(in: path)
        }
        let file = try Self.file(path)
        let installation = names.count == 2 ? names[0] : nil
        let result = try await options.withGateway { gateway, caller in
            try await gateway.perform(
                ImportOffline(installation: installation, file: file, adopt: adopt), by: caller)
        }
        try StepResult.show(result, options)
    }

    private func importAll(in folder: String) async throws {
        let entries = try FileManager.default.contentsOfDirectory(atPath: folder).filter {
            $0.lowercased().hasSuffix(".ent") && !$0.hasPrefix(".")
        }.sorted()
        guard !entries.isEmpty else {
            throw CallError(.invalid, "No file in \(folder) has a name that ends with .ent.")
        }
        var results: [RefreshResult] = []
        var failures = 0
        try await options.withGateway { gateway, caller in
            for name in entries {
                if Task.isCancelled { throw CallError(.cancelled, "Cancelled: \(name) and those behind it are left.") }
                do {
                    let call = ImportOffline(
                        installation: nil, file: try Self.file("\(folder)/\(name)"), adopt: adopt)
                    let result = try await gateway.perform(call, by: caller)
                    results.append(result)
                    if !options.json, !options.quiet {
                        Console.print("\(name): \(result.installation): \(result.outcome.rawValue): \(result.message)")
                    }
                    if result.outcome.isFailure { failures += 1 }
                } catch let error as CallError where error.code != .cancelled {
                    failures += 1
                    Console.error("\(name): \(error.message)")
                }
            }
        }
        if options.json { try Console.json(results) }
        if !options.json, !options.quiet {
            Console.print("\(entries.count - failures) imported, \(failures) refused.")
        }
        guard failures == 0 else { throw ExitCode(1) }
    }

    private static func file(_ path: String) throws -> AttachedFile {
        let contents = try NamedFile(path: path).read(most: AttachedFile.mostBytes)
        return AttachedFile(name: URL(fileURLWithPath: path).lastPathComponent, contents: Array(contents))
    }
}

/// What came of a step that a person has done.
enum StepResult {
    /// Shows it, and ends with the exit code that goes with it.
    static func show(_ result: RefreshResult, _ options: GlobalOptions) throws {
        if options.json {
            try Console.json(result)
        } else if result.outcome.isFailure || !options.quiet {
            let line = "\(result.installation): \(result.outcome.rawValue): \(result.message)"
            if result.outcome.isFailure { Console.errorText(line) } else { Console.print(line) }
        }
        if result.outcome.isFailure { throw ExitCode(result.outcome == .unreachable ? 3 : 1) }
    }
}
