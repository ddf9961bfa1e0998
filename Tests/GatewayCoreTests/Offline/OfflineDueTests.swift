import AdapterKit
import Foundation
import GRDB
import GatewayAPI
import Testing

@testable import GatewayCore

@Suite("When a request is due, and when its answer is missed")
struct OfflineDueTests {
    /// The times of a customer whose clocks change between: the local time of day stays, whatever that is in UTC.
    struct Row: Sendable {
        var zone: String
        var start: String
        var due: String
        var sent: String
        var missed: String
    }

    static let rows = [
        Row(
            zone: "Europe/London", start: "2026-01-01T10:00:00Z", due: "2026-01-22T10:00:00Z",
            sent: "2026-01-23T08:30:00Z", missed: "2026-01-28T08:30:00Z"),
        // Summer time begins there on 29 March 2026.
        Row(
            zone: "Europe/London", start: "2026-03-10T16:20:00Z", due: "2026-03-31T15:20:00Z",
            sent: "2026-03-27T09:00:00Z", missed: "2026-04-01T08:00:00Z"),
        // It ends on 25 October; half an hour's change there.
        Row(
            zone: "Australia/Lord_Howe", start: "2026-03-20T00:00:00Z", due: "2026-04-10T00:30:00Z",
            sent: "2026-04-03T00:00:00Z", missed: "2026-04-08T00:30:00Z"),
    ]

    @Test("A request is due 21 calendar days of the customer's after the last success, to the second", arguments: rows)
    func due(_ row: Row) async throws {
        try await OfflineFixture.with(at: row.start) { test in
            try await test.open { gateway in
                try await test.add(to: gateway, zone: row.zone)
                _ = try await gateway.take(test.answer(await gateway.request()))
                let due = try #require(Instant(row.due))
                test.time.set(due.adding(seconds: -1))
                #expect(try await gateway.offline().state == .current)
                #expect(try await gateway.perform(RequestOffline(selection: .due)).requests.isEmpty)
                test.time.set(due)
                let item = try await gateway.offline()
                #expect(item.state == .due && item.due == due)
                #expect(
                    try await gateway.perform(RequestOffline(selection: .due)).requests.map(\.installation) == ["maple"]
                )
                #expect(
                    try await gateway.perform(RequestOffline(selection: .due)).requests.isEmpty, "one is open by now")
            }
        }
    }

    @Test(
        "A request is told as unanswered five calendar days after it was sent, or made where nobody said so",
        arguments: rows)
    func unanswered(_ row: Row) async throws {
        try await OfflineFixture.with(at: row.sent) { test in
            try await test.open { gateway in
                try await test.add(to: gateway, zone: row.zone)
                let request = try await gateway.request()
                let missed = try #require(Instant(row.missed))
                test.time.set(missed.adding(seconds: -1))
                #expect(try await gateway.offline().state == .requested)
                test.time.set(missed)
                #expect(try await gateway.offline().state == .unanswered)
                // Sent a day later than it was made.
                test.time.set(missed)
                _ = try await gateway.perform(
                    MarkOfflineSent(installations: ["maple"], at: .instant(missed.adding(seconds: -1))))
                #expect(try await gateway.offline().state == .sent)
                #expect(try await gateway.take(test.answer(request)).outcome == .updated, "it is taken however late")
            }
        }
    }

    @Test("An online success puts the next request off")
    func online() async throws {
        try await OfflineFixture.withGateway(at: "2026-01-01T10:00:00Z") { test, gateway in
            _ = try await gateway.take(test.answer(await gateway.request()))
            try test.time.set("2026-01-20T10:00:00Z")
            _ = try await gateway.refresh("maple")
            try test.time.set("2026-02-10T09:59:59Z")
            #expect(try await gateway.offline().state == .current)
            try test.time.set("2026-02-10T10:00:00Z")
            #expect(try await gateway.offline().state == .due)
        }
    }

    @Test("In bulk one that fails holds up no other, and is told by its ID with the reason")
    func bulk() async throws {
        var oak = OfflineFixture.License.cedar
        (oak.id, oak.serial) = ("oak", "2000-0000-0002-K")
        try await OfflineFixture.with([.maple, .cedar, oak]) { test in
            try await test.open { gateway in
                for license in [OfflineFixture.License.maple, .cedar, oak] { try await test.add(license, to: gateway) }
                try await test.add(
                    OfflineFixture.License(id: "elm", serial: "E-1"), to: gateway, profile: "sage200-online")
                // As an earlier version may have left it.
                try test.fixture.raw { db in
                    try db.execute(
                        sql: "UPDATE installations SET identity = '{\"accountNumber\":\"A2000001\"}' WHERE id = 'cedar'"
                    )
                }
                let report = try await gateway.perform(RequestOffline(selection: .due))
                #expect(report.requests.map(\.installation).sorted() == ["maple", "oak"])
                #expect(report.failures.map(\.installation) == ["cedar"])
                #expect(report.failures.first?.message.contains("no serialNumber") == true)
                let named = try await gateway.perform(
                    RequestOffline(selection: .installations(["maple", "elm", "maple"])))
                #expect(named.requests.map(\.isNew) == [false] && named.failures.map(\.installation) == ["elm"])
            }
        }
    }

    @Test("A new request that can't be made leaves the open one what it is")
    func kept() async throws {
        try await OfflineFixture.withGateway { test, gateway in
            let request = try await gateway.request()
            let file = try test.answer(request)
            try test.fixture.raw { try $0.execute(sql: "UPDATE installations SET identity = '{}'") }
            #expect(
                await callError { _ = try await gateway.request(anew: true) }?.message.contains("has no") == true)
            try test.fixture.raw { db in
                try db.execute(
                    sql: "UPDATE installations SET identity = ?",
                    arguments: [#"{"accountNumber":"A1042207","serialNumber":"2000-7F31-0042-K"}"#])
            }
            #expect(try await gateway.take(file).operation == request.operation)
        }
    }
}
