import Testing
import AdapterKit
import Foundation
import GatewayAPI
import GatewayStore

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
        /// What is said of an installation that does not exist.
        case unknown
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
            && !["ShowAttachment", "ShowUpgrade", "ShowTokens"].contains(type)
    }

    /// Whether it is about the store as a whole, and no customer's.
    var isAboutStore: Bool { ["backup", "keyfile.rotate", "people.erase"].contains(audit) }

    /// - Parameter performer: who performs it; the gateway itself as a rule.
    init<Call: GatewayCall>(
        _ limited: Limited, audit: String? = nil,
        by performer: @escaping @Sendable (Gateway) -> any CallPerformer = { $0 },
        _ call: @escaping @Sendable (Gateway, _ about: String) async throws -> Call
    ) {
        type = "\(Call.self)"
        self.limited = limited
        self.audit = audit
        perform = { gateway, caller, about in
            let answer = try await performer(gateway).perform(call(gateway, about), by: caller)
            let encoder = JSONEncoder()
            encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
            return String(decoding: try encoder.encode(answer), as: UTF8.self)
        }
    }

    /// Records what some calls are about: a contact, an order, a review and a step that waits for a person.
    static func furnish(_ customer: String, of gateway: Gateway) async throws {
        _ = try await gateway.perform(AddContact(customer: customer, role: .support, personName: "Sam"))
        _ = try await gateway.perform(AddOrder(installation: customer, placed: .now))
        let now = gateway.surroundings.now()
        _ = try await gateway.perform(AddReview(installation: customer, kind: .utilization, everyDays: 30))
        let step = PersonStep(title: "Look", text: "Look at it.")
        let record = try await gateway.store.installation(customer, in: .portfolio)
        let nonce = Identifiers.nonce()
        _ = try await gateway.store.claim(
            NewOperation(
                id: Identifiers.operation(at: now), installation: customer, customer: customer,
                protocolName: "subscription", act: .request, caller: "local:0", owner: "", started: now,
                basedOn: record?.revision, edits: record?.edits ?? 0,
                first: try Conversation.journal(
                    ErasedTransition(state: Data("{}".utf8), step: .ask(step)), nonce: nonce, at: now)))
    }

    /// The operation that waits for a person.
    private static func asked(of customer: String, _ gateway: Gateway) async throws -> String {
        try await gateway.store.askedOperation(on: customer, act: .request)?.id ?? "none"
    }

    /// Opens a session that another customer could only know by its ID.
    private static func seat(of customer: String, _ gateway: Gateway) async throws -> String {
        let now = gateway.surroundings.now()
        let session = SessionRecord(
            id: Identifiers.operation(at: now), installation: customer, pool: "users", user: "lee", since: now,
            until: now.adding(hours: 1))
        _ = try await gateway.store.claimSeat(SeatClaim(session, isNew: true), in: .portfolio) { _, _ in
            (.grant(until: session.until, kind: [], assigns: false), true)
        }
        return session.id
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
        CallRow(.forbidden) { _, _ in ImportPortfolio(contents: Data(), file: "f.csv", dryRun: true) },
        CallRow(.nothing) { _, _ in ExportPortfolio() },
        CallRow(.nothing) { _, _ in PortfolioTemplate() },
        CallRow(.notFound) { _, about in RequestOffline(selection: .installations([about])) },
        CallRow(.notFound) { _, about in
            ImportOffline(installation: about, file: AttachedFile(name: "a.ent", contents: [10]))
        },
        CallRow(.notFound, audit: "offline.sent") { _, about in MarkOfflineSent(installations: [about]) },
        CallRow(.nothing) { _, _ in ListOffline() },
        CallRow(.nothing) { _, _ in ListSteps() },
        CallRow(.notFound) { gateway, about in ShowStep(operation: try await asked(of: about, gateway)) },
        CallRow(.notFound) { gateway, about in
            ShowAttachment(operation: try await asked(of: about, gateway), step: 1, file: "a.png")
        },
        CallRow(.notFound) { gateway, about in
            CompleteStep(operation: try await asked(of: about, gateway), step: 1)
        },
        CallRow(.notFound, audit: "steps.cancel") { gateway, about in
            CancelStep(operation: try await asked(of: about, gateway))
        },
        CallRow(.nothing) { _, _ in ListTodo() },
        CallRow(.notFound) { _, about in UpgradeKeys(installation: about, keys: [:]) },
        CallRow(.notFound) { _, about in ShowUpgrade(installation: about) },
        CallRow(.notFound) { _, about in ResumeUpgrade(installation: about) },
        CallRow(.notFound) { _, about in RollBackUpgrade(installation: about) },
        CallRow(.notFound) { _, about in ObserveUpgrade(installation: about, note: "All is well.") },
        CallRow(.nothing) { _, _ in RunDue() },
        CallRow(.notFound, audit: "reviews.add") { _, about in
            AddReview(installation: about, kind: .access, everyDays: 90)
        },
        CallRow(.nothing) { _, _ in ListReviews() },
        CallRow(.notFound, audit: "reviews.done") { gateway, about in
            let review = try await gateway.perform(ListReviews()).first { $0.installation == about }
            return CompleteReview(id: review?.id ?? "none")
        },
        CallRow(.unknown) { _, about in RecordLicense(installation: about, values: ["expires": "2027-03-31"]) },
        CallRow(.unknown) { _, about in
            ImportLicenses(contents: Array("installation,expires\n\(about),2027-03-31\n".utf8), file: "f.csv")
        },
        CallRow(.notFound) { _, about in BeginAuthorization(installation: about) },
        CallRow(.notFound) { _, about in CompleteAuthorization(installation: about) },
        CallRow(.notFound) { _, about in Deauthorize(installation: about) },
        CallRow(.notFound) { _, about in ShowTokens(installation: about) },
        CallRow(.notFound) { _, about in VerifyToken(installation: about, token: "a.b.c") },
        CallRow(.notFound) { _, about in ShowHubs(customer: about) },
        CallRow(.nothing) { _, _ in ListAudit() },
        CallRow(.forbidden) { _, _ in VerifyAudit() },
        CallRow(.nothing) { _, _ in ListAdapters() },
        CallRow(.nothing) { _, _ in ShowAdapter(protocolName: "subscription") },
        CallRow(.nothing) { _, _ in ListProfiles() },
        CallRow(.nothing) { _, _ in ShowProfile(profile: "sage300-subscription") },
        CallRow(.nothing) { _, _ in ResolveProfile(profile: "sage300-subscription") },
        CallRow(.nothing) { _, _ in Status() },
        CallRow(.notFound) { _, about in Allows(installation: about, action: .view) },
        CallRow(.notFound) { _, about in ShowTimeline(installation: about) },
        CallRow(.notFound) { _, about in Explain(installation: about) },
        CallRow(.notFound) { _, about in ShowHistory(installation: about) },
        CallRow(.notFound) { _, about in ShowCustomerSheet(customer: about) },
        CallRow(.nothing) { _, _ in ListTimeline(within: .days(400)) },
        CallRow(.nothing) { _, _ in ListRenewals(days: 400) },
        CallRow(.forbidden, audit: "backup") { gateway, _ in
            BackUpStore(file: gateway.configuration.store + "-copy")
        },
        CallRow(.forbidden, by: \.caretaker) { gateway, _ in RestoreStore(file: gateway.configuration.store + "-copy")
        },
        CallRow(.forbidden, by: \.caretaker) { _, _ in Examine() },
        CallRow(.forbidden) { _, _ in ShowKeyFile() },
        CallRow(.forbidden, audit: "keyfile.rotate") { _, _ in RotateKeyFile() },
        CallRow(.forbidden) { _, _ in ListPeople() },
        CallRow(.forbidden) { _, _ in CountProductUsers() },
        CallRow(.forbidden, audit: "people.eraseUser") { gateway, about in
            _ = try await seat(of: about, gateway)
            return EraseProductUser(customer: about, user: "lee")
        },
        // A claim itself leaves nothing: the order makes a refresh due, which the first login starts.
        CallRow(.notFound, audit: "refresh") { _, about in ClaimSeat(installation: about, user: "lee") },
        CallRow(.nothing) { gateway, about in RenewSeat(SessionSelection(id: try await seat(of: about, gateway))) },
        CallRow(.nothing) { gateway, about in ReleaseSeat(SessionSelection(id: try await seat(of: about, gateway))) },
        CallRow(.notFound, audit: "seats.end") { gateway, about in
            EndSession(session: try await seat(of: about, gateway))
        },
        CallRow(.notFound) { _, about in ListSessions(installation: about) },
        CallRow(.notFound) { _, about in ListSeatUsers(installation: about) },
        CallRow(.notFound, audit: "seats.assign") { _, about in
            AssignSeat(installation: about, pool: "users", user: "lee")
        },
        CallRow(.notFound) { _, about in RecountSeats(installation: about) },
        CallRow(.notFound) { _, about in ShowUsage(installation: about) },
        CallRow(.unknown, audit: "usage.record") { _, about in
            RecordUsage([UsageObservation(installation: about, pool: "users", inUse: 3)])
        },
        CallRow(.unknown, audit: "usage.import") { _, about in
            ImportUsage(contents: Data("installation,pool,at,inUse\n\(about),users,2026-11-20,3\n".utf8), file: "f.csv")
        },
        CallRow(.nothing) { _, _ in ReportLicenses() },
        CallRow(.nothing) { _, _ in ForecastSeats() },
        CallRow(.forbidden, audit: "people.erase") { _, _ in ErasePerson(id: "local:1000") },
    ]

    /// The same calls with the values that name a customer or installation otherwise.
    static let variants: [CallRow] = [
        CallRow(.notFound) { _, about in ListInstallations(customer: about) },
        CallRow(.notFound) { _, about in ListOperations(installation: about) },
        CallRow(.notFound) { _, about in ListOrders(customer: about) },
        CallRow(.notFound) { _, about in ListSteps(customer: about) },
        CallRow(.notFound) { _, about in ListSteps(installation: about) },
        CallRow(.notFound) { _, about in ListOffline(customer: about, all: true) },
        CallRow(.notFound) { _, about in ListTodo(customer: about) },
        CallRow(.notFound) { _, about in ListReviews(customer: about, due: true) },
        CallRow(.nothing) { _, _ in RequestOffline(selection: .due) },
        CallRow(.notFound) { _, about in ListOrders(installation: about) },
        CallRow(.nothing) { _, _ in ListInstallations(archived: true) },
        CallRow(.nothing) { _, _ in ListCustomers(archived: true) },
        CallRow(.notFound) { _, about in Status(customer: about) },
        CallRow(.notFound) { _, about in ForecastSeats(installation: about) },
        CallRow(.notFound) { _, about in ForecastSeats(customer: about) },
        CallRow(.notFound) { _, about in ReportLicenses(customer: about) },
        CallRow(.notFound) { _, about in ExportPortfolio(customer: about) },
        CallRow(.notFound) { _, about in
            Explain(installation: about, user: "kim", at: .instant(Instant(milliseconds: 0)))
        },
        CallRow(.notFound) { _, about in ListTimeline(customer: about, within: .days(400)) },
        CallRow(.notFound) { _, about in ListRenewals(customer: about, days: 400, overdue: true) },
        CallRow(.notFound) { _, about in Refresh(selection: .customer(about)) },
        CallRow(.notFound) { _, about in Refresh(selection: .installations(["north", about])) },
        CallRow(.nothing) { _, _ in Refresh(selection: .all) },
        CallRow(.nothing) { _, _ in Refresh(selection: .due, trigger: .schedule) },
        CallRow(.nothing) { _, _ in Refresh(selection: .all, dryRun: true) },
        CallRow(.notFound) { _, about in Refresh(selection: .installations([about]), dryRun: true) },
    ]
}

extension Gateway {
    /// The caretaker of the same store.
    var caretaker: any CallPerformer {
        Caretaker(configuration, registry: registry, surroundings: surroundings)
    }
}
