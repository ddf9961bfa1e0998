import AdapterKit
import GatewayAPI
import Testing

@testable import GatewayCore

@Suite("Reviews that come again and again")
struct ReviewTests {
    private func with(_ body: (UpgradeFixture, Gateway, ReviewView) async throws -> Void) async throws {
        try await UpgradeFixture.with(hosts: []) { upgrade, gateway in
            let review = try await gateway.perform(
                AddReview(installation: "g1", kind: .utilization, everyDays: 30))
            try await body(upgrade, gateway, review)
        }
    }

    private func todo(_ gateway: Gateway) async throws -> [TodoItem] {
        try await gateway.perform(ListTodo()).filter { $0.kind == .review }
    }

    @Test("One is due after its days on the customer's calendar, stands in what is to do, and is due again once done")
    func due() async throws {
        try await with { upgrade, gateway, review in
            #expect(review.next == Instant("2026-12-22T10:00:00Z"))
            #expect(try await gateway.perform(ListReviews(due: true)).isEmpty)
            #expect(try await todo(gateway).isEmpty)
            try upgrade.time.set("2026-12-22T10:00:00Z")
            #expect(try await gateway.perform(ListReviews(due: true)).map(\.id) == [review.id])
            #expect(try await todo(gateway).map(\.installation) == ["g1"])
            let done = try await gateway.perform(CompleteReview(id: review.id, note: " Two seats too many. "))
            #expect(done.next == Instant("2027-01-21T10:00:00Z") && done.lastNote == "Two seats too many.")
            #expect(try await todo(gateway).isEmpty)
            #expect(try await gateway.perform(ListReviews()).first?.last == upgrade.time.now)
        }
    }

    @Test("One of a kind an installation; the days have bounds; one that is ended is gone")
    func refused() async throws {
        try await with { _, gateway, review in
            let twice = await callError {
                _ = try await gateway.perform(AddReview(installation: "g1", kind: .utilization, everyDays: 7))
            }
            #expect(twice?.code == .conflict && twice?.message.contains(review.id) == true)
            _ = try await gateway.perform(AddReview(installation: "g1", kind: .access, everyDays: 3660))
            _ = try await gateway.perform(CompleteReview(id: review.id, ends: true))
            _ = try await gateway.perform(AddReview(installation: "g1", kind: .utilization, everyDays: 1))
            let daily = await callError {
                _ = try await gateway.perform(AddReview(installation: "g1", kind: .utilization, everyDays: 7))
            }
            #expect(daily?.message.contains("looks at that already, every day: ") == true, "\(daily?.message ?? "")")
            for days in [0, -1, 3661] {
                let error = await callError {
                    _ = try await gateway.perform(AddReview(installation: "g1", kind: .access, everyDays: days))
                }
                #expect(error?.code == .invalid, "\(days)")
            }
            let gone = await callError { _ = try await gateway.perform(CompleteReview(id: review.id)) }
            #expect(gone?.code == .notFound)
        }
    }

    @Test("Who may see another customer alone sees none and does none; an archived installation has none")
    func scope() async throws {
        try await with { upgrade, gateway, review in
            _ = try await gateway.perform(AddCustomer(id: "south", displayName: "South", timeZone: "UTC"))
            let south = Caller.limited(to: "south")
            #expect(try await gateway.perform(ListReviews(), by: south).isEmpty)
            let calls: [() async throws -> Void] = [
                { _ = try await gateway.perform(CompleteReview(id: review.id), by: south) },
                {
                    _ = try await gateway.perform(
                        AddReview(installation: "g1", kind: .access, everyDays: 7), by: south)
                },
            ]
            for call in calls {
                let error = await callError(call)
                #expect(error?.code == .notFound)
            }
            #expect(try await gateway.perform(ListReviews(), by: .limited(to: "granite")).count == 1)
            try upgrade.time.set("2027-12-22T10:00:00Z")
            _ = try await gateway.perform(ArchiveInstallation(id: "g1"))
            #expect(try await gateway.perform(ListReviews()).isEmpty)
            #expect(try await todo(gateway).isEmpty)
        }
    }
}
