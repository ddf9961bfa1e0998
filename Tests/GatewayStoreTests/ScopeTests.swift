import AdapterKit
import Foundation
import GatewayAPI
import GatewayStore
import Testing

@Suite("What a scope lets see")
struct ScopeTests {
    /// Both customers with an installation, an ended operation, a failed one, an entitlement and audit records.
    private static func withBoth(_ body: (Store) async throws -> Void) async throws {
        try await StoreFixture.withStore { _, store in
            try await store.addTwoCustomers()
            for (customer, installation) in [("north", "n1"), ("south", "s1")] {
                try await store.claimTest("\(customer)-1", on: installation, of: customer)
                try await store.endTest(
                    "\(customer)-1", on: installation, revision: "r-\(customer)", customer: customer)
                try await store.claimTest(
                    "\(customer)-2", on: installation, of: customer, basedOn: "r-\(customer)")
                try await store.end(
                    OperationEnding(
                        operation: "\(customer)-2", installation: installation, at: .minute(3), status: .failed,
                        outcome: "unreachable", message: "No answer.", notes: [], nextTry: .minute(18)))
                try await store.claimTest(
                    "\(customer)-3", on: installation, of: customer, basedOn: "r-\(customer)")
            }
            try await body(store)
        }
    }

    @Test("Customers")
    func customers() async throws {
        try await Self.withBoth { store async throws in
            #expect(try await store.customers(in: .portfolio).map(\.id) == ["north", "south"])
            #expect(try await store.customers(in: .customer("north")).map(\.id) == ["north"])
            #expect(try await store.customers(in: .customer("north"), id: "south").isEmpty)
            #expect(try await store.customers(in: .customer("north"), id: "north").first?.installations == 1)
            #expect(try await store.customers(in: .customer("")).isEmpty)
        }
    }

    @Test("Installations, one, in pages, and counted")
    func installations() async throws {
        try await Self.withBoth { store async throws in
            let north = Scope.customer("north")
            #expect(try await store.installation("n1", in: north)?.id == "n1")
            #expect(try await store.installation("s1", in: north) == nil)
            #expect(try await store.installation("s1", in: .portfolio)?.id == "s1")
            for filter: InstallationFilter in [.all, .due(at: .minute(1000)), .customer("north")] {
                let page = try await store.installations(filter, in: north, after: nil, limit: 10)
                #expect(page.map(\.id) == ["n1"], "\(filter)")
                #expect(try await store.installationCount(filter, in: north) == 1, "\(filter)")
            }
            #expect(try await store.installations(.customer("south"), in: north, after: nil, limit: 10).isEmpty)
            #expect(try await store.installationCount(.customer("south"), in: north) == 0)
            #expect(try await store.installationsByProfile(in: north) == ["sample": 1])
            #expect(try await store.installationsByProfile(in: .portfolio) == ["sample": 2])
        }
    }

    @Test("The entitlement in force")
    func entitlement() async throws {
        try await Self.withBoth { store async throws in
            #expect(try await store.entitlement(of: "n1", in: .customer("north"))?.vendorStatus == .active)
            #expect(try await store.entitlement(of: "s1", in: .customer("north")) == nil)
            #expect(try await store.entitlement(of: "s1", in: .portfolio) != nil)
        }
    }

    @Test("Listings of standings")
    func status() async throws {
        try await Self.withBoth { store async throws in
            func ids(_ scope: Scope, customer: String? = nil, installation: String? = nil) async throws -> [String] {
                try await store.readStatus(in: scope, customer: customer, installation: installation) { cursor in
                    var ids: [String] = []
                    while let record = try cursor.next() {
                        ids.append("\(cursor.customer.id)/\(cursor.customer.timeZone)/\(record.id)")
                    }
                    return ids
                }
            }
            let (n1, s1) = ("north/America/Toronto/n1", "south/America/Toronto/s1")
            #expect(try await ids(.portfolio) == [n1, s1])
            #expect(try await ids(.portfolio, customer: "south") == [s1])
            #expect(try await ids(.customer("north")) == [n1])
            #expect(try await ids(.customer("north"), customer: "south") == [])
            #expect(try await ids(.customer("north"), installation: "s1") == [])
        }
    }

    @Test("Operations, one, listed, unfinished, and failures counted")
    func operations() async throws {
        try await Self.withBoth { store async throws in
            let north = Scope.customer("north")
            func list(_ scope: Scope, installation: String? = nil, failed: Bool = false) async throws -> [String] {
                try await store.operations(in: scope, installation: installation, failed: failed, limit: 10).map(\.id)
            }
            #expect(try await list(.portfolio).count == 6)
            #expect(try await list(north) == ["north-3", "north-2", "north-1"])
            #expect(try await list(north, failed: true) == ["north-2"])
            #expect(try await list(north, installation: "s1") == [])
            #expect(try await store.operation("north-1", in: north)?.0.id == "north-1")
            #expect(try await store.operation("south-1", in: north) == nil)
            #expect(try await store.unfinishedOperations(in: north, now: .minute(5)).map(\.id) == ["north-3"])
            #expect(try await store.unfinishedOperations(in: .portfolio, now: .minute(5)).count == 2)
            #expect(try await store.failures(in: north, since: .minute(3)) == ["sample": 1])
            #expect(try await store.failures(in: .portfolio, since: .minute(3)) == ["sample": 2])
            #expect(try await store.failures(in: .portfolio, since: .minute(4)).isEmpty)
        }
    }

    @Test("The audit trail")
    func audit() async throws {
        try await Self.withBoth { store async throws in
            let all = try await store.audit(in: .portfolio, limit: 100)
            let north = try await store.audit(in: .customer("north"), limit: 100)
            #expect(all.count == 6 && Set(all.compactMap(\.customer)) == ["north", "south"])
            #expect(north.count == 3 && north.allSatisfy { $0.customer == "north" })
            #expect(try await store.audit(in: .customer("west"), limit: 100).isEmpty)
        }
    }
}
