import AdapterKit
import Sage100
import Testing

@Suite("Sage 100: keys before they are sent")
struct KeyTests {
    private static func problems(_ change: [String: String?]) -> [FieldProblem] {
        var keys = ProtocolPage.keys
        for (name, value) in change { keys[name] = value }
        return AnyAdapter(Sage100()).keys?.problems(with: keys, ProtocolPage.facts) ?? []
    }

    @Test("The keys of a letter have no problem, nor those that are in force already")
    func good() {
        #expect(Self.problems([:]) == [])
        #expect(
            Self.problems(["serialNumber": "1047733"]) == [], "only the vendor knows whether its keys are other ones")
    }

    @Test("All that is missing or malformed is told at once, and no key with it")
    func form() {
        let found = Self.problems([
            "serialNumber": nil, "userKey": "u7q4", "productKey": "7KQ2M-HX4RT-0WZ9C-3NVD8", "productKye": "x",
        ])
        #expect(Set(found.map(\.field)) == ["serialNumber", "userKey", "productKey", "productKye"])
        #expect(found.contains { $0.message.contains("five groups") })
        #expect(!found.contains { $0.message.contains("7KQ2M") || $0.message.contains("u7q4") })
    }

    @Test(
        "What was entered in the place of another, or is an example, is told before the vendor is asked",
        arguments: [
            (["customerNumber": "1047733"], ["customerNumber"], "is the serialNumber that is in force"),
            (
                ["serialNumber": "4000217743"], ["serialNumber", "customerNumber"],
                "is the customerNumber that is in force"
            ),
            (["userKey": "7KQ2M-HX4RT-0WZ9C-3NVD8-PL6SA"], ["productKey"], "is the same text as userKey"),
            (["productKey": "XXXXX-XXXXX-XXXXX-XXXXX-XXXXX"], ["productKey"], "one character again and again"),
            (["userKey": "00000000"], ["userKey"], "one character again and again"),
        ] as [([String: String], [String], String)])
    func mistakes(_ change: [String: String], _ fields: [String], _ words: String) {
        let found = Self.problems(change.mapValues { $0 })
        #expect(found.map(\.field) == fields)
        #expect(found.first?.message.contains(words) == true, "\(found)")
        #expect(!found.contains { $0.message.contains("7KQ2M") })
    }
}
