import AdapterKit
import Foundation
import GatewayAPI
import GatewayStore
import Testing

@testable import GatewayCore

@Suite("What the record of an upgrade says of the registration")
struct UpgradeRegistrationTests {
    private func value(_ title: String, in lines: [RegistrationLine]) -> String? {
        let values = lines.filter { $0.title == title }.map(\.value)
        return values.count == 1 ? values[0] : values.isEmpty ? nil : "\(values)"
    }

    @Test("Where no file stood, or one that names no users, before tells what was held")
    func held() async throws {
        for stands in [true, false] {
            try await UpgradeFixture.with { upgrade, gateway in
                if !stands {
                    for file in upgrade.files() { try FileManager.default.removeItem(atPath: file) }
                }
                let view = try await gateway.upgrade()
                let before = [
                    ("Serial Number", "1047733"), ("Customer Number", "4000217743"), ("Users", "8"),
                    ("Edition", "Advanced"), ("Modules", "G/L"), ("Expires", "2031-01-31"),
                ]
                for (title, wanted) in before {
                    #expect(value(title, in: view.before) == wanted, "\(stands): \(view.before)")
                }
                #expect((value("User Key", in: view.before) == "********") == stands, "\(view.before)")
                #expect(value("Users", in: view.after) == "12", "\(view.after)")
            }
        }
    }

    @Test("By hand, now tells what the person recorded; rolled back, it stays on record as tried")
    func recorded() async throws {
        try await UpgradeFixture.with(extends: "sage100-by-hand") { upgrade, gateway in
            let operation = try #require(try await gateway.upgrade().operation)
            try Data(UpgradeFixture.Keys.twelve.registration.utf8).write(to: URL(filePath: upgrade.serverFile))
            _ = try await gateway.perform(
                CompleteStep(
                    operation: operation, step: 1, files: [],
                    values: ["seats.users": "12", "expires": "2031-01-31"], note: ""))
            let view = try await gateway.perform(ShowUpgrade(installation: "g1"))
            for (title, wanted) in [("Serial Number", "1047926"), ("Users", "12"), ("Expires", "2031-01-31")] {
                #expect(value(title, in: view.after) == wanted, "\(view.after)")
            }
            #expect(view.tried.isEmpty)
            let back = try await gateway.perform(RollBackUpgrade(installation: "g1"))
            #expect(back.after.isEmpty && value("Users", in: back.tried) == "12", "\(back.tried)")
        }
    }
}
