import ArgumentParser
import Foundation
import GatewayAPI
import VendorSandbox

/// `gatehouse sandbox answer`.
struct SandboxAnswer: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "answer",
        abstract: "Answer licence request files of Sage 200, as the vendor does by mail.",
        discussion: """
            Answers are signed with the key of `gatehouse sandbox run` with the same book, so whoever trusts that one \
            trusts them: the file beside the book, its name with .key behind it, which is made where there is none. \
            The public half is told.

            A request that the book has no license for gets no file, but a sentence and exit code 1; the others are \
            answered all the same.
            """)

    @Option(help: ArgumentHelp("The book: what the vendors know of their customers.", valueName: "file"))
    var book: String

    @Argument(help: ArgumentHelp("The licence request files.", valueName: "request.xml"))
    var requests: [String]

    @Option(help: ArgumentHelp("Where the answer to one request is written; - is standard output.", valueName: "file"))
    var output: String?

    @Option(
        help: ArgumentHelp(
            "The folder for an answer to each request: its name with .ent in place of .xml. It is made where there is none.",
            valueName: "dir"))
    var outputDir: String?

    @Flag(help: "Replace files that are there.")
    var force = false

    mutating func validate() throws {
        guard (output == nil) != (outputDir == nil) else {
            throw ValidationError("Say where the answers go: --output FILE for one request, --output-dir DIR for any.")
        }
        guard output == nil || requests.count == 1 else {
            throw ValidationError("--output takes the answer to one request; --output-dir takes those to several.")
        }
        for (name, group) in Dictionary(grouping: requests, by: Self.answerName) where group.count > 1 {
            throw ValidationError(
                "The answers to \(group.joined(separator: " and ")) would both be \(name): give one of the requests "
                    + "another name, or answer them into two folders.")
        }
    }

    func run() async throws {
        let desk = try licenceDesk()
        if let outputDir { try NamedFile.makeFolder(outputDir) }
        var failures = 0
        for request in requests {
            if Task.isCancelled {
                throw CallError(.cancelled, "Cancelled: \(request) and those behind it have no answer.")
            }
            do {
                try answer(request, at: desk)
            } catch {
                failures += 1
                Console.error(error.message)
            }
        }
        if output != "-", failures < requests.count {
            Console.print(
                "Signed with the key \"\(Sandbox.keyID)\" of \(desk.keyFile); its public half is \(desk.publicKey)")
        }
        guard failures == 0 else { throw ExitCode(1) }
    }

    private func licenceDesk() throws -> LicenceDesk {
        do { return try Sandbox(book: book).licenceDesk() } catch { throw CallError(.failed, "\(error)") }
    }

    private func answer(_ request: String, at desk: LicenceDesk) throws(CallError) {
        let path = output ?? (outputDir.map { "\($0)/\(Self.answerName(request))" } ?? "-")
        do {
            let file = NamedFile(path: path)
            if path != "-" { try file.checkFree(replacing: force) }
            let answer = try desk.answer(
                Array(NamedFile(path: request).read(most: LicenceDesk.byteLimit)))
            guard path != "-" else { return Console.write(answer.document) }
            try file.write(Data(answer.document), replacing: force)
            Console.print("\(path): for account \(answer.accountNumber), serial number \(answer.serialNumber)")
        } catch let error as CallError {
            throw error
        } catch {
            throw CallError(.failed, "\(request): \(error)")
        }
    }

    private static func answerName(_ request: String) -> String {
        EntitlementFile.name(for: URL(fileURLWithPath: request).lastPathComponent)
    }
}
