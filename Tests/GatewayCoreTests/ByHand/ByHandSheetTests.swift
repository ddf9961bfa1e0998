import AdapterKit
import Foundation
import GatewayAPI
import GatewayProfiles
import Sage300
import Testing

@testable import GatewayCore

/// People type anything. Whatever it is, it is refused in words or becomes an entitlement that holds together.
@Suite("Values that people record, whatever they are")
struct ByHandSheetTests {
    private static let seeds = [
        "2027-01-31", "2027-01-31T12:00:00Z", "0000-00-00", "9999-12-31", "none", "0", "12", "1000000", "1000001",
        "9999999", "GL", "GL,AP=2026-12-31", "GL,GL", ",", "=", "GL=", "a=2026-02-30", "", " ", "Pro", "\u{0}",
        "é\u{301}",
        "2027-01-31T99:99:99Z", "2027-01-31Tnow", "1e3", "-1", "+5", "١٢", "0x10", String(repeating: "9", count: 400),
    ]

    @Test("Values made at random are refused in words, or hold together")
    func random() async throws {
        try await ByHandFixture.withGateway { _, gateway in
            let profile = try #require(gateway.profiles.profiles["sage300-by-hand"])
            let held = Entitlement(
                dates: ["expires": try #require(DateValue("2026-12-31"))], seats: [.init(name: "users", count: 3)],
                modules: [.init(code: "GL", name: "Ledger")], edition: "Standard")
            let now = try #require(Instant("2026-11-22T10:00:00Z"))
            var random = Seeded(7)
            var (refused, taken) = (0, 0)
            for _ in 0..<20_000 {
                let held = Bool.random(using: &random) ? held : nil
                let sheet = ByHandSheet(Sage300().descriptor, profile, held: held)
                let names = sheet.fields.map(\.name) + ["other"]
                var values: [String: String] = [:]
                for name in names where Int.random(in: 0..<3, using: &random) == 0 { values[name] = value(&random) }
                guard sheet.fields.problems(with: values, kind: "step").isEmpty else {
                    refused += 1
                    continue
                }
                do throws(AdapterError) {
                    let entitlement = try sheet.entitlement(values, over: held, at: now)
                    taken += 1
                    if let problem = problem(with: entitlement) { Issue.record("\(values): \(problem)") }
                } catch {
                    refused += 1
                    #expect(error.code == .rejected && !error.message.isEmpty && names.contains(error.field ?? ""))
                }
            }
            #expect(taken > 100 && refused > 100, "\(taken) taken, \(refused) refused")
        }
    }

    private func value(_ random: inout Seeded) -> String {
        var text = Self.seeds.randomElement(using: &random) ?? ""
        switch Int.random(in: 0..<6, using: &random) {
        case 0: text += "," + (Self.seeds.randomElement(using: &random) ?? "")
        case 1: text = String(text.dropLast())
        case 2: text.append(Character(Unicode.Scalar(UInt8.random(in: 0...255, using: &random))))
        default: break
        }
        return text
    }

    private func problem(with entitlement: Entitlement) -> String? {
        if !entitlement.isUnverified { return "it is called verified" }
        if entitlement.dates["expires"] == nil { return "it has no end" }
        if !Set(entitlement.dates.keys).isSubset(of: ["expires", "vendorExpired"]) { return "it has a date too many" }
        let pools = entitlement.seats.map(\.name)
        if Set(pools).count != pools.count { return "a pool comes twice" }
        if !entitlement.seats.allSatisfy({ (0...1_000_000).contains($0.count) }) {
            return "it has \(entitlement.seats)"
        }
        let codes = entitlement.modules.map(\.code)
        if Set(codes).count != codes.count || codes.contains("") { return "its modules are \(codes)" }
        return entitlement.edition == "" ? "its edition is empty" : nil
    }
}
