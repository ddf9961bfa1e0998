import AdapterKit
import GRDB
import GatewayAPI
import GatewayStore
import Testing

@testable import GatewayCore

@Suite("The nearest name for one that is unknown")
struct NearestNameTests {
    private func message(_ body: () async throws -> Void) async -> String {
        let error = await callError(body)
        return error?.code == .notFound ? error?.message ?? "" : "another error: \(error?.message ?? "none")"
    }

    private func withTwo(_ body: (EditFixture, Gateway) async throws -> Void) async throws {
        try await EditFixture.with { test, gateway in
            _ = try await gateway.perform(AddCustomer(id: "maple", displayName: "Maple", timeZone: "UTC"))
            for id in ["maple-sage300", "cedar-sage300"] {
                _ = try await gateway.perform(
                    AddInstallation(
                        id: id, customer: id == "maple-sage300" ? "maple" : "north", profile: "test",
                        identity: ["account": id], site: ["shared": [test.fixture.site(id)]]))
            }
            try await body(test, gateway)
        }
    }

    @Test(
        "It is named for an installation, however the ID was mistyped",
        arguments: [
            "maple-sage30", "naple-sage300", "aple-sage300", "ample-sage300", "Maple_Sage300", "maple-sage-300",
        ])
    func installation(_ typed: String) async throws {
        try await withTwo { _, gateway in
            let told = await message { _ = try await gateway.perform(ShowInstallation(id: typed)) }
            #expect(
                told == "There is no installation \"\(typed)\": did you mean \"maple-sage300\"? "
                    + "`gatehouse installations list` shows those there are.")
        }
    }

    @Test("It is named for a customer and for a profile, and none is where nothing is near")
    func others() async throws {
        try await withTwo { _, gateway in
            let customer = await message { _ = try await gateway.perform(Status(customer: "mapel")) }
            #expect(customer.contains("There is no customer \"mapel\": did you mean \"maple\"?"))
            let profile = await message { _ = try await gateway.perform(ShowProfile(profile: "tset")) }
            #expect(profile.contains(": did you mean \"test\"? There are: other, test, test-2."))
            let far = await message { _ = try await gateway.perform(ShowCustomer(id: "birch")) }
            #expect(far == "There is no customer \"birch\". `gatehouse customers list` shows those there are.")
        }
    }

    @Test("Who may see one customer is never told a name of another's")
    func scope() async throws {
        try await withTwo { _, gateway in
            let limited = Caller.limited(to: "north")
            for id in ["maple-sage30", "naple-sage300", "maple-sage300"] {
                let told = await message { _ = try await gateway.perform(ShowInstallation(id: id), by: limited) }
                #expect(told.hasPrefix("There is no installation \"\(id)\". "), "\(told)")
            }
            let own = await message {
                _ = try await gateway.perform(ShowInstallation(id: "cedar-sage30"), by: limited)
            }
            #expect(own.contains("did you mean \"cedar-sage300\"?"))
            for id in ["mapel", "maple"] {
                let told = await message { _ = try await gateway.perform(ShowCustomer(id: id), by: limited) }
                #expect(told.hasPrefix("There is no customer \"\(id)\". "), "\(told)")
            }
        }
    }

    @Test("In a large portfolio no more are compared than stand beside it, and those are the likely ones")
    func bounded() async throws {
        try await withTwo { test, gateway in
            try test.fixture.raw { db in
                try db.execute(
                    sql: """
                        INSERT INTO installations (id, customer, profile, created_at, identity, site)
                        SELECT printf('m%05d-sage300', value), 'north', 'test', 0, '{}', '{}'
                        FROM (WITH RECURSIVE n(value) AS (SELECT 1 UNION ALL SELECT value + 1 FROM n LIMIT 5000)
                        SELECT value FROM n)
                        """)
            }
            for (typed, meant) in [("m02500-sage30", "m02500-sage300"), ("n02500-sage300", "m02500-sage300")] {
                #expect(
                    try await gateway.store.idsBeside(typed, of: .installation, in: .portfolio).count <= 1100)
                let told = await message { _ = try await gateway.perform(ShowInstallation(id: typed)) }
                #expect(told.contains("did you mean \"\(meant)\"?"), "\(told)")
            }
        }
    }
}
