import AdapterKit
import ArgumentParser
import Foundation
import GatewayAPI
import GatewayCore

/// `gatehouse tokens`.
struct TokensCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "tokens",
        abstract: "Licenses that live on tokens: what they grant, and whether a token is good.",
        discussion: "`gatehouse authorize` acquires such a license, `gatehouse refresh` fetches fresh tokens.",
        subcommands: [TokensShow.self, TokensVerify.self])
}

/// `gatehouse tokens show`.
struct TokensShow: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "show", abstract: "Show a license as the product's license page does.")

    @Argument(help: "The installation's ID.")
    var id: String

    @Option(help: ArgumentHelp("When: a date, or an RFC 3339 time.", valueName: "date"))
    var at: PointInTime = .now

    @OptionGroup var options: GlobalOptions

    func run() async throws {
        let page = try await options.withGateway { gateway, caller in
            try await gateway.perform(ShowTokens(installation: id, at: at), by: caller)
        }
        if options.json { return try Console.json(page) }
        var lines = LabeledLines()
        lines.add("License Status", page.status)
        if let license = page.license {
            lines.add("Server ID", license.serverID)
            if let name = license.serverName { lines.add("Server Name", name) }
            if let edition = license.edition { lines.add("Edition", edition) }
            if let organization = license.organization { lines.add("Organization", organization) }
        }
        if let day = page.renewsOn { lines.add("License Renewal Date", "\(day)") }
        if let license = page.license {
            lines.add("Features", license.features.isEmpty ? "–" : license.features.joined(separator: ", "))
            lines.add("Hub Server Name", license.hubName ?? "–")
            lines.add("Hub Server URL", license.hubURL ?? "–")
        }
        if let ends = page.tokenExpires {
            lines.add("Token Expiry", "\(ends)" + (page.refreshDue.map { ", refreshed from \($0) on" } ?? ""))
        }
        if let why = page.authorizeAgain { lines.add("Authorize again", why) }
        if let lost = page.lostAnswer { lines.add("Answer lost", lost) }
        lines.add("Standing", "\(page.standing), access \(page.access.rawValue)")
        for message in page.messages { lines.add("Message", message) }
        lines.add("Verification", page.verification)
        for line in lines.text(width: Console.width) { Console.print(line) }
    }
}

/// `gatehouse tokens verify`.
struct TokensVerify: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "verify",
        abstract: "Whether a server is to take a token that a register or another server presents.",
        discussion: """
            Checked without asking anybody, with the issuer's keys as they were last fetched: signature, issuer, audience, \
            times, edition, and that the token is of this server, of its hub, or of one whose hub it is. Exit code 0 where it \
            is taken, 4 where it is refused, with the reason. A token is a secret: give - to read it from standard input, \
            since others may see what stands in a command line.
            """)

    @Argument(help: "The ID of the installation whose server the token is presented to.")
    var id: String

    @Argument(help: "The token; - reads it from standard input.")
    var token: String

    @OptionGroup var options: GlobalOptions

    func run() async throws {
        let text = token == "-" ? (readLine(strippingNewline: true) ?? "") : token
        let verdict = try await options.withGateway { gateway, caller in
            try await gateway.perform(
                VerifyToken(installation: id, token: text.trimmingCharacters(in: .whitespaces)), by: caller)
        }
        if options.json {
            try Console.json(verdict)
        } else if !verdict.isTaken {
            Console.errorText(Self.line(verdict))
        } else if !options.quiet {
            Console.print(Self.line(verdict))
        }
        if !verdict.isTaken { throw ExitCode(4) }
    }

    /// What came of it, in a line.
    static func line(_ verdict: TokenVerdict) -> String {
        if let refusal = verdict.refusal { return "refused (\(refusal.check.rawValue)): \(refusal.message)" }
        guard let token = verdict.token else { return "taken" }
        let what = [token.edition, token.serverName].compactMap { $0 }.joined(separator: " ")
        let until = verdict.until.map { ", until \($0)" } ?? ""
        return "taken: \(what.isEmpty ? "" : "\(what), ")server ID \(token.serverID)\(until)"
    }
}

/// `gatehouse hubs`.
struct HubsCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "hubs", abstract: "Draw the tree that a customer's servers make by their hubs.",
        discussion: "Exit code 1 where something is wrong with the tree: a hub that is missing, or hubs in a circle.")

    @Argument(help: "The customer's ID.")
    var customer: String

    @OptionGroup var options: GlobalOptions

    func run() async throws {
        let tree = try await options.withGateway { gateway, caller in
            try await gateway.perform(ShowHubs(customer: customer), by: caller)
        }
        if options.json {
            try Console.json(tree)
        } else {
            if tree.roots.isEmpty { Console.print("None.") }
            for line in Self.lines(tree.roots) { Console.print(line) }
            for problem in tree.problems { Console.warning(problem) }
        }
        if !tree.problems.isEmpty { throw ExitCode(1) }
    }

    /// The tree, a server a line.
    static func lines(_ roots: [HubTree.Server]) -> [String] {
        roots.flatMap { root in [name(root)] + lines(below: root, margin: "") }
    }

    private static func lines(below server: HubTree.Server, margin: String) -> [String] {
        server.below.enumerated().flatMap { number, child in
            let isLast = number == server.below.count - 1
            return [margin + (isLast ? "└─ " : "├─ ") + name(child)]
                + lines(below: child, margin: margin + (isLast ? "   " : "│  "))
        }
    }

    private static func name(_ server: HubTree.Server) -> String {
        let license = server.license
        let known = [license?.serverName, license?.edition].compactMap { $0 }.joined(separator: ", ")
        return "\(server.installation)\(known.isEmpty ? "" : " (\(known))"): \(server.standing)"
    }
}
