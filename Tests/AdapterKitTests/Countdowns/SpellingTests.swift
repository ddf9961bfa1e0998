import AdapterKit
import Testing

@Suite("Nearest names")
struct SpellingTests {
    @Test(
        "One edit is one step",
        arguments: [
            ("expires", "expires", 0), ("expires", "EXPIRES", 0), ("expries", "expires", 1), ("expire", "expires", 1),
            ("xexpires", "expires", 1), ("expirez", "expires", 1), ("", "abc", 3), ("abc", "", 3),
            ("kitten", "sitting", 3),
        ])
    func distance(_ left: String, _ right: String, _ expected: Int) {
        #expect(Spelling.distance(left, right) == expected)
    }

    @Test("The nearest comes first, and what is far is not offered")
    func nearest() {
        let known = ["expires", "lastContact", "validTo"]
        #expect(Spelling.nearest(to: "expired", among: known) == ["expires"])
        #expect(Spelling.nearest(to: "lastcontact", among: known) == ["lastContact"])
        #expect(Spelling.nearest(to: "somethingElse", among: known) == [])
        #expect(Spelling.nearest(to: "xy", among: ["ab"]) == [])
        #expect(Spelling.nearest(to: "aab", among: ["aac", "aad", "aab"], limit: 2) == ["aab", "aac"])
    }
}
