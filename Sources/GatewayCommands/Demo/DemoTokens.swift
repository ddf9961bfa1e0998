import AdapterKit
import GatewayAPI
import GatewayCore
import VendorSandbox

/// What the demo shows of licenses that live on tokens: a code that is typed at the authorization server's pages, fresh
/// tokens, a token that a server presents to its hub, and the tree of the hubs.
struct DemoTokens {
    let gateway: Gateway
    let caller: Caller
    let clock: DemoClock
    let sandbox: Sandbox
    /// Where the stand-in is.
    let url: String

    /// The servers and their devices in the book: the root, the head office below it, and a store below that.
    private let servers = [
        (installation: "maple-pos-cloud", device: "POS-30017482-CLOUD"),
        (installation: "maple-pos-hq", device: "POS-30017482-HQ"),
        (installation: "maple-pos-front", device: "POS-30017482-S01"),
    ]

    /// Acquires the license of each; what a person sees of it is shown once.
    func acquire() async throws {
        for (index, server) in servers.enumerated() {
            let begun = try await gateway.perform(BeginAuthorization(installation: server.installation), by: caller)
            guard let notice = begun.notice else {
                throw CallError(.failed, "\(server.installation) should show a code: \(begun.result?.message ?? "")")
            }
            if index == 0 {
                Console.print("  gatehouse authorize \(server.installation) --begin")
                for line in AuthorizeCommand.lines(notice) where !line.isEmpty { Console.print("    \(line)") }
                Console.print(
                    "  It is typed there, by the demo: gatehouse sandbox approve --user-code \(notice.code) …")
            }
            try await StandInPages.authorize(server.device, userCode: notice.code, at: url, knowing: sandbox)
            if let next = begun.askAgain { clock.advance(to: next) }
            let view = try await gateway.perform(CompleteAuthorization(installation: server.installation), by: caller)
            guard let result = view.result, result.outcome == .updated else {
                throw CallError(.failed, "\(server.installation) should have its license.")
            }
            Console.print("  \(server.installation): \(result.outcome.rawValue): \(result.message)")
        }
    }

    /// Fetches fresh tokens, has one checked at the store's hub and past it, and draws the tree.
    func use() async throws {
        let (cloud, hub, store) = (servers[0], servers[1], servers[2])
        let report = try await gateway.perform(
            Refresh(selection: .installations([store.installation])), by: caller)
        guard let fresh = report.results.first, !fresh.outcome.isFailure else {
            throw CallError(.failed, "\(store.installation) should have fresh tokens.")
        }
        Console.print("  gatehouse refresh \(store.installation): \(fresh.outcome.rawValue): \(fresh.message)")
        let token: String?
        do { token = try sandbox.presentedToken(of: store.device, at: url) } catch {
            throw CallError(.failed, "\(error)")
        }
        for (server, isTaken) in [(hub, true), (cloud, false)] {
            let verdict = try await gateway.perform(
                VerifyToken(installation: server.installation, token: token ?? ""), by: caller)
            guard verdict.isTaken == isTaken else {
                throw CallError(
                    .failed,
                    "\(server.installation) should \(isTaken ? "take" : "refuse") the token of its store: "
                        + (verdict.refusal?.message ?? "it took it"))
            }
            Console.print(
                "  The store's token, at \(server.installation): gatehouse tokens verify \(server.installation) -")
            Console.print("    \(TokensVerify.line(verdict))")
        }
        let tree = try await gateway.perform(ShowHubs(customer: "maple"), by: caller)
        guard tree.problems.isEmpty, tree.roots.count == 1 else {
            throw CallError(.failed, "The hubs should make one tree: \(tree.problems.joined(separator: " "))")
        }
        Console.print("  gatehouse hubs maple")
        for line in HubsCommand.lines(tree.roots) { Console.print("    \(line)") }
    }
}
