import AdapterKit
import Foundation
import GatewayAPI
import GatewayStore
import Testing

@testable import GatewayCore

@Suite("When a person did what they record")
struct ByHandTimeTests {
    @Test("It counts from when it was done, and the next one is due from then")
    func done() async throws {
        try await ByHandFixture.withGateway { test, gateway in
            let earlier = try #require(Instant("2026-11-20T08:30:00Z"))
            try await gateway.record("office", ByHandValues.first, at: .instant(earlier))
            let record = try await gateway.stored("office")
            #expect(record.lastContact == earlier && record.issued == earlier)
            #expect(record.refreshDue == earlier.adding(hours: 21 * 24))
            let view = try await gateway.perform(ListOperations()).first
            #expect(view?.ended == test.time.now)
        }
    }

    @Test(
        "A time that can't be is refused, and nothing changes",
        arguments: [
            (PointInTime.instant(Instant(milliseconds: 1_795_341_600_001)), "is still to come"),
            (.instant(Instant(milliseconds: 1_792_663_199_999)), "is more than 31 days before the step was asked for"),
            (.day(LocalDay(number: 20_778)), "say at what time it was done, such as 2026-11-21T09:00:00Z"),
        ])
    func refused(_ at: PointInTime, _ words: String) async throws {
        try await ByHandFixture.withGateway { test, gateway in
            let operation = try await gateway.ask("office")
            let before = try test.fixture.dump()
            let error = await callError {
                _ = try await gateway.perform(
                    CompleteStep(operation: operation, step: 1, values: ByHandValues.first, at: at))
            }
            #expect(error?.message.contains(words) == true, "\(error?.message ?? "")")
            #expect(try test.fixture.dump() == before)
        }
    }

    @Test("What was done before the last contact sets nothing back")
    func before() async throws {
        try await ByHandFixture.withGateway { test, gateway in
            try await gateway.record("office", ByHandValues.first)
            let first = test.time.now
            test.time.pass(hours: 24 * 20)
            try await gateway.record("office", [:])
            let last = test.time.now
            test.time.pass(hours: 24)
            for values in [[:], ["seats.users": "3"]] {
                let error = await callError {
                    try await gateway.record("office", values, at: .instant(first.adding(hours: 24)))
                }
                #expect(error?.message.contains("is before the last contact with the vendor, of \(last)") == true)
            }
            #expect(try await gateway.stored("office").lastContact == last)
            #expect(try await gateway.standing("office").level == .licensed)
            #expect(try await gateway.record("office", [:], at: .instant(last)).outcome == .unchanged)
        }
    }
}
