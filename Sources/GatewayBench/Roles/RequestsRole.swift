import ArgumentParser
import Foundation
import GatewayAPI
import GatewayStore

/// Writes the requests that a refresh of a store sends, for the ceiling to send the same.
struct RequestsRole: AsyncParsableCommand {
    static let configuration = CommandConfiguration(commandName: "role-requests", shouldDisplay: false)

    @Option var store: String
    @Option var file: String

    func run() async throws {
        let store = try Store(path: store)
        var requests = RequestFile()
        var last: String?
        while true {
            let records = try await store.installations(.all, in: .portfolio, after: last, limit: 1000)
            guard let end = records.last else { break }
            for record in records { requests.append(identity: record.identity, revision: record.revision) }
            last = end.id
        }
        try store.close()
        try Data(requests.bytes).write(to: URL(fileURLWithPath: file))
        try await RoleReport.measuring(requests.count) {}.print()
    }
}

/// Requests one after the other, each with its length in four bytes before it and its nonce in 32.
struct RequestFile {
    private(set) var bytes: [UInt8] = []
    private(set) var count = 0

    /// How many digits a nonce has.
    static let nonceLength = 32

    /// A request of docs/protocols/subscription.md, as the adapter writes it.
    mutating func append(identity: [String: String], revision: String?) {
        let nonce = Self.digits(Self.nonceLength)
        func element(_ name: String, _ text: String) -> String {
            "  <\(name)>\(text.replacing("&", with: "&amp;"))</\(name)>\n"
        }
        var text = "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<entitlementRequest version=\"1\">\n"
        text += element("operation", UUID().uuidString.lowercased())
        text += element("nonce", nonce)
        for name in ["clientID", "clientName", "serialNumber"] { text += element(name, identity[name] ?? "") }
        if let revision { text += element("heldRevision", revision) }
        text += "</entitlementRequest>\n"
        let body = Array(text.utf8)
        withUnsafeBytes(of: UInt32(body.count).littleEndian) { bytes += $0 }
        bytes += nonce.utf8
        bytes += body
        count += 1
    }

    private static func digits(_ count: Int) -> String {
        String((0..<count).map { _ in Character(String(Int.random(in: 0..<16), radix: 16)) })
    }

    /// The places of the requests in a file's bytes.
    static func places(in bytes: UnsafeRawBufferPointer) throws -> [(nonce: Range<Int>, body: Range<Int>)] {
        var places: [(nonce: Range<Int>, body: Range<Int>)] = []
        var start = 0
        while start < bytes.count {
            guard start + 4 + nonceLength <= bytes.count else { throw BenchError("The file of requests is cut off.") }
            let length = Int(UInt32(littleEndian: bytes.loadUnaligned(fromByteOffset: start, as: UInt32.self)))
            let body = start + 4 + nonceLength
            guard body + length <= bytes.count else { throw BenchError("The file of requests is cut off.") }
            places.append((start + 4..<body, body..<body + length))
            start = body + length
        }
        return places
    }
}
