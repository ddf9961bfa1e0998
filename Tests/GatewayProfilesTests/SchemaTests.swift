import Foundation
import GatewayProfiles
import Sage300
import Testing

@Suite("The JSON Schema of profiles")
struct SchemaTests {
    private static func schema() throws -> [String: Any] {
        let text = try ProfileSchema.document(for: [Sage300().descriptor])
        return try #require(try JSONSerialization.jsonObject(with: Data(text.utf8)) as? [String: Any])
    }

    /// What stands below keys of the schema.
    private static func at(_ path: String...) throws -> Any {
        var value: Any = try schema()
        for key in path {
            let members = value as? [String: Any]
            value = try #require(members?[key], "no \(key)")
        }
        return value
    }

    @Test("Its patterns take what the reader takes, and refuse what that refuses")
    func patterns() throws {
        let rows: [(path: [String], takes: [String], refuses: [String])] = [
            (["stage", "properties", "at"], ["-30d", "0d", "48h", "100000d"], ["45", "6w", "d", "1 d", "+1d"]),
            (["profile", "properties", "name"], ["a", "sage300-x", "0"], ["", "A", "a_b", "a/b"]),
            (
                ["stage", "properties", "message"], ["", "a {{b}} {product}", "{where}{days}", "日本"],
                ["{prodct}", "{", "}", "{}", "{product"]
            ),
        ]
        for row in rows {
            var value: Any = try #require(try Self.schema()["$defs"])
            for key in row.path { value = try #require((value as? [String: Any])?[key]) }
            let choices = try #require((value as? [String: Any])?["anyOf"] as? [[String: Any]])
            let pattern = try Regex(#require(choices.lazy.compactMap { $0["pattern"] as? String }.first))
            for text in row.takes { #expect(text.firstMatch(of: pattern) != nil, "\(row.path.last ?? "") \(text)") }
            for text in row.refuses { #expect(text.firstMatch(of: pattern) == nil, "\(row.path.last ?? "") \(text)") }
        }
    }

    @Test("A whole profile must have what a variation may inherit, and only a variation may remove")
    func variations() throws {
        let required = try Self.at("$defs", "profile", "required") as? [String]
        #expect(required == ["name", "product", "protocol", "vendor", "countdowns"])
        #expect(try Self.at("$defs", "variation", "required") as? [String] == ["name"])
        // A word for by hand, or a mapping.
        let variation = try Self.at("$defs", "variation", "properties", "vendor", "anyOf") as? [[String: Any]]
        #expect(variation?.contains { $0["type"] as? String == "null" } == true)
        let server = variation?.first { $0["type"] as? String == "object" }
        #expect(server != nil && server?["required"] == nil)
        let whole = try Self.at("$defs", "profile", "properties", "vendor", "anyOf") as? [[String: Any]]
        #expect(whole?.contains { $0["type"] as? String == "null" } == false)
        #expect(whole?.first { $0["type"] as? String == "object" }?["required"] as? [String] == ["address"])
    }

    @Test("A protocol adds its deliveries and dates")
    func protocols() throws {
        let deliver = try Self.at("$defs", "subscription", "properties", "deliver") as? [String: Any]
        #expect(deliver?["required"] as? [String] == ["entitlements"])
        #expect(deliver?["additionalProperties"] as? Bool == false)
        let dates = "\(try Self.at("$defs", "subscription", "properties", "countdowns"))"
        #expect(dates.contains("vendorExpired") && dates.contains("modules.expires"))
        let general = "\(try Self.at("$defs", "profile", "properties", "countdowns"))"
        #expect(!general.contains("vendorExpired"))
    }
}
