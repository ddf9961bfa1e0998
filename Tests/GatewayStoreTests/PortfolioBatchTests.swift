import AdapterKit
import Crypto
import Foundation
import GRDB
import GatewayAPI
import Testing

@testable import GatewayStore

@Suite("The whole portfolio in one transaction")
struct PortfolioBatchTests {
    /// Adds installations with a record each.
    private func add(_ numbers: Range<Int>, to store: Store, then body: (@Sendable () throws -> Void)? = nil)
        async throws
    {
        try await store.changePortfolio { batch in
            try batch.add(
                CustomerColumns(id: "c\(numbers.lowerBound)", name: "C", timeZone: "UTC", notes: ""), at: .minute(0),
                .test("customer", customer: "c\(numbers.lowerBound)"))
            for number in numbers {
                try batch.add(
                    InstallationColumns(
                        id: "i\(number)", customer: "c\(numbers.lowerBound)", profile: "sample",
                        identity: ["account": "\(number)", "b": "say \"no\" \\ é"],
                        site: ["shared": ["/srv/\(number)", "/b"]],
                        notes: "one\ntwo"), at: .minute(0), .test("added", customer: "c"))
            }
            try body?()
        }
    }

    @Test("What was added is read as everybody else reads it")
    func read() async throws {
        try await StoreFixture.withStore { fixture, store async throws in
            try await add(0..<3, to: store)
            let record = try #require(try await store.installation("i1", in: .portfolio))
            #expect(
                record.identity == ["account": "1", "b": "say \"no\" \\ é"]
                    && record.site == ["shared": ["/srv/1", "/b"]])
            let facts = try #require(try await store.recordedFacts(of: "i1", in: .portfolio))
            #expect(facts.facts == RecordedFacts(notes: "one\ntwo") && facts.edits == 0)
            let again = try await store.readPortfolio { batch in
                (try batch.installation("i1"), try batch.customer("c0"), try batch.installation("none"))
            }
            #expect(
                again.0?.identity == record.identity && again.0?.site == record.site && again.0?.notes == "one\ntwo")
            #expect(again.1?.timeZone == "UTC" && again.2 == nil)
        }
    }

    @Test("The records are a chain with those before and after, each with its hash")
    func chain() async throws {
        try await StoreFixture.withStore { fixture, store async throws in
            try await store.addTestCustomer("north")
            try await add(0..<50, to: store)
            try await store.append(.test("after"))
            let records = try await store.audit(in: .portfolio, limit: 100).reversed().map { $0 }
            #expect(records.map(\.number) == Array(1...53))
            for (record, before) in zip(records.dropFirst(), records) { #expect(record.previous == before.hash) }
            for record in records { #expect(record.hash == record.computedHash()) }
        }
    }

    @Test(
        "The hash that is made without an encoder is that of what the encoder writes",
        arguments: [
            "", "plain", "say \"no\" \\ /", "é 日本 🙂 e\u{301}", "\u{0}\u{1}\u{8}\t\n\u{B}\u{C}\r\u{1F}\u{7F}", "\r\n",
            "\u{2028}\u{FEFF}",
        ])
    func hashes(_ text: String) throws {
        let encoder = JSONEncoder()
        encoder.outputFormatting = .withoutEscapingSlashes
        for customer in [nil, text] {
            let record = AuditRecord(
                number: 7, at: .minute(3), actor: text, actorName: nil, act: "portfolio.import", customer: customer,
                subject: text, detail: text, previous: "abc", hash: "")
            let content: [String?] = [
                "7", String(record.at.milliseconds), text, record.act, customer, text, text, "abc",
            ]
            let digest = SHA256.hash(data: try encoder.encode(content))
            #expect(record.computedHash() == digest.map { String(format: "%02x", $0) }.joined())
        }
    }

    @Test("An error behind thousands of writes undoes all of them, and others' writes go on")
    func undone() async throws {
        try await StoreFixture.withStore { fixture, store async throws in
            try await store.addTestCustomer("north")
            await #expect(throws: CancellationError.self) {
                try await add(0..<5000, to: store) { throw CancellationError() }
            }
            #expect(try await store.installationCount(.all, in: .portfolio) == 0)
            try await add(0..<10, to: store)
            #expect(try await store.installationCount(.all, in: .portfolio) == 10)
            #expect(try fixture.number("SELECT COUNT(*) FROM audit") == 12)
        }
    }

    @Test(
        "A full disk refuses the whole of it by a clear error, and with room again it goes on",
        .enabled(if: SmallDisk.isAvailable, "no permission to mount a small filesystem"))
    func full() async throws {
        try await StoreFixture.with { fixture in
            try await SmallDisk.with(at: fixture.folder + "/disk", kilobytes: 3072) { disk in
                let small = StoreFixture(folder: disk)
                try await small.withStore { store async throws in
                    try await store.addTestCustomer("north")
                    try SmallDisk.fill(disk + "/ballast", leaving: 512 * 1024)
                    let error = await #expect(throws: StoreError.self) { try await add(0..<20_000, to: store) }
                    #expect(error?.code == .cannotWrite && error?.message.contains("full") == true, "\(error as Any)")
                    #expect(try await store.installationCount(.all, in: .portfolio) == 0)
                    try FileManager.default.removeItem(atPath: disk + "/ballast")
                    try await add(0..<100, to: store)
                }
                try await small.withStore { store async throws in
                    #expect(try await store.installationCount(.all, in: .portfolio) == 100)
                    #expect(try small.raw { try String.fetchOne($0, sql: "PRAGMA integrity_check") } == "ok")
                }
            }
        }
    }
}
