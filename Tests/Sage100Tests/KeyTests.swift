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

    @Test("A form fault, a missing key and two numbers in each other's place are told together")
    func together() {
        let found = Self.problems(["customerNumber": "1047733", "userKey": "u7q4", "productKey": nil, "serial": "x"])
        #expect(Set(found.map(\.field)) == ["customerNumber", "userKey", "productKey", "serial"], "\(found)")
        let text = found.map(\.message).joined(separator: "\n")
        for words in [
            "The key userKey (User Key) must be", "The key productKey (Product Key) is missing",
            "There is no key \"serial\"", "The key customerNumber is the serialNumber that is in force",
        ] {
            #expect(text.contains(words), "\(text)")
        }
    }

    @Test(
        "Serial and customer number are numbers of whatever length and with letters, and nothing else",
        arguments: ["serialNumber", "customerNumber"])
    func numbers(_ name: String) {
        for good in ["7", "1047927", "0104792", "4000217749", "SX-1047-K2", String(repeating: "9", count: 32)] {
            #expect(Self.problems([name: good]) == [], "\(good)")
        }
        let bad = [
            "unknown", "n/a", "1.047.926", "10 47926", "-1047926", "#1047926", String(repeating: "9", count: 33),
        ]
        for bad in bad {
            let found = Self.problems([name: bad])
            #expect(
                found.map(\.field) == [name] && found.first?.message.contains("a number such as") == true, "\(found)")
        }
    }

    @Test("A terminal server is given by its name or address, an IPv6 address in brackets")
    func hosts() {
        let field = Sage100().descriptor.site.first { $0.name == "terminalServers" }
        for good in [
            "TS1:/mnt/ts1", "ts-1.granite.example:/mnt/ts1", "192.0.2.7:/mnt/ts1", "[::1]:/folder",
            "[2001:db8::192.0.2.7]:/mnt/Sage 100 Workstation", "[fe80::1%eth0]:/mnt/ts1",
        ] {
            #expect(field?.problem(with: good) == nil, "\(good): \(field?.problem(with: good) ?? "")")
        }
        for bad in ["/mnt/ts1", "::1:/folder", "[]:/folder", "[::1]/folder", "[ts1]:/folder", "ts1:folder", "[::1:/x"] {
            #expect(field?.problem(with: bad) != nil, "\(bad)")
        }
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
