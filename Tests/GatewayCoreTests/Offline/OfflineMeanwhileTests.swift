import AdapterKit
import Foundation
import GatewayAPI
import GatewayStore
import Testing

@testable import GatewayCore

@Suite("Offline activations while other things go on")
struct OfflineMeanwhileTests {
    @Test("While a request is open the installation is refreshed online as ever; the answer is still taken after it")
    func refreshed() async throws {
        try await OfflineFixture.withGateway { test, gateway in
            let request = try await gateway.request()
            #expect(try await gateway.refresh("maple").outcome == .updated)
            test.time.pass(hours: 1)
            #expect(try await gateway.refresh("maple").outcome == .unchanged)
            #expect(try await gateway.offline().state == .requested)
            #expect(try await gateway.take(test.answer(request)).outcome == .updated)
        }
    }

    @Test("An online success ends an offline activation: what came offline is not named, so the whole grant comes")
    func online() async throws {
        try await OfflineFixture.withGateway { test, gateway in
            _ = try await gateway.take(test.answer(await gateway.request()))
            #expect(try await gateway.stored("maple").offlineActivated != nil)
            let revision = try await gateway.stored("maple").revision
            test.time.pass(hours: 24)
            #expect(try await gateway.refresh("maple").outcome == .updated)
            let record = try await gateway.stored("maple")
            #expect(record.offlineActivated == nil && record.revision == revision)
            #expect(try await gateway.offline().activated == nil)
            #expect(try await gateway.refresh("maple").outcome == .unchanged)
        }
    }

    @Test("An import waits for a refresh that is under way, and is taken after it")
    func underWay() async throws {
        try await OfflineFixture.withGateway { test, gateway in
            let request = try await gateway.request()
            let other = try OtherProcess(folder: test.fixture.store + "-owners")
            let left = try await gateway.leaveOpen("maple", by: other.id, at: test.time.now) { facts in
                try gateway.profileAndAdapter(OfflineFixture.onPremise).1.begin(.refresh, facts: facts)
            }
            let file = try test.answer(request)
            test.time.whenPausing { if test.time.pauses.count == 3 { other.end() } }
            let result = try await gateway.take(file)
            #expect(result.outcome == .updated && result.operation == request.operation)
            #expect(try await gateway.perform(ShowOperation(id: left.operation)).outcome == "updated")
            #expect(try await gateway.stored("maple").offlineActivated == test.time.now)
        }
    }

    @Test(
        "Where the refresh that it waited for brought something newer, the file is refused and the request stays open")
    func overtaken() async throws {
        try await OfflineFixture.withGateway { test, gateway in
            let request = try await gateway.request()
            let file = try test.answer(request)
            test.time.pass(hours: 1)
            let other = try OtherProcess(folder: test.fixture.store + "-owners")
            try await gateway.leaveOpen("maple", by: other.id, at: test.time.now) { facts in
                try gateway.profileAndAdapter(OfflineFixture.onPremise).1.begin(.refresh, facts: facts)
            }
            test.time.whenPausing { if test.time.pauses.count == 3 { other.end() } }
            let error = await callError { _ = try await gateway.take(file) }
            #expect(error?.message.contains("is older than what is held") == true, "\(error?.message ?? "")")
            let view = try await gateway.perform(ShowStep(operation: request.operation))
            #expect(view.item?.step == 1 && view.attachments.isEmpty)
            #expect(try await gateway.stored("maple").offlineActivated == nil)
        }
    }

    @Test("Of several imports of one file at once, through two gateways, one takes it and the others say so")
    func together() async throws {
        try await OfflineFixture.withGateway { test, gateway in
            let file = try test.answer(await gateway.request())
            let errors = try await test.open { second in
                await withTaskGroup(of: CallError?.self) { group in
                    for number in 1...6 {
                        let one = number.isMultiple(of: 2) ? gateway : second
                        group.addTask { await callError { _ = try await one.take(file) } }
                    }
                    return await group.reduce(into: []) { $0.append($1) }
                }
            }
            let told = errors.compactMap { $0?.message }
            #expect(told.count == 5, "\(told)")
            for message in told {
                #expect(message.contains("was imported already") || message.contains("waits for nobody: it ended"))
            }
            #expect(try test.dump().count { $0.hasPrefix("entitlements:") } == 1)
            let audit = try await gateway.perform(ListAudit()).filter { $0.act == "offline.import" }
            #expect(audit.count == 1)
        }
    }

    @Test("Of several callers who ask for a request at once all get the same one")
    func requests() async throws {
        try await OfflineFixture.withGateway { test, gateway in
            let requests = try await test.open { second in
                try await withThrowingTaskGroup(of: OfflineRequest.self) { group in
                    for number in 1...6 {
                        let one = number.isMultiple(of: 2) ? gateway : second
                        group.addTask { try await one.request() }
                    }
                    return try await group.reduce(into: []) { $0.append($1) }
                }
            }
            #expect(Set(requests.map(\.operation)).count == 1 && Set(requests.map(\.file)).count == 1)
            #expect(requests.count { $0.isNew } == 1)
            #expect(try await gateway.perform(ListAudit()).count { $0.act == "offline.request" } == 1)
        }
    }
}
