import Foundation
import Testing
import VendorSandbox

@Suite("POS: a visitor in a person's place")
struct VisitorTests {
    @Test("The book has with what a device is authorized, by its server ID or a name that is its own")
    func pass() async throws {
        try await RunningSandbox.with(POSBooks.two) { sandbox in
            let book = Sandbox(book: sandbox.folder.book)
            let pass = try #require(try book.visitorPass(device: "Till"))
            #expect(pass.name == "mara" && pass.organization == "Cedar Café" && pass.device == "POS-0500-A")
            try #expect(book.visitorPass(device: "POS-0500-A") == pass)
            try #expect(book.visitorPass(device: "Nothing") == nil)
            let client = POSClient(sandbox)
            let begun = try await client.begin()
            var visitor = try await client.visitor(pass.name, pass.password)
            let refusal = await #expect(throws: SandboxVisitor.Refusal.self) {
                try await visitor.authorize(device: pass.device, userCode: begun.userCode)
            }
            #expect(refusal?.description.contains("name one") == true, "\(refusal as Any)")
            try await visitor.authorize(
                device: pass.device, userCode: begun.userCode, organization: pass.organization)
            try await #expect(client.poll(begun).status == 200)
            try sandbox.folder.write(POSBooks.two.replacing("name: Till", with: "name: Depot"))
            try #expect(book.visitorPass(device: "Depot") == nil, "two have the name")
        }
    }

    @Test("A visitor tells what the page told, and where it is not one of these pages")
    func refusals() async throws {
        try await RunningSandbox.with(POSBooks.one()) { sandbox in
            let client = POSClient(sandbox)
            let wrong = await #expect(throws: SandboxVisitor.Refusal.self) { try await client.visitor("mara", "x") }
            #expect(wrong?.description == "Login or password is wrong. The book of the stand-in has both.")
            var stranger = SandboxVisitor(issuer: "http://other") { _ in
                SandboxVisitor.Reply(status: 404, location: nil, cookies: [], html: "")
            }
            let lost = await #expect(throws: SandboxVisitor.Refusal.self) {
                try await stranger.authorize(device: "x", userCode: "BBBB-BBBB")
            }
            #expect(lost?.description.contains("stand-in's address") == true)
        }
    }
}
