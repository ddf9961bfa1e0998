import AdapterKit
import Foundation
import GRDB
import GatewayAPI
import GatewayStore
import Testing

@Suite("What stands in columns of text comes back as it was")
struct NotesTests {
    static let details = [
        "", "plain", "a\tb\tc", "first\nsecond\n", "C:\\n\\Sage\\new", "\\", "\\\\n", "é👩‍🔧\r\n",
    ]

    @Test("Notes of an operation, whatever they hold and in the order they were written")
    func notes() async throws {
        try await StoreFixture.withStore { _, store in
            try await store.addTwoCustomers()
            try await store.claimTest("op-1", on: "n1")
            let written = Self.details.enumerated().map {
                StepNote(at: .minute($0.offset), kind: "kind-\($0.offset)", detail: $0.element)
            }
            try await store.note(Array(written[..<3]), on: "op-1")
            try await store.note(Array(written[3...]), on: "op-1")
            let (_, notes) = try #require(try await store.operation("op-1", in: .portfolio))
            #expect(Array(notes.dropFirst()) == written)
        }
    }

    @Test("A column that is no list of notes is told as corrupt, not passed over")
    func corrupt() async throws {
        try await StoreFixture.withStore { fixture, store in
            try await store.addTwoCustomers()
            try await store.claimTest("op-1", on: "n1")
            try fixture.raw { try $0.execute(sql: "UPDATE operations SET notes = 'no time in it'") }
            await #expect(throws: StoreError.self) { _ = try await store.operation("op-1", in: .portfolio) }
        }
    }

    @Test(
        "Names and values as JSON writers in the world write them",
        arguments: [
            "{}", #"{"a":"1","b":"2"}"#, #"{ "a" : "1" }"#, #"{"a":"\"q\" \\ é \u00e9 \/"}"#, #"{"ä/":"é👩‍🔧"}"#,
        ])
    func identity(json: String) async throws {
        try await StoreFixture.withStore { fixture, store in
            try await store.addTwoCustomers()
            try fixture.raw { try $0.execute(sql: "UPDATE installations SET identity = ?", arguments: [json]) }
            let expected = try JSONDecoder().decode([String: String].self, from: Data(json.utf8))
            #expect(try await store.installation("n1", in: .portfolio)?.identity == expected)
        }
    }

    @Test(
        "What is no object of names and values is told as corrupt",
        arguments: ["", "{", "[]", #"{"a":1}"#, #"{"a":"1"}x"#, #"{"a":"1""#, #"{"a":["1"]}"#])
    func noObject(json: String) async throws {
        try await StoreFixture.withStore { fixture, store in
            try await store.addTwoCustomers()
            try fixture.raw { try $0.execute(sql: "UPDATE installations SET identity = ?", arguments: [json]) }
            await #expect(throws: StoreError.self) { _ = try await store.installation("n1", in: .portfolio) }
        }
    }

    @Test("A site's lists", arguments: [#"{"a":[],"b":["/x","/y z"]}"#, #"{"a": ["/x"]}"#, #"{"a":["\/x"]}"#])
    func site(json: String) async throws {
        try await StoreFixture.withStore { fixture, store in
            try await store.addTwoCustomers()
            try fixture.raw { try $0.execute(sql: "UPDATE installations SET site = ?", arguments: [json]) }
            let expected = try JSONDecoder().decode([String: [String]].self, from: Data(json.utf8))
            #expect(try await store.installation("n1", in: .portfolio)?.site == expected)
        }
    }
}
