import Testing
import AdapterKit
import Foundation
import GatewayAPI

@testable import GatewayCore

/// One call, about one customer of two, or about all that its caller may see.
struct CallRow: CustomTestStringConvertible, Sendable {
    /// What a caller who may see another customer gets.
    enum Limited: Sendable {
        /// What is asked for does not show that it exists.
        case notFound
        /// Only who may see everything may do this.
        case forbidden
        /// An answer without anything of another customer's.
        case nothing
    }

    /// The type's name.
    var type: String
    var limited: Limited
    /// What it leaves in the audit trail, by the name of the act.
    var audit: String?
    /// Performs it about a customer, whose one installation has the same ID, and gives the answer as JSON.
    var perform: @Sendable (Gateway, Caller, _ about: String) async throws -> String

    var testDescription: String { type }

    /// Whether it only asks.
    var isQuestion: Bool {
        ["Show", "List", "Status", "Allows"].contains { type.hasPrefix($0) }
    }

    init<Call: GatewayCall>(
        _ limited: Limited, audit: String? = nil,
        _ call: @escaping @Sendable (Gateway, _ about: String) async throws -> Call
    ) {
        type = "\(Call.self)"
        self.limited = limited
        self.audit = audit
        perform = { gateway, caller, about in
            let answer = try await gateway.perform(call(gateway, about), by: caller)
            let encoder = JSONEncoder()
            encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
            return String(decoding: try encoder.encode(answer), as: UTF8.self)
        }
    }

    /// Records what some calls are about: a contact and an order.
    static func furnish(_ customer: String, of gateway: Gateway) async throws {
        _ = try await gateway.perform(AddContact(customer: customer, role: .support, personName: "Sam"))
        _ = try await gateway.perform(AddOrder(installation: customer, placed: .now))
    }

    /// Every call of the API.
    static let all: [CallRow] = [
        CallRow(.forbidden, audit: "customers.add") { _, about in
            AddCustomer(id: "\(about)-2", displayName: "Another", timeZone: "UTC")
        },
        CallRow(.forbidden, audit: "customers.set") { _, about in SetCustomer(id: about, displayName: "Other") },
        CallRow(.forbidden, audit: "customers.archive") { _, about in ArchiveCustomer(id: about) },
        CallRow(.nothing) { _, _ in ListCustomers() },
        CallRow(.notFound) { _, about in ShowCustomer(id: about) },
        CallRow(.notFound, audit: "customers.contacts.add") { _, about in
            AddContact(customer: about, role: .owner, personName: "Jo")
        },
        CallRow(.notFound) { _, about in ListContacts(customer: about) },
        CallRow(.notFound, audit: "customers.contacts.remove") { gateway, about in
            let contact = try await gateway.perform(ListContacts(customer: about)).first
            return RemoveContact(customer: about, contact: contact?.id ?? "none")
        },
        CallRow(.notFound, audit: "installations.add") { gateway, about in
            AddInstallation(
                id: "\(about)-2", customer: about, profile: "sage300-subscription",
                identity: ["clientID": "1", "clientName": "A", "serialNumber": "2"],
                site: ["sharedData": ["\(gateway.configuration.deliveryRoots[0])/\(about)-2"]])
        },
        CallRow(.notFound, audit: "installations.set") { _, about in
            SetInstallation(id: about, facts: FactChanges(notes: "Noted."))
        },
        CallRow(.forbidden, audit: "installations.archive") { _, about in ArchiveInstallation(id: about) },
        CallRow(.nothing) { _, _ in ListInstallations() },
        CallRow(.notFound) { _, about in ShowInstallation(id: about) },
        CallRow(.notFound, audit: "refresh") { _, about in Refresh(selection: .installations([about])) },
        CallRow(.nothing) { _, _ in ListOperations() },
        CallRow(.notFound) { gateway, about in
            let record = try await gateway.perform(ListOperations(installation: about)).first
            return ShowOperation(id: record?.id ?? "none")
        },
        CallRow(.forbidden, audit: "orders.add") { _, about in AddOrder(installation: about, placed: .now) },
        CallRow(.nothing) { _, _ in ListOrders() },
        CallRow(.forbidden, audit: "orders.withdraw") { gateway, about in
            let order = try await gateway.perform(ListOrders(installation: about)).first
            return WithdrawOrder(id: order?.id ?? "none")
        },
        CallRow(.nothing) { _, _ in ListAudit() },
        CallRow(.forbidden) { _, _ in VerifyAudit() },
        CallRow(.nothing) { _, _ in ListAdapters() },
        CallRow(.nothing) { _, _ in ListProfiles() },
        CallRow(.nothing) { _, _ in ShowProfile(profile: "sage300-subscription") },
        CallRow(.nothing) { _, _ in Status() },
        CallRow(.notFound) { _, about in Allows(installation: about, action: .view) },
        CallRow(.notFound) { _, about in ShowTimeline(installation: about) },
    ]

    /// The same calls with the values that name a customer or installation otherwise.
    static let variants: [CallRow] = [
        CallRow(.notFound) { _, about in ListInstallations(customer: about) },
        CallRow(.notFound) { _, about in ListOperations(installation: about) },
        CallRow(.notFound) { _, about in ListOrders(customer: about) },
        CallRow(.notFound) { _, about in ListOrders(installation: about) },
        CallRow(.nothing) { _, _ in ListInstallations(archived: true) },
        CallRow(.nothing) { _, _ in ListCustomers(archived: true) },
        CallRow(.notFound) { _, about in Status(customer: about) },
        CallRow(.notFound) { _, about in Refresh(selection: .customer(about)) },
        CallRow(.notFound) { _, about in Refresh(selection: .installations(["north", about])) },
        CallRow(.nothing) { _, _ in Refresh(selection: .all) },
        CallRow(.nothing) { _, _ in Refresh(selection: .due, trigger: .schedule) },
        CallRow(.nothing) { _, _ in Refresh(selection: .all, dryRun: true) },
        CallRow(.notFound) { _, about in Refresh(selection: .installations([about]), dryRun: true) },
    ]
}
