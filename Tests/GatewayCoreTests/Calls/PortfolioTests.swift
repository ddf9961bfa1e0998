import AdapterKit
import Foundation
import GatewayAPI
import Testing

@testable import GatewayCore

@Suite("Customers and installations")
struct PortfolioTests {
    private func withGateway(_ body: (GatewayFixture, Gateway) async throws -> Void) async throws {
        try await GatewayFixture.with { fixture in
            try fixture.write(
                profile: "test",
                ScriptedAdapter.profile(
                    address: "https://licensing.example.com",
                    deliver: #"deliver: { license: "{site.shared}/license.txt" }"#))
            let adapter = ScriptedAdapter.any(
                descriptor: ScriptedAdapter.descriptor(
                    deliveries: [Field(name: "license", title: "License", help: "It is the license file.")]),
                begin: { (_) throws(AdapterError) in throw AdapterError(.malformed, "not expected") })
            try await fixture.withGateway([adapter]) { try await body(fixture, $0) }
        }
    }

    @Test("A customer is added once, with a name and a time zone that there is")
    func customers() async throws {
        try await withGateway { _, gateway in
            let added = try await gateway.perform(
                AddCustomer(id: "north", displayName: "  North & Sons ", timeZone: "America/Toronto"))
            #expect(
                added == CustomerView(id: "north", name: "North & Sons", timeZone: "America/Toronto", installations: 0))
            #expect(try await gateway.perform(ShowCustomer(id: "north")) == added)
            #expect(try await gateway.perform(ListCustomers()) == [added])
            let again = await callError {
                _ = try await gateway.perform(AddCustomer(id: "north", displayName: "Other", timeZone: "UTC"))
            }
            #expect(again?.code == .conflict && again?.message.contains("\"north\"") == true)
        }
    }

    @Test(
        "Wrong values are refused with what would be right, and nothing is added",
        arguments: [
            ("North", "North", "UTC", "lower-case letters"), ("", "North", "UTC", "lower-case letters"),
            ("north", "", "UTC", "1 to 200"), ("north", "   ", "UTC", "1 to 200"),
            ("north", "a\u{1B}[31m", "UTC", "control characters"),
            ("north", String(repeating: "x", count: 201), "UTC", "1 to 200"),
            ("north", "North", "America/Torronto", "America/Toronto"), ("north", "North", "", "time zone"),
            ("north", "North", "../etc/passwd", "time zone"),
        ])
    func wrongCustomers(_ row: (id: String, name: String, zone: String, says: String)) async throws {
        try await withGateway { _, gateway async throws in
            let error = await callError {
                _ = try await gateway.perform(AddCustomer(id: row.id, displayName: row.name, timeZone: row.zone))
            }
            #expect(error?.code == .invalid && error?.message.contains(row.says) == true, "\(error as Any)")
            #expect(try await gateway.perform(ListCustomers()).isEmpty)
            #expect(try await gateway.perform(ListAudit()).isEmpty)
        }
    }

    @Test("An installation is added with its identity and site, and shown with what is secret masked")
    func installations() async throws {
        try await withGateway { fixture, gateway in
            _ = try await gateway.perform(AddCustomer(id: "north", displayName: "North", timeZone: "UTC"))
            let site = try fixture.site("n1")
            let view = try await gateway.perform(
                AddInstallation(
                    id: "n1", customer: "north", profile: "test", identity: ["account": "4711", "pin": "hunter2"],
                    site: ["shared": [site]]))
            #expect(view.product == "Test Product" && view.protocolName == "test" && view.entitlement == nil)
            #expect(view.identity.map(\.name) == ["account", "pin"] && view.identity.map(\.value) == ["4711", "…"])
            #expect(view.identity.map(\.title) == ["Account", "PIN"] && view.site == ["shared": [site]])
            #expect(try await gateway.perform(ShowInstallation(id: "n1")) == view)
            #expect(try await gateway.perform(ListInstallations()).map(\.id) == ["n1"])
            #expect(try await gateway.perform(ShowCustomer(id: "north")).installations == 1)
            let json = String(decoding: try JSONEncoder().encode(view), as: UTF8.self)
            #expect(!json.contains("hunter2"))
            #expect(try await gateway.perform(ListAudit()).allSatisfy { !$0.detail.contains("hunter2") })
        }
    }

    @Test("Where the adapter is gone nothing says what is secret, so all is masked")
    func masked() async throws {
        try await withGateway { fixture, gateway in
            _ = try await gateway.perform(AddCustomer(id: "north", displayName: "North", timeZone: "UTC"))
            _ = try await gateway.perform(
                AddInstallation(
                    id: "n1", customer: "north", profile: "test", identity: ["account": "4711", "pin": "hunter2"],
                    site: ["shared": [fixture.site("n1")]]))
            try await fixture.withGateway([]) { other in
                let view = try await other.perform(ShowInstallation(id: "n1"))
                #expect(view.identity.map(\.value) == ["…", "…"] && view.product == nil)
            }
        }
    }

    @Test(
        "Wrong values of an installation are refused, all at once, and nothing is added",
        arguments: [
            ("N1", "north", "test", ["account": "1"], ["lower-case letters"]),
            ("n1", "nobody", "test", ["account": "1"], ["no customer \"nobody\""]),
            ("n1", "north", "tset", ["account": "1"], ["no profile \"tset\"", "test"]),
            ("n1", "north", "test", [:], ["account", "It stands on the invoice."]),
            ("n1", "north", "test", ["account": " 1"], ["white space"]),
            (
                "n1", "north", "test", ["account": "", "acount": "1"],
                ["is empty", "There is no identity value \"acount\": did you mean \"account\"?"]
            ),
        ] as [(String, String, String, [String: String], [String])])
    func wrongInstallations(
        _ row: (id: String, customer: String, profile: String, identity: [String: String], says: [String])
    ) async throws {
        try await withGateway { fixture, gateway in
            _ = try await gateway.perform(AddCustomer(id: "north", displayName: "North", timeZone: "UTC"))
            let error = await callError {
                _ = try await gateway.perform(
                    AddInstallation(
                        id: row.id, customer: row.customer, profile: row.profile, identity: row.identity,
                        site: ["shared": [fixture.site("n1")]]))
            }
            for word in row.says { #expect(error?.message.contains(word) == true, "\(error as Any)") }
            #expect(error?.code == .invalid || error?.code == .notFound)
            #expect(try await gateway.perform(ListInstallations()).isEmpty)
        }
    }

    @Test(
        "Places that could lead elsewhere are refused when the installation is added",
        arguments: [[], ["relative/path"], ["/srv/../etc"], ["/srv/a\u{0}b"], ["/srv", "/srv/./b"]])
    func wrongPlaces(_ paths: [String]) async throws {
        try await withGateway { _, gateway in
            _ = try await gateway.perform(AddCustomer(id: "north", displayName: "North", timeZone: "UTC"))
            let error = await callError {
                _ = try await gateway.perform(
                    AddInstallation(
                        id: "n1", customer: "north", profile: "test", identity: ["account": "1"],
                        site: paths.isEmpty ? [:] : ["shared": paths]))
            }
            // The values of the call are wrong, so it says so.
            #expect(error?.code == .invalid, "\(error as Any)")
            #expect(try await gateway.perform(ListInstallations()).isEmpty)
        }
    }

    @Test("Profiles are listed with how many installations they govern, and shown as they were understood")
    func profiles() async throws {
        try await withGateway { fixture, gateway in
            #expect(try await gateway.perform(ListProfiles()).map(\.installations) == [0])
            _ = try await gateway.perform(AddCustomer(id: "north", displayName: "North", timeZone: "UTC"))
            _ = try await gateway.perform(
                AddInstallation(
                    id: "n1", customer: "north", profile: "test", identity: ["account": "1"],
                    site: ["shared": [fixture.site("n1")]]))
            let summary = try #require(try await gateway.perform(ListProfiles()).first)
            #expect(
                summary.name == "test" && summary.installations == 1 && summary.file == fixture.profiles + "/test.yaml")
            let view = try await gateway.perform(ShowProfile(profile: "test"))
            #expect(view.vendor == "https://licensing.example.com" && view.refreshEvery == "14d")
            #expect(view.deliveries == ["license": "{site.shared}/license.txt"] && view.countdowns.count == 1)
            let error = await callError { _ = try await gateway.perform(ShowProfile(profile: "other")) }
            #expect(error?.code == .notFound && error?.message.contains("There are: test.") == true)
        }
    }

    @Test("Limits of listings are numbers within their range", arguments: [0, -1, 1_000_000])
    func limits(_ limit: Int) async throws {
        try await withGateway { _, gateway in
            let operations = await callError { _ = try await gateway.perform(ListOperations(limit: limit)) }
            #expect(operations?.code == .invalid && operations?.message.contains("10000") == true)
            let audit = await callError { _ = try await gateway.perform(ListAudit(limit: limit)) }
            #expect(audit?.code == .invalid && audit?.message.contains("100000") == true)
        }
    }
}
