import AdapterKit
import Foundation
import GatewayAPI
import GatewayStore

/// An invented portfolio of any size: what stands in it follows from the numbers alone.
enum LoadPortfolio {
    /// The profile that governs all of it.
    static let profile = "sage300-subscription"
    /// How many installations a customer has.
    static let perCustomer = 5
    /// Where the customers are, in turn.
    static let zones = [
        "America/Toronto", "America/Vancouver", "America/New_York", "America/Chicago", "America/Denver",
        "America/Phoenix", "America/Los_Angeles", "America/Halifax", "America/St_Johns", "America/Winnipeg",
        "America/Regina", "America/Anchorage",
    ]

    /// The customers of so many installations.
    static func customers(of installations: Int) -> Range<Int> { 0..<((installations + perCustomer - 1) / perCustomer) }

    static func customerID(_ number: Int) -> String { "c" + padded(number) }

    static func installationID(_ number: Int) -> String { "i" + padded(number) }

    /// Below a root: the folder that one installation's product reads.
    static func site(_ number: Int) -> String { "\(padded(number / 1000))/\(padded(number))/SharedData" }

    /// What the book knows the customer with a number, from 1, by.
    static func identity(_ number: Int) -> [String: String] {
        ["clientID": "load-\(number)", "clientName": "Load & Sons \(number) Ltd.", "serialNumber": "SCX26-\(number)"]
    }

    /// Writes the stand-in's book, with an entry that stands for so many customers.
    ///
    /// - Parameter users: the seats that all of them have: with another number, everything is new to everybody.
    static func writeBook(_ path: String, copies: Int, users: Int) throws {
        let book = """
            sage300:
              - clientID: "load-{n}"
                clientName: "Load & Sons {n} Ltd."
                serialNumber: "SCX26-{n}"
                release: Sage 300 2026
                expires: +210d
                users: \(users)
                webUsers: 5
                modules:
                  - { code: GL, name: General Ledger }
                  - { code: AP, name: Accounts Payable }
                  - { code: AR, name: Accounts Receivable }
                  - { code: IC, name: Inventory Control }
                  - { code: OE, name: Order Entry }
                  - { code: PJC, name: Project and Job Costing, expires: +120d }
                copies: \(max(2, copies))

            """
        // Moved into place, so that the stand-in never reads half a book.
        try Data(book.utf8).write(to: URL(fileURLWithPath: path), options: .atomic)
    }

    /// Puts customers and installations into a store, through the store's own functions.
    ///
    /// - Parameter root: the folder that their sites are below.
    static func fill(_ store: Store, installations: Int, root: String) async throws {
        let now = Instant(milliseconds: Int64(Date().timeIntervalSince1970 * 1000))
        try await inParallel(customers(of: installations)) { number in
            let id = customerID(number)
            try await store.addCustomer(
                id: id, name: "Customer \(number)", timeZone: zones[number % zones.count], at: now,
                audit: AuditEntry(
                    at: now, actor: "bench", actorName: "bench", act: "customers.add", customer: id, subject: id,
                    detail: ""))
        }
        for start in stride(from: 0, to: installations, by: 1000) {
            let numbers = start..<min(start + 1000, installations)
            try await store.addInstallations(
                numbers.map { number in
                    NewInstallation(
                        id: installationID(number), customer: customerID(number / perCustomer), profile: profile,
                        identity: identity(number + 1), site: ["sharedData": [root + "/" + site(number)]])
                }, at: now, audit: [])
        }
    }

    /// Has an installation hold an entitlement as a refresh would have left it: through an operation that is begun and
    /// ended by the store's own functions.
    static func hold(_ entitlement: Entitlement, _ number: Int, in store: Store, at contact: Instant) async throws {
        let id = installationID(number)
        let operation = "op-\(number)"
        let claim = try await store.claim(
            NewOperation(
                id: operation, installation: id, customer: customerID(number / perCustomer),
                protocolName: "subscription", act: .refresh, caller: "bench", owner: "bench", started: contact,
                basedOn: nil,
                first: JournaledTransition(
                    nonce: "n", state: Data("{}".utf8), step: Data("{}".utf8),
                    note: StepNote(at: contact, kind: "send", detail: "POST /v1/entitlement"))))
        guard case .claimed = claim else { throw BenchError("The operation \(operation) could not be begun.") }
        try await store.end(
            OperationEnding(
                operation: operation, installation: id, at: contact, status: .done, outcome: "updated",
                message: "Updated.",
                notes: [StepNote(at: contact, kind: "finish", detail: "updated")],
                contact: OperationEnding.Contact(at: contact, refreshDue: contact.adding(hours: 336)),
                grant: OperationEnding.NewGrant(
                    revision: "r\(number)", issued: contact, entitlement: entitlement)))
    }

    /// Runs `body` for each number, many at once.
    static func inParallel(
        _ numbers: Range<Int>, _ body: @escaping @Sendable (Int) async throws -> Void
    ) async throws {
        try await withThrowingTaskGroup(of: Void.self) { group in
            var next = numbers.lowerBound
            while next < numbers.upperBound {
                if next - numbers.lowerBound >= 256 { try await group.next() }
                let number = next
                group.addTask { try await body(number) }
                next += 1
            }
            try await group.waitForAll()
        }
    }

    private static func padded(_ number: Int) -> String { String(format: "%06d", number) }
}
