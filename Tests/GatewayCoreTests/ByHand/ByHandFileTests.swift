import AdapterKit
import Foundation
import GatewayAPI
import GatewayStore
import Testing

@testable import GatewayCore

@Suite("License files that a person brings")
struct ByHandFileTests {
    private static let values = ["expires": "2027-01-31"]
    /// Not even XML: it is carried and not read.
    private static let theirs = AttachedFile(
        name: "entitlements.xml", contents: Array("<real>\r\n".utf8) + [0, 255, 10, 13])

    private func bytes(_ test: ByHandFixture) -> [UInt8]? {
        FileManager.default.contents(atPath: test.file).map(Array.init)
    }

    @Test("The product's file is carried byte for byte, and whatever else was attached is kept and not delivered")
    func carried() async throws {
        try await ByHandFixture.withGateway { test, gateway in
            let picture = AttachedFile("screenshot.png", "picture")
            let result = try await gateway.record("plant", Self.values, files: [picture, Self.theirs])
            #expect(result.outcome == .updated)
            #expect(bytes(test) == Self.theirs.contents)
            #expect(
                try FileManager.default.contentsOfDirectory(atPath: test.fixture.site("plant")).sorted() == [
                    ".gatehouse", "entitlements.xml",
                ])
            let operation = try #require(result.operation)
            let kept = try await gateway.perform(ShowStep(operation: operation)).attachments
            #expect(kept.map(\.name) == ["entitlements.xml", "screenshot.png"])
            let shown = try await gateway.perform(ShowInstallation(id: "plant"))
            #expect(shown.files.map(\.path) == [test.file])
        }
    }

    @Test("A file that somebody changed is put back where nothing changed, from what was brought")
    func tampered() async throws {
        try await ByHandFixture.withGateway { test, gateway in
            try await gateway.record("plant", Self.values, files: [Self.theirs])
            try Data("tampered".utf8).write(to: URL(filePath: test.file))
            test.time.pass(hours: 24)
            let result = try await gateway.record("plant", [:])
            #expect(result.outcome == .restored && result.message.contains(test.file))
            #expect(bytes(test) == Self.theirs.contents)
        }
    }

    @Test("A record without a file leaves the one that was delivered")
    func left() async throws {
        try await ByHandFixture.withGateway { test, gateway in
            try await gateway.record("plant", Self.values, files: [Self.theirs])
            try await gateway.record("plant", ["seats.users": "5"])
            #expect(bytes(test) == Self.theirs.contents)
            #expect(try await gateway.perform(ShowInstallation(id: "plant")).files.count == 1)
            let newer = AttachedFile("entitlements.xml", "newer")
            #expect(try await gateway.record("plant", [:], files: [newer]).outcome == .updated)
            #expect(bytes(test) == newer.contents)
            let known = try await gateway.perform(ShowInstallation(id: "plant")).entitlement
            #expect(known?.seats == [.init(name: "users", count: 5)])
        }
    }

    @Test("A file that Gatehouse did not write is not replaced until somebody says so, and is then kept for good")
    func adopted() async throws {
        try await ByHandFixture.withGateway { test, gateway in
            let operation = try await gateway.ask("plant")
            let folder = try test.fixture.site("plant")
            try Data("original".utf8).write(to: URL(filePath: test.file))
            let before = try test.fixture.dump()
            var call = CompleteStep(operation: operation, step: 1, files: [Self.theirs], values: Self.values)
            let error = await callError { _ = try await gateway.perform(call) }
            #expect(error?.message.contains("--adopt") == true, "\(error?.message ?? "it was replaced")")
            #expect(test.fixture.read(test.file) == "original")
            #expect(try test.fixture.dump() == before)
            call.adopt = true
            #expect(try await gateway.perform(call).outcome == .updated)
            #expect(bytes(test) == Self.theirs.contents)
            #expect(test.fixture.read("\(folder)/\(House.name)/entitlements.xml.original") == "original")
        }
    }

    @Test("Where the customer's folder can't be reached nothing is taken, and the step stays open under its number")
    func unreachable() async throws {
        try await ByHandFixture.withGateway { test, gateway in
            let operation = try await gateway.ask("plant")
            try FileManager.default.removeItem(atPath: test.fixture.site("plant"))
            let call = CompleteStep(operation: operation, step: 1, files: [Self.theirs], values: Self.values)
            #expect(await callError { _ = try await gateway.perform(call) }?.message.contains("plant") == true)
            #expect(try await gateway.perform(ListSteps()).map(\.step) == [1])
            #expect(try await gateway.stored("plant").held == false)
            _ = try test.fixture.site("plant")
            #expect(try await gateway.perform(call).outcome == .updated)
        }
    }

    @Test("Where the files go elsewhere by now the step asks for them again, and they are put there")
    func moved() async throws {
        try await ByHandFixture.withGateway { test, gateway in
            try await gateway.record("plant", Self.values, files: [Self.theirs])
            let folder = try test.fixture.site("new")
            _ = try await gateway.perform(SetInstallation(id: "plant", site: ["sharedData": [folder]]))
            test.time.pass(hours: 1)
            let operation = try await gateway.ask("plant")
            let text = try await gateway.perform(ShowStep(operation: operation)).what?.text
            #expect(text?.hasSuffix("attach entitlements.xml again, or it is not put in its place.") == true)
            _ = try await gateway.perform(CompleteStep(operation: operation, step: 1, files: [Self.theirs]))
            #expect(
                FileManager.default.contents(atPath: "\(folder)/entitlements.xml").map(Array.init)
                    == Self.theirs.contents)
            #expect(bytes(test) == Self.theirs.contents, "what lies where it was is left")
            let next = try await gateway.perform(ShowStep(operation: gateway.ask("plant"))).what?.text
            #expect(next?.contains("again") == false)
        }
    }

    @Test("Where two files could be meant neither is taken; a file's name counts whatever its case")
    func names() async throws {
        try await ByHandFixture.withGateway { test, gateway in
            let operation = try await gateway.ask("plant")
            let two = [Self.theirs, AttachedFile("old-entitlements.xml", "old")]
            let error = await callError {
                _ = try await gateway.perform(
                    CompleteStep(operation: operation, step: 1, files: two, values: Self.values))
            }
            #expect(error?.message.contains("there are 2: entitlements.xml, old-entitlements.xml") == true)
            let file = AttachedFile("Entitlements.XML", "theirs")
            _ = try await gateway.perform(
                CompleteStep(operation: operation, step: 1, files: [file], values: Self.values))
            #expect(test.fixture.read(test.file) == "theirs")
        }
    }

    @Test("A destination whose name is made of a value is known by what stands behind it")
    func template() async throws {
        try await ByHandFixture.with { test in
            try test.fixture.write(
                profile: "named",
                """
                extends: sage300-by-hand
                name: named
                deliver: { entitlements: "{site.sharedData}/{identity.clientID}.lic" }
                """)
            try await test.open(profiles: [GatewayFixture.repository + "/profiles", test.fixture.profiles]) { gateway in
                try await test.addBoth(to: gateway)
                _ = try await gateway.perform(SetInstallation(id: "plant", profile: "named"))
                try await gateway.record(
                    "plant", Self.values, files: [AttachedFile("a.png", "picture"), AttachedFile("x.lic", "license")])
                #expect(test.fixture.read(try test.fixture.site("plant") + "/30017482.lic") == "license")
            }
        }
    }
}
