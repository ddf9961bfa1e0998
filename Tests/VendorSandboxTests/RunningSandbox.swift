import AdapterKit
import Crypto
import Foundation
import Synchronization
import Testing
import VendorFormats
import VendorSandbox

/// A running stand-in with a folder of its own, which is removed when the test is over.
struct RunningSandbox: Sendable {
    let ready: SandboxReady
    let folder: Folder
    let clock: TestClock
    let reports: Reports

    static func with(
        _ book: String, listen: ListenAddress = .loopback, clock: TestClock = TestClock(),
        _ body: (RunningSandbox) async throws -> Void
    ) async throws {
        let folder = try Folder()
        defer { folder.remove() }
        try folder.write(book)
        let reports = Reports()
        let sandbox = Sandbox(book: folder.book, clock: { clock.now }, report: { reports.add($0) })
        try await sandbox.whileRunning(listen: listen) { ready in
            try await body(RunningSandbox(ready: ready, folder: folder, clock: clock, reports: reports))
        }
    }

    /// One request on a connection of its own.
    func exchange(
        _ method: String, _ path: String, headers: [String: String] = [:], body: [UInt8] = []
    ) async throws -> HTTPReply {
        let url = ready.url
        return try await blocking {
            try HTTPConnection(url).exchange(method, path, headers: headers, body: body)
        }
    }

    /// Everything that comes back before the connection ends.
    func bytes(for request: [UInt8]) async throws -> [UInt8] {
        let url = ready.url
        return try await blocking {
            let connection = try HTTPConnection(url)
            try connection.send(request)
            return try connection.receiveAll()
        }
    }

    /// The answer to a request, its signature checked.
    func ask<Asked: VendorQuestion>(_ question: Asked) async throws -> Answer {
        let reply = try await exchange("POST", Asked.path, headers: Question.headers, body: question.bytes)
        return try Answer(reply, question, ready)
    }
}

/// A request for an entitlement.
protocol VendorQuestion: Sendable {
    static var path: String { get }
    static var purpose: String { get }
    var identity: KeyValuePairs<String, String> { get }
    var heldRevision: String? { get }
    var nonce: String { get }
    var bytes: [UInt8] { get throws }
}

extension VendorQuestion {
    var bytes: [UInt8] {
        get throws {
            var writer = BoundedXML.Writer()
            writer.element("entitlementRequest", ["version": "1"]) { writer in
                writer.element("operation", text: "019abc5e-7c00-7a3e-9d11-4f2a6b8c0d1e")
                writer.element("nonce", text: nonce)
                for part in identity { writer.element(part.key, text: part.value) }
                if let heldRevision { writer.element("heldRevision", text: heldRevision) }
            }
            return try writer.document()
        }
    }

    static func freshNonce() -> String { Hex.encode((0..<16).map { _ in UInt8.random(in: 0 ... .max) }) }
}

/// A request for a Sage 300 subscription.
struct Question: VendorQuestion {
    static let path = "/sage300/v1/entitlement"
    static let purpose = "subscription/answer"
    static let headers = ["Content-Type": "application/xml", "Accept": "application/xml"]

    var clientID = "30017482"
    var clientName = "Maple & Ridge Foods Ltd."
    var serialNumber = "SCX26-0417-88213"
    var heldRevision: String?
    var nonce = freshNonce()

    var identity: KeyValuePairs<String, String> {
        ["clientID": clientID, "clientName": clientName, "serialNumber": serialNumber]
    }
}

/// A signed answer, taken apart.
struct Answer: Sendable {
    let reply: HTTPReply
    let document: BoundedXML.Element

    /// - Throws: Where the answer is not signed for this question by the key of the stand-in.
    init<Asked: VendorQuestion>(_ reply: HTTPReply, _ question: Asked, _ ready: SandboxReady) throws {
        try #require(reply.status == 200, "\(reply.text)")
        let signed = try SignedDocument(reply.body)
        try #require(try Self.isRight(signed, ready))
        try #require(signed.purpose == Asked.purpose && signed.nonce == question.nonce)
        try #require(signed.keyID == ready.keyID)
        self.reply = reply
        document = try BoundedXML.read(signed.payload)
    }

    static func isRight(_ signed: SignedDocument, _ ready: SandboxReady) throws -> Bool {
        let key = try Curve25519.Signing.PublicKey(
            rawRepresentation: #require(Data(base64Encoded: ready.publicKey)))
        return key.isValidSignature(
            signed.signature,
            for: SignedDocument.signedBytes(purpose: signed.purpose, nonce: signed.nonce, payload: signed.payload))
    }

    var status: String? { document.attribute("status") }
    var issued: Instant? { self["issued"].flatMap { Instant($0) } }
    var since: String? { document.children.first { $0.name == "vendorStatus" }?.attribute("since") }

    /// The text of an element, anywhere in the document.
    subscript(name: String) -> String? { Self.text(name, in: document) }

    private static func text(_ name: String, in element: BoundedXML.Element) -> String? {
        if element.name == name { return element.text }
        for child in element.children {
            if let text = text(name, in: child) { return text }
        }
        return nil
    }
}

/// A folder with a book in it.
struct Folder: Sendable {
    let path: String

    init() throws {
        path = NSTemporaryDirectory() + "vendor-sandbox-\(UUID().uuidString)"
        try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
    }

    var book: String { path + "/book.yaml" }
    var key: String { book + ".key" }

    func write(_ text: String) throws { try Data(text.utf8).write(to: URL(fileURLWithPath: book)) }

    func remove() { try? FileManager.default.removeItem(atPath: path) }
}

/// A clock that stands still until it is moved.
final class TestClock: Sendable {
    private let time: Mutex<Instant>

    init(_ time: String = "2026-11-22T10:00:00Z") {
        self.time = Mutex(Instant(time) ?? Instant(milliseconds: 0))
    }

    var now: Instant { time.withLock { $0 } }

    func set(_ text: String) throws {
        let instant = try #require(Instant(text))
        time.withLock { $0 = instant }
    }
}

/// What the stand-in reported.
final class Reports: Sendable {
    private let texts = Mutex<[String]>([])

    var all: [String] { texts.withLock { $0 } }

    func add(_ text: String) { texts.withLock { $0.append(text) } }
}
