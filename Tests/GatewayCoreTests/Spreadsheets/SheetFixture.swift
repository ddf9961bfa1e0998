import AdapterKit
import Foundation
import GRDB
import GatewayAPI

@testable import GatewayCore

/// A gateway with the adapter of Sage 300, whose fields have patterns, and one with a secret field.
struct SheetFixture: Sendable {
    let fixture: GatewayFixture
    let gateway: Gateway

    static func with(_ body: (SheetFixture) async throws -> Void) async throws {
        try await GatewayFixture.with { fixture in
            try fixture.write(
                profile: "test",
                ScriptedAdapter.profile(
                    address: "https://licensing.example.com",
                    deliver: #"deliver: { license: "{site.shared}/{identity.account}.txt" }"#))
            try await fixture.withGateway([adapter]) { gateway in
                try await body(SheetFixture(fixture: fixture, gateway: gateway))
            }
        }
    }

    private static var adapter: AnyAdapter {
        ScriptedAdapter.any(
            descriptor: AdapterDescriptor(
                protocolName: "test", title: "Test adapter", version: "1.0",
                identity: [
                    Field(name: "account", title: "Account", help: "It stands on the invoice."),
                    Field(
                        name: "serial", title: "Serial", pattern: "[0-9A-Z+.-]{6,20}",
                        expectation: "6 to 20 digits, letters and +.-", help: "It stands on the box."),
                    Field(name: "pin", title: "PIN", required: false, secret: true, help: "It came by mail."),
                ],
                site: [Field(name: "shared", title: "Shared", help: "It is the shared folder.")],
                deliveries: [Field(name: "license", title: "License", help: "It is the license file.")],
                dates: [AdapterDescriptor.DateDescription(name: "expires", help: "The last day.")]),
            begin: { (_) throws(AdapterError) in throw AdapterError(.malformed, "not expected") })
    }

    /// The columns that most files of these tests have.
    static let header =
        "customer,customerName,timeZone,installation,profile,identity.account,identity.serial,site.shared"

    /// A file with these rows below the usual columns.
    static func file(_ rows: String...) -> String { ([header] + rows).joined(separator: "\r\n") + "\r\n" }

    /// The usual row of an installation of the customer `north`.
    static func row(_ id: String, account: String = "4711", serial: String = "000123", more: String = "") -> String {
        "north,North Ltd.,America/Toronto,\(id),test,\(account),\(serial),/srv/\(id)\(more)"
    }

    func take(
        _ text: String, update: Bool = false, dryRun: Bool = false, by caller: Caller = .msp
    ) async throws -> PortfolioImportReport {
        try await take(Data(text.utf8), update: update, dryRun: dryRun, by: caller)
    }

    func take(
        _ contents: Data, update: Bool = false, dryRun: Bool = false, by caller: Caller = .msp
    ) async throws -> PortfolioImportReport {
        try await gateway.perform(
            ImportPortfolio(contents: contents, file: "f.csv", update: update, dryRun: dryRun), by: caller)
    }

    func export(plain: Bool = false, customer: String? = nil, by caller: Caller = .msp) async throws -> String {
        let sheet = try await gateway.perform(ExportPortfolio(customer: customer, plain: plain), by: caller)
        return String(decoding: sheet.contents.dropFirst(3), as: UTF8.self)
    }

    /// Everything that the store holds, for comparing it with later.
    func everything() throws -> [String] {
        try fixture.raw { db in
            try ["customers", "installations", "audit", "operations"].flatMap { table in
                try Row.fetchAll(db, sql: "SELECT * FROM \(table) ORDER BY 1").map(\.description)
            }
        }
    }
}

extension PortfolioImportReport {
    /// What is wrong, each as `LINE:COLUMN: message`.
    var told: [String] { problems.map { "\($0.line):\($0.column): \($0.message)" } }
}
