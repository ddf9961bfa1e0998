import AdapterKit
import Foundation
import Testing

@testable import GatewayCore

@Suite("IDs")
struct IdentifierTests {
    @Test("An operation's ID is a UUID of version 7")
    func form() throws {
        let now = try #require(Instant("2026-11-22T10:00:00.123Z"))
        for _ in 1...200 {
            let id = Identifiers.operation(at: now)
            #expect(id.wholeMatch(of: /[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}/) != nil)
            #expect(UUID(uuidString: id) != nil)
            let digits = id.replacing("-", with: "").prefix(12)
            #expect(Int64(digits, radix: 16) == now.milliseconds)
        }
    }

    @Test("IDs are in order of time as text, and no two are alike")
    func order() throws {
        let start = try #require(Instant("2026-11-22T10:00:00Z"))
        let ids = (0..<500).map { Identifiers.operation(at: start.adding(milliseconds: $0 * 7919)) }
        #expect(ids == ids.sorted())
        let many = Set((1...2000).map { _ in Identifiers.operation(at: start) })
        #expect(many.count == 2000)
    }

    @Test(
        "Times before 1970 and at the end of the calendar still make IDs of the form",
        arguments: [-1, 0, 253_402_300_799_999] as [Int64])
    func edges(_ milliseconds: Int64) {
        let id = Identifiers.operation(at: Instant(milliseconds: milliseconds))
        #expect(id.utf8.count == 36 && id.dropFirst(14).first == "7")
    }

    @Test("A nonce is 128 bits in hexadecimal, never the same")
    func nonces() {
        let nonces = Set((1...1000).map { _ in Identifiers.nonce() })
        #expect(nonces.count == 1000)
        #expect(nonces.allSatisfy { Hex.decode($0.utf8)?.count == 16 })
    }

    @Test(
        "IDs that people may choose",
        arguments: ["a", "0", "_", "maple", "maple-sage300", "a.b_c-d", "7eleven", String(repeating: "x", count: 64)])
    func chosen(_ id: String) {
        #expect(ChosenID.problem(with: id, kind: "customer") == nil)
    }

    @Test(
        "IDs that they may not, with what is allowed",
        arguments: [
            "", " ", "A", "Maple", "-a", ".a", "..", "a b", "a/b", "a\\b", "a\n", "ä", "a\u{301}", "日本", "a:b", "a'b",
            "a\u{0}", String(repeating: "x", count: 65), "$a", "a*",
        ])
    func refused(_ id: String) {
        let problem = ChosenID.problem(with: id, kind: "customer")
        #expect(problem?.contains("customer") == true && problem?.contains("lower-case letters") == true)
    }
}
