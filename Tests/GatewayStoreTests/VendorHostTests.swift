import AdapterKit
import GatewayStore
import Testing

@Suite("The record of vendors' hosts")
struct VendorHostTests {
    @Test("A host's record is kept as it was saved last, over a restart")
    func roundTrip() async throws {
        try await StoreFixture.with { fixture in
            var record = VendorHostRecord(
                host: "licensing.example.com", failures: 5, openUntil: .minute(9), lastContact: .minute(1),
                lastFailure: "no answer", lastFailureAt: .minute(2))
            try await fixture.withStore { store in
                #expect(try await store.vendorHosts().isEmpty)
                try await store.save(record)
                try await store.save(VendorHostRecord(host: "another.example.com:8443"))
            }
            try await fixture.withStore { store in
                #expect(
                    try await store.vendorHosts() == [VendorHostRecord(host: "another.example.com:8443"), record])
                record.failures = 0
                record.openUntil = nil
                try await store.save(record)
                #expect(try await store.vendorHosts().last == record)
            }
        }
    }
}
