import AdapterKit
import Foundation
import GatewayAPI
import Testing

@testable import GatewayCore

@Suite("What an upgrade runs, and whom it waits for")
struct UpgradeCommandTests {
    /// A gateway whose profile names a command, which a test may write anew.
    private func with(
        _ name: String, _ text: String, more: [String] = [],
        _ body: (UpgradeFixture, Gateway) async throws -> Void
    ) async throws {
        let path =
            FileManager.default.temporaryDirectory.resolvingSymlinksInPath().path + "/command-\(UUID().uuidString)"
        try Data("#!/bin/sh\n\(text)\n".utf8).write(to: URL(filePath: path))
        try FileManager.default.setAttributes([.posixPermissions: 0o755], ofItemAtPath: path)
        defer { try? FileManager.default.removeItem(atPath: path) }
        try await UpgradeFixture.with(rules: ["\(name): [\(path), \"{site.terminalServers}\"]"] + more, body)
    }

    @Test("The restart is given the site's folders, and what it says is on record")
    func restart() async throws {
        try await with("restart", "echo restarting \"$1\"") { upgrade, gateway in
            let view = try await gateway.upgrade()
            let sites = upgrade.fixture.sites
            let said = view.steps.last { $0.kind == "restart" }?.detail ?? ""
            #expect(view.phase == "done" && said.hasSuffix("restarting \(sites)/ts1,\(sites)/ts2"), "\(said)")
        }
    }

    @Test("A restart that fails puts every file back, and is told with what it wrote")
    func failing() async throws {
        // It fails where the new keys are, and works with the old ones.
        try await with(
            "restart", "grep -q 1047733 \"${1%%,*}/MAS90/Home/Lib/ACTIVATE.PVX\" || { echo no service; exit 3; }"
        ) {
            upgrade, gateway in
            let view = try await gateway.upgrade()
            #expect(view.phase == "rolledBack" && view.message.contains("ended with 3: no service"), "\(view.message)")
            for file in upgrade.files() {
                #expect(upgrade.fixture.read(file) == UpgradeFixture.Keys.eight.registration)
            }
            #expect(try await gateway.usersInForce() == 8)
        }
    }

    @Test("An idle command that says no ends it before anything is changed; its words are shown and not written down")
    func idle() async throws {
        try await with("idle", "echo kim is in; exit 1") { upgrade, gateway in
            let lines = Seen<String>()
            let view = try await gateway.upgrade { lines.add($0) }
            #expect(view.phase == "failed" && view.message.contains("the idle command says no"), "\(view.message)")
            #expect(view.message.hasSuffix("Nothing was changed."))
            #expect(lines.all.contains { $0.contains("kim is in") })
            #expect(try !upgrade.fixture.dump().joined().contains("kim is in"))
            #expect(try await gateway.usersInForce() == 8)
            #expect(try await gateway.letsIn())
        }
    }

    @Test("Who is in is waited for, and shown to who may see users alone; names are not written down")
    func sessions() async throws {
        try await UpgradeFixture.with(rules: ["everyoneOut: 1m"]) { upgrade, gateway in
            _ = try await gateway.perform(ClaimSeat(installation: "g1", user: "kimberly", host: "pc7"))
            upgrade.time.whenPausing { upgrade.time.pass(seconds: 20) }
            for (sees, words) in [(true, "kimberly on pc7"), (false, "sessions are open")] {
                let lines = Seen<String>()
                let caller = Caller(id: "local:1", name: "Pat", scope: .portfolio, seesUsers: sees)
                let view = try await gateway.upgrade(by: caller) { lines.add($0) }
                #expect(view.phase == "failed" && view.message.contains("Not everyone is out after a minute"))
                #expect(lines.all.contains { $0.contains(words) }, "\(lines.all)")
                #expect(lines.all.contains { $0.contains("kimberly") } == sees)
                #expect(!view.message.contains("kimberly"), "it could not be erased")
                #expect(!view.steps.contains { $0.detail.contains("kimberly") })
            }
        }
    }

    @Test("Nobody new is let in meanwhile, and it goes on when the last one has left")
    func leaving() async throws {
        try await UpgradeFixture.with(rules: ["everyoneOut: 1h"]) { upgrade, gateway in
            let session = try #require(
                try await gateway.perform(ClaimSeat(installation: "g1", user: "kim")).session)
            let refused = Seen<String>()
            upgrade.time.whenPausing {
                upgrade.time.pass(seconds: 2)
                let ended = DispatchSemaphore(value: 0)
                Task.detached {
                    let answer = try? await gateway.perform(ClaimSeat(installation: "g1", user: "new"))
                    refused.add(answer?.granted == false ? answer?.reason ?? "" : "let in")
                    _ = try? await gateway.perform(ReleaseSeat(SessionSelection(id: session)))
                    ended.signal()
                }
                _ = ended.wait(timeout: .now() + 30)
            }
            let view = try await gateway.upgrade()
            #expect(view.phase == "done", "\(view.message)")
            #expect(refused.all.first?.contains("upgrade of the license keys") == true, "\(refused.all)")
        }
    }
}
