import AdapterKit
import Foundation
import GatewayAPI
import GatewayStore

@testable import GatewayCore

/// A gateway with two protocols, `test` and `other`, at one vendor, which grants every account a revision of its own
/// name; and the customer `north` with the installation `n1` of the first.
struct EditFixture: Sendable {
    let fixture: GatewayFixture
    let vendor: TestVendor

    static func with(_ body: (EditFixture, Gateway) async throws -> Void) async throws {
        try await with(vendor: { request in .reply(200, "r-\(request.account)") }, body)
    }

    static func with(
        vendor script: @escaping TestVendor.Script, _ body: (EditFixture, Gateway) async throws -> Void
    ) async throws {
        try await GatewayFixture.with { fixture in
            try await TestVendor.with(script) { vendor in
                let test = EditFixture(fixture: fixture, vendor: vendor)
                let deliver = #"deliver: { license: "{site.shared}/license.txt" }"#
                let profile = ScriptedAdapter.profile(address: vendor.url, deliver: deliver)
                try fixture.write(profile: "test", profile)
                try fixture.write(profile: "test-2", profile.replacing("name: test", with: "name: test-2"))
                try fixture.write(
                    profile: "other",
                    profile.replacing("name: test", with: "name: other").replacing(
                        "protocol: test", with: "protocol: other"))
                try await test.open { gateway in
                    _ = try await gateway.perform(
                        AddCustomer(id: "north", displayName: "North Ltd.", timeZone: "America/Toronto"))
                    try await test.add("n1", to: gateway)
                    try await body(test, gateway)
                }
            }
        }
    }

    var time: TestTime { fixture.time }

    func open<Result>(_ body: (Gateway) async throws -> Result) async throws -> Result {
        try await fixture.withGateway([Self.adapter(.test), Self.adapter(.other)], body)
    }

    func add(_ id: String, to gateway: Gateway, account: String? = nil, site: String? = nil) async throws {
        _ = try await gateway.perform(
            AddInstallation(
                id: id, customer: "north", profile: "test", identity: ["account": account ?? id, "pin": "4711"],
                site: ["shared": [fixture.site(site ?? id)]]))
    }

    func file(_ site: String) -> String { "\(fixture.sites)/\(site)/license.txt" }

    /// The account and the held revision of each question that the vendor was asked.
    var asked: [String] { vendor.requests.map(\.text) }

    static func adapter(_ descriptor: AdapterDescriptor) -> AnyAdapter {
        AnyAdapter(
            ScriptedAdapter(
                descriptor: descriptor,
                begin: { facts in
                    let account = facts.identity["account"] ?? facts.identity["client"] ?? ""
                    let body = "\(account) \(facts.held?.revision ?? "nothing")"
                    return Transition(
                        ScriptState(step: "asked"),
                        .send(Request(method: "POST", path: "/ask", body: Array(body.utf8), trust: .plain)))
                },
                resume: { (state, event, facts) throws(AdapterError) in
                    guard case .answer(let response) = event else { throw AdapterError(.malformed, "no answer") }
                    let revision = String(decoding: response.body, as: UTF8.self)
                    if facts.held?.revision == revision { return Transition(state, .finish(.unchanged(.test(facts)))) }
                    let file = Grant.File(delivery: "license", contents: Array(revision.utf8))
                    return Transition(state, .finish(.granted(revision, facts, files: [file])))
                }))
    }
}

extension TestVendor.Request {
    /// The account that is asked about.
    var account: String { text.split(separator: " ").first.map(String.init) ?? "" }
}

extension AdapterDescriptor {
    private static let license = Field(name: "license", title: "License", help: "It is the license file.")

    static let test = ScriptedAdapter.descriptor(deliveries: [license])

    fileprivate static var other: AdapterDescriptor {
        var descriptor = ScriptedAdapter.descriptor(protocolName: "other", deliveries: [license])
        descriptor.identity = [
            Field(name: "client", title: "Client", help: "It is the client's number."),
            Field(name: "pin", title: "PIN", required: false, secret: true, help: "It came by mail."),
        ]
        return descriptor
    }
}
