import AdapterKit
import Foundation
import GatewayAPI
import GatewayStore
import Testing

@testable import GatewayCore

@Suite("Tokens and the key that they are sealed with")
struct TokenKeyFileTests {
    /// A license that is held, and a code that is shown for another.
    private func withLicense(_ body: (TokenFixture, Gateway, _ code: String) async throws -> Void) async throws {
        try await TokenFixture.with(.init(lines: ["reuseWindow: 0s"])) { tokens in
            try await tokens.open { gateway in
                try await tokens.add("hq", "store12", "store13", to: gateway)
                try await tokens.acquire("hq", as: "SRV-1", gateway)
                let begun = try await gateway.perform(BeginAuthorization(installation: "store12"))
                try await body(tokens, gateway, try #require(begun.notice).code)
            }
        }
    }

    private func complete(_ installation: String, _ tokens: TokenFixture, _ gateway: Gateway) async throws
        -> RefreshResult?
    {
        tokens.time.pass(seconds: 5)
        return try await gateway.perform(CompleteAuthorization(installation: installation)).result
    }

    @Test("A rotation seals tokens and device codes anew, and both go on")
    func rotated() async throws {
        try await withLicense { tokens, gateway, code in
            let rotation = try await gateway.perform(RotateKeyFile())
            #expect(rotation.resealed == 3 && rotation.givenUp == 0)
            #expect(try await gateway.refresh("hq").outcome == .updated)
            try await tokens.type(code, for: "SRV-12")
            #expect(try await complete("store12", tokens, gateway)?.outcome == .updated)
            let view = try await gateway.perform(ShowKeyFile())
            #expect(view.sealed == 4 && view.unopened == 0)
        }
    }

    @Test("A key that is lost for good costs the tokens alone: their license is marked, and acquired again")
    func lost() async throws {
        try await withLicense { tokens, gateway, code in
            let identity = try await gateway.stored("hq").identity
            try FileManager.default.removeItem(atPath: gateway.configuration.keyFile)
            let rotation = try await gateway.perform(RotateKeyFile(lost: true))
            #expect(rotation.resealed == 0 && rotation.givenUp == 3)
            let record = try await gateway.stored("hq")
            #expect(record.authorizeAgain?.contains("key") == true && record.identity == identity)
            #expect(try await gateway.standing("hq").level == .licensed)
            let refused = try await gateway.refresh("hq")
            #expect(refused.outcome == .rejected && refused.message.contains("gatehouse authorize hq"), "\(refused)")
            // The code was typed, but what its tokens are asked for with is gone.
            try await tokens.type(code, for: "SRV-12")
            let other = try await complete("store12", tokens, gateway)
            #expect(other?.outcome.isFailure == true && other?.message.contains("gatehouse authorize store12") == true)
            #expect(try await gateway.stored("store12").authorizeAgain == nil)
            // The server knows of nothing: there the license is removed by a person.
            let back = try await gateway.perform(Deauthorize(installation: "hq"))
            #expect(back.outcome == .removed && back.message.contains("was not told"), "\(back)")
            #expect(try await gateway.perform(VerifyAudit()).problem == nil)
        }
    }

    @Test("While the key file is away nothing is asked and nothing is lost, and no other is made in its place")
    func missing() async throws {
        try await withLicense { tokens, gateway, code in
            let file = gateway.configuration.keyFile
            try FileManager.default.moveItem(atPath: file, toPath: file + ".away")
            tokens.time.pass(hours: 84)
            for _ in 1...2 {
                let stuck = try await gateway.refresh("hq")
                #expect(stuck.outcome == .failed && stuck.message.contains(file), "\(stuck)")
            }
            let begun = await callError { _ = try await gateway.perform(BeginAuthorization(installation: "store13")) }
            #expect(begun?.message.contains(file) == true, "\(begun as Any)")
            #expect(!FileManager.default.fileExists(atPath: file))
            #expect(try await gateway.standing("hq").level == .licensed)
            let doctor = try await gateway.caretaker.perform(Examine(), by: .msp)
            #expect(doctor.findings.contains { $0.check == .keyFile && $0.state == .problem })
            try FileManager.default.moveItem(atPath: file + ".away", toPath: file)
            #expect(try await gateway.refresh("hq").outcome == .updated)
            tokens.time.pass(hours: 1)
            #expect(try await gateway.refresh("hq").outcome == .updated)
            _ = try await gateway.perform(BeginAuthorization(installation: "store13"))
        }
    }

    @Test("With another key file it is the same, and the doctor tells it")
    func wrong() async throws {
        try await withLicense { tokens, gateway, code in
            let file = gateway.configuration.keyFile
            try FileManager.default.moveItem(atPath: file, toPath: file + ".away")
            try gateway.sealer.file.write([.make()], replacing: false)
            let stuck = try await gateway.refresh("hq")
            #expect(stuck.outcome == .failed && stuck.message.contains("another key"), "\(stuck)")
            #expect(try await gateway.stored("hq").authorizeAgain == nil)
            let doctor = try await gateway.caretaker.perform(Examine(), by: .msp)
            let finding = try #require(doctor.findings.first { $0.check == .keyFile && $0.state == .problem })
            #expect(finding.found.contains("3 of 3"), "\(finding)")
            _ = try FileManager.default.removeItem(atPath: file)
            try FileManager.default.moveItem(atPath: file + ".away", toPath: file)
            #expect(try await gateway.refresh("hq").outcome == .updated)
            try await tokens.type(code, for: "SRV-12")
            #expect(try await complete("store12", tokens, gateway)?.outcome == .updated)
        }
    }
}
