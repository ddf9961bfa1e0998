import ArgumentParser
import Foundation
import GatewayAPI
import GatewayCore

/// `gatehouse offline request`.
struct OfflineRequestCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "request", abstract: "Make license request files, to be mailed to the vendor.",
        discussion: """
            An installation has one open request at a time. Asked again, the same file is written again; with --new \
            the open one is given up, and an answer to it is not taken any more.
            """)

    @Argument(help: "The installations' IDs.")
    var installations: [String] = []

    @Flag(help: "All for which a request is due and none is open.")
    var due = false

    @Option(help: ArgumentHelp("Where the file of one request is written; - is standard output.", valueName: "file"))
    var output: String?

    @Option(
        help: ArgumentHelp(
            "The folder for the file of each request: INSTALLATION-licence-request.xml. It is made where there is none.",
            valueName: "dir"))
    var outputDir: String?

    @Flag(name: .customLong("new"), help: "Give an open request up, and make a new one.")
    var anew = false

    @Flag(help: "Replace files that are there.")
    var force = false

    @OptionGroup var options: GlobalOptions

    mutating func validate() throws {
        guard installations.isEmpty == due else {
            throw ValidationError("Name installations, or give --due.")
        }
        guard (output == nil) != (outputDir == nil) else {
            throw ValidationError("Say where the files go: --output FILE for one request, --output-dir DIR for any.")
        }
        guard output == nil || installations.count == 1 else {
            throw ValidationError("--output takes one request's file; --output-dir takes those of several.")
        }
    }

    func run() async throws {
        if let outputDir { try NamedFile.makeFolder(outputDir) }
        let call = RequestOffline(selection: due ? .due : .installations(installations), anew: anew)
        let report = try await options.withGateway { gateway, caller in try await gateway.perform(call, by: caller) }
        var failures = report.failures.count
        for failure in report.failures { Console.error("\(failure.installation): \(failure.message)") }
        for request in report.requests {
            do {
                try write(request)
            } catch {
                failures += 1
                Console.error(
                    "\(error.message) The request is open, and asked again the same file is written.")
            }
        }
        if options.json, output != "-" { try Console.json(report) }
        if !options.json, !options.quiet, report.requests.isEmpty, report.failures.isEmpty {
            Console.print("No request is due.")
        }
        guard failures == 0 else { throw ExitCode(1) }
    }

    private func write(_ request: OfflineRequest) throws(CallError) {
        guard let file = request.file else {
            let command = "gatehouse steps show \(request.operation)"
            return tell("\(request.installation): no file: `\(command)` says what to do.")
        }
        if output == "-" { return Console.write(file.contents) }
        let path = output ?? "\(outputDir ?? ".")/\(file.name)"
        let target = NamedFile(path: path)
        // One that was written before and is the same is as good.
        if !force, let there = try? target.read(most: file.contents.count), Array(there) == file.contents {
            return tell("\(request.installation): \(path) is there already, from \(request.requested.short).")
        }
        do {
            try target.write(Data(file.contents), replacing: force)
        } catch let error as CallError {
            throw error
        } catch {
            throw CallError(.failed, "\(path) can't be written: \(error.localizedDescription).")
        }
        let age = request.isNew ? "" : ", the request of \(request.requested.short) again"
        let sent = request.sent.map { ", which was sent \($0.short)" } ?? ""
        tell("\(request.installation): \(path)\(age)\(sent).")
        if output != nil {
            let id = request.installation
            tell(
                "\(request.text) Then: `gatehouse offline sent \(id)`, and when the answer is there "
                    + "`gatehouse offline import \(id) FILE.ent`.")
        }
    }

    private func tell(_ line: String) {
        if !options.json, !options.quiet { Console.print(line) }
    }
}
