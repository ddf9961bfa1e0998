import AdapterKit
import Foundation
import GatewayAPI
import GatewayStore
import Testing

@testable import GatewayCore

@Suite("The mail loop of offline activations")
struct OfflineLoopTests {
    @Test("A request is made, sent, answered and imported, and the next one is due in 21 days")
    func loop() async throws {
        try await OfflineFixture.withGateway { test, gateway in
            #expect(try await gateway.offline().state == .due)
            #expect(try await gateway.standing("maple").level == .unlicensed)
            let request = try await gateway.request()
            #expect(request.isNew && request.requested == test.time.now && request.sent == nil)
            #expect(request.file?.name == "maple-licence-request.xml")
            #expect(try await gateway.offline().state == .requested)

            test.time.pass(hours: 1)
            let sent = try await gateway.perform(MarkOfflineSent(installations: ["maple"]))
            #expect(sent.map(\.state) == [.sent] && sent.first?.sent == test.time.now)

            test.time.pass(hours: 30)
            let result = try await gateway.take(test.answer(request))
            #expect(result.installation == "maple" && result.outcome == .updated)
            #expect(result.operation == request.operation && result.message.contains("12 users"))
            let record = try await gateway.stored("maple")
            #expect(record.lastContact == test.time.now && record.offlineActivated == test.time.now)
            #expect(try await gateway.standing("maple").level == .licensed)
            let item = try await gateway.offline()
            #expect(item.state == .current && item.operation == nil && item.activated == test.time.now)
            #expect(item.due == test.time.now.adding(hours: 21 * 24))
            let view = try await gateway.perform(ShowOperation(id: request.operation))
            #expect(view.status == "done" && view.outcome == "updated" && view.act == .request)
        }
    }

    @Test("Asked again the same file comes back, from another process too, until its answer is taken")
    func again() async throws {
        try await OfflineFixture.with { test in
            let first = try await test.open { gateway in
                try await test.add(to: gateway)
                return try await gateway.request()
            }
            test.time.pass(hours: 24)
            try await test.open { gateway in
                let second = try await gateway.request()
                #expect(second.file == first.file && second.operation == first.operation && !second.isNew)
                #expect(second.requested == first.requested)
                _ = try await gateway.take(test.answer(first))
                let third = try await gateway.request()
                #expect(third.isNew && third.operation != first.operation && third.file != first.file)
            }
        }
    }

    @Test("A new request voids the one before it: an answer to that is refused, and nothing changes")
    func anew() async throws {
        try await OfflineFixture.withGateway { test, gateway in
            let old = try await gateway.request()
            let new = try await gateway.request(anew: true)
            #expect(new.isNew && new.operation != old.operation)
            let before = try test.dump()
            let error = await callError { _ = try await gateway.take(test.answer(old)) }
            #expect(error?.message.contains("answers a request that was given up") == true)
            #expect(error?.message.contains("A new request was made in its place") == true)
            #expect(try test.dump() == before)
            #expect(try await gateway.take(test.answer(new)).outcome == .updated)
        }
    }

    @Test("What was sent is marked for all that are named or for none, at a time that has passed")
    func sent() async throws {
        try await OfflineFixture.with([.maple, .cedar]) { test in
            try await test.open { gateway in
                for license in [OfflineFixture.License.maple, .cedar] { try await test.add(license, to: gateway) }
                _ = try await gateway.request("maple")
                let before = try test.dump()
                let mistakes: [(MarkOfflineSent, String)] = [
                    (MarkOfflineSent(installations: ["maple", "cedar"]), "No request of cedar is open"),
                    (MarkOfflineSent(installations: []), "Name at least one"),
                    (
                        MarkOfflineSent(installations: ["maple"], at: .instant(test.time.now.adding(hours: 1))),
                        "still to come"
                    ),
                    (
                        MarkOfflineSent(installations: ["maple"], at: .day(Zone.utc.localDay(of: test.time.now))),
                        "is a day"
                    ),
                ]
                for (call, words) in mistakes {
                    let error = await callError { _ = try await gateway.perform(call) }
                    #expect(error?.message.contains(words) == true, "\(words): \(error?.message ?? "")")
                }
                #expect(try test.dump() == before)
                let earlier = test.time.now.adding(minutes: -10)
                let marked = try await gateway.perform(
                    MarkOfflineSent(installations: ["maple", "maple"], at: .instant(earlier)))
                #expect(marked.map(\.sent) == [earlier])
            }
        }
    }

    @Test("Under the profile for installations with a way to the Internet no request is made, and the other is named")
    func online() async throws {
        try await OfflineFixture.with { test in
            try await test.open { gateway in
                try await test.add(to: gateway, profile: "sage200-online")
                let error = await callError { _ = try await gateway.request() }
                #expect(error?.code == .conflict)
                let command = "`gatehouse installations set maple --profile sage200-on-premise`"
                #expect(error?.message.contains(command) == true, "\(error?.message ?? "")")
                #expect(try await gateway.perform(ListSteps()).isEmpty)
                #expect(try await gateway.perform(ListOffline(all: true)).isEmpty)
            }
        }
    }
}
