import AdapterKit
import GatewayAPI
import GatewayProfiles
import GatewayStore
import Testing
import VendorSandbox

@testable import GatewayCore

@Suite("Licenses are acquired by a code, and given back")
struct AuthorizationTests {
    @Test("The code is shown, asked after no sooner than the server wants, and the license taken once it was typed")
    func acquires() async throws {
        try await TokenFixture.with { tokens in
            try await tokens.open { gateway in
                try await tokens.add("hq", to: gateway)
                let begun = try await gateway.perform(BeginAuthorization(installation: "hq"))
                let notice = try #require(begun.notice)
                #expect(notice.code.count == 9 && notice.link == "\(tokens.ready.url)/pos/device")
                #expect(notice.expires == tokens.time.now.adding(seconds: 600))
                #expect(begun.askAgain == tokens.time.now.adding(seconds: 5) && begun.result == nil)
                // Too soon: the server is not asked.
                #expect(try await gateway.perform(CompleteAuthorization(installation: "hq")) == begun)
                tokens.time.pass(seconds: 5)
                let pending = try await gateway.perform(CompleteAuthorization(installation: "hq"))
                #expect(pending.notice == notice && pending.askAgain == tokens.time.now.adding(seconds: 5))
                // Shown again, it is the same.
                #expect(try await gateway.perform(BeginAuthorization(installation: "hq")).notice == notice)
                try await tokens.type(notice.code, for: "SRV-1")
                tokens.time.pass(seconds: 5)
                let done = try await gateway.perform(CompleteAuthorization(installation: "hq"))
                #expect(done.result?.outcome == .updated && done.notice == nil)
                let page = try await gateway.perform(ShowTokens(installation: "hq"))
                #expect(page.status == "Licensed" && page.standing == "Licensed" && page.access == .full)
                #expect(page.license?.serverID == "SRV-1" && page.license?.serverName == "Head Office")
                #expect(page.license?.edition == "Corporate" && page.license?.features == ["xms"])
                #expect(page.renewsOn == DateValue("2027-12-31"))
                #expect(page.tokenExpires == .instant(tokens.time.now.adding(hours: 7 * 24)))
                #expect(page.refreshDue == tokens.time.now.adding(hours: 84))
                // The server's own word for itself, and the code is spent.
                #expect(try await gateway.stored("hq").identity == ["serverID": "SRV-1"])
                #expect(try await gateway.store.withheldNames(of: "hq") == ["access_token", "refresh_token"])
            }
        }
    }

    @Test("A gateway that ends between the two halves costs nothing, and slow_down holds for the rest")
    func restarts() async throws {
        try await TokenFixture.with { tokens in
            let code = try await tokens.open { gateway in
                try await tokens.add("hq", to: gateway)
                return try await gateway.perform(BeginAuthorization(installation: "hq")).notice?.code
            }
            try await tokens.open { gateway in
                // Another client asks with the same code meanwhile: the server wants to be left alone.
                let device = try await tokens.token("device_code", of: "hq", gateway)
                let vendor = try #require(gateway.profiles.profiles["pos-token"]).vendor
                for _ in 0..<2 {
                    _ = try await gateway.line.send(
                        Withholding(gateway: gateway, installation: "hq").filled(
                            Request(
                                post: [
                                    "client_id": .text("gatehouse"), "device_code": .text(device),
                                    "grant_type": .text("urn:ietf:params:oauth:grant-type:device_code"),
                                ], to: tokens.ready.url + "/pos/token"), settings: [:]),
                        to: vendor)
                }
                tokens.time.pass(seconds: 5)
                let view = try await gateway.perform(CompleteAuthorization(installation: "hq"))
                #expect(view.notice?.code == code)
                let wait = try #require(view.askAgain).milliseconds - tokens.time.now.milliseconds
                #expect(wait >= 10_000)
                try await tokens.type(try #require(code), for: "SRV-1")
                tokens.time.pass(milliseconds: Int(wait))
            }
            try await tokens.open { gateway in
                let done = try await gateway.perform(CompleteAuthorization(installation: "hq"))
                #expect(done.result?.outcome == .updated)
            }
        }
    }

    @Test("A code that is denied or ends leaves everything as it was, and another can be had")
    func refused() async throws {
        try await TokenFixture.with { tokens in
            try await tokens.open { gateway in
                try await tokens.add("hq", to: gateway)
                let first = try await gateway.perform(BeginAuthorization(installation: "hq"))
                try await tokens.type(try #require(first.notice).code, for: "SRV-1", isDenied: true)
                tokens.time.pass(seconds: 5)
                let denied = try await gateway.perform(CompleteAuthorization(installation: "hq"))
                #expect(denied.result?.outcome == .rejected)
                #expect(denied.result?.message.contains("denied") == true)
                let second = try await gateway.perform(BeginAuthorization(installation: "hq"))
                tokens.time.pass(seconds: 601)
                let ended = try await gateway.perform(CompleteAuthorization(installation: "hq"))
                #expect(ended.result?.outcome == .failed && ended.result?.message.contains("ended") == true)
                #expect(try await gateway.stored("hq").authorizeAgain == nil)
                let third = try await gateway.perform(BeginAuthorization(installation: "hq"))
                #expect(third.notice?.code != second.notice?.code)
                // Where nobody asked in time, a new one is had at once.
                tokens.time.pass(seconds: 601)
                let fourth = try await gateway.perform(BeginAuthorization(installation: "hq"))
                #expect(fourth.notice?.code != third.notice?.code)
                let anew = try await gateway.perform(BeginAuthorization(installation: "hq", anew: true))
                #expect(anew.notice?.code != fourth.notice?.code)
            }
        }
    }

    @Test("A server that can't be reached is asked again later, and the code is not lost")
    func silence() async throws {
        try await TokenFixture.with { tokens in
            try await tokens.open { gateway in
                try await tokens.add("hq", to: gateway)
                let begun = try await gateway.perform(BeginAuthorization(installation: "hq"))
                try tokens.write(.init(faults: "down: true"))
                tokens.time.pass(seconds: 5)
                let silent = try await gateway.perform(CompleteAuthorization(installation: "hq"))
                #expect(silent.notice?.code == begun.notice?.code)
                // Twice as long (RFC 8628, section 3.5).
                #expect(silent.askAgain == tokens.time.now.adding(seconds: 10))
                try tokens.write(.init())
                try await tokens.type(try #require(begun.notice).code, for: "SRV-1")
                tokens.time.pass(seconds: 10)
                let done = try await gateway.perform(CompleteAuthorization(installation: "hq"))
                #expect(done.result?.outcome == .updated)
            }
        }
    }

    @Test("A license that is given back is revoked at the server, and acquired again")
    func givesBack() async throws {
        try await TokenFixture.with { tokens in
            try await tokens.open { gateway in
                try await tokens.add("hq", "other", to: gateway)
                try await tokens.acquire("hq", as: "SRV-1", gateway)
                let twice = await callError { _ = try await gateway.perform(BeginAuthorization(installation: "hq")) }
                #expect(twice?.code == .conflict && twice?.message.contains("gatehouse deauthorize hq") == true)
                let token = try await tokens.token(of: "hq", gateway)
                #expect(try await gateway.perform(VerifyToken(installation: "hq", token: token)).isTaken)
                let removed = try await gateway.perform(Deauthorize(installation: "hq"))
                #expect(removed.outcome == .removed)
                #expect(try await gateway.standing("hq").level == .unlicensed)
                #expect(try await gateway.store.withheldNames(of: "hq").isEmpty)
                let again = await callError { _ = try await gateway.perform(Deauthorize(installation: "hq")) }
                #expect(again?.code == .conflict)
                tokens.time.pass(seconds: 5)
                #expect(try await tokens.acquire("hq", as: "SRV-1", gateway).outcome == .updated)
            }
        }
    }

    @Test("Where the server is gone for good the license is removed here alone, and not before somebody says so")
    func givesBackHere() async throws {
        try await TokenFixture.with { tokens in
            try await tokens.open { gateway in
                try await tokens.add("hq", to: gateway)
                try await tokens.acquire("hq", as: "SRV-1", gateway)
                try tokens.write(.init(faults: "down: true"))
                let failed = try await gateway.perform(Deauthorize(installation: "hq"))
                #expect(failed.outcome == .unreachable)
                #expect(try await gateway.standing("hq").level == .licensed)
                let removed = try await gateway.perform(Deauthorize(installation: "hq", onlyHere: true))
                #expect(removed.outcome == .removed && removed.message.contains("was not told"))
                #expect(try await gateway.standing("hq").level == .unlicensed)
            }
        }
    }

    @Test("A license that says who it is for is taken for that installation alone")
    func otherServer() async throws {
        try await TokenFixture.with { tokens in
            try await tokens.open { gateway in
                try await tokens.add("hq", to: gateway)
                try await tokens.acquire("hq", as: "SRV-1", gateway)
                _ = try await gateway.perform(Deauthorize(installation: "hq"))
                let wrong = try await tokens.acquire("hq", as: "SRV-12", gateway)
                #expect(wrong.outcome == .failed && wrong.message.contains("serverID is \"SRV-12\""))
                #expect(try await gateway.standing("hq").level == .unlicensed)
            }
        }
    }

    @Test("The tree of the hubs is drawn, and a missing or circular hub is told")
    func hubs() async throws {
        try await TokenFixture.with { tokens in
            try await tokens.open { gateway in
                try await tokens.add("hq", "store12", "store13", to: gateway)
                try await tokens.acquire("hq", as: "SRV-1", gateway)
                try await tokens.acquire("store12", as: "SRV-12", gateway)
                try await tokens.acquire("store13", as: "SRV-13", gateway)
                let tree = try await gateway.perform(ShowHubs(customer: "maple"))
                #expect(tree.problems.isEmpty)
                #expect(tree.roots.map(\.installation) == ["hq"])
                #expect(tree.roots.first?.below.map(\.installation) == ["store12", "store13"])
                _ = try await gateway.perform(Deauthorize(installation: "hq"))
                let lost = try await gateway.perform(ShowHubs(customer: "maple"))
                #expect(lost.problems.count == 3 && lost.roots.count == 3)
                #expect(lost.problems.contains { $0.contains("store12") && $0.contains("Head Office") })
            }
        }
        func server(_ id: String, hub: String?) -> HubTree.Server {
            HubTree.Server(
                installation: id, license: TokenReading(serverID: id, serverName: id.uppercased(), hubName: hub),
                standing: "Licensed", access: .full)
        }
        let circle = HubTree(
            of: [server("a", hub: "B"), server("b", hub: "c"), server("c", hub: "A"), server("d", hub: "A")],
            customer: "maple")
        #expect(
            circle.problems == [
                "The hubs go in a circle: a → b → c → a. Correct one of them at the authorization server."
            ])
        #expect(circle.roots.map(\.installation) == ["a", "b", "c"])
        #expect(circle.roots.first?.below.map(\.installation) == ["d"])
        let own = HubTree(of: [server("a", hub: "A")], customer: "maple")
        #expect(own.problems.count == 1 && own.roots.count == 1)
        let twins = HubTree(
            of: [
                server("a", hub: nil),
                HubTree.Server(
                    installation: "b", license: TokenReading(serverID: "b", serverName: "A"), standing: "",
                    access: .full),
            ], customer: "maple")
        #expect(twins.problems.count == 1 && twins.problems[0].contains("both"))
        func shop(_ id: String, _ name: String, hub: String? = nil, in organization: String) -> HubTree.Server {
            HubTree.Server(
                installation: id,
                license: TokenReading(serverID: id, serverName: name, hubName: hub, organization: organization),
                standing: "Licensed", access: .full)
        }
        // A name is there once in an organization.
        let apart = HubTree(
            of: [
                shop("hq-a", "HQ", in: "A"), shop("hq-b", "HQ", in: "B"), shop("front", "Front", hub: "hq", in: "B"),
                shop("back", "Back", hub: "HQ", in: "C"),
            ], customer: "maple")
        #expect(
            apart.problems.count == 1 && apart.problems[0].contains("back connects to the hub HQ"), "\(apart.problems)")
        #expect(apart.roots.map(\.installation) == ["hq-a", "hq-b", "back"])
        #expect(apart.roots[1].below.map(\.installation) == ["front"])
        let long = (0..<3000).map { server("s\($0)", hub: "S\(($0 + 1) % 3000)") }
        #expect(HubTree(of: long, customer: "maple").problems.count == 1)
    }
}
