import AdapterKit
import AdapterTestKit
import Testing
import VendorFormats
import VendorSandbox

/// The licence request file of the protocol page, which the tests change.
enum OfflineQuestion {
    static let nonce = "0b6e2f4c8a1d3957e0c4b2a69f817d53"
    static let purpose = "online-offline/entitlement"

    static var bytes: [UInt8] {
        get throws {
            try WorkedExample(page: "../../docs/protocols/online-offline.md").block("offline-request")
        }
    }

    /// The file with one text in another's place.
    static func bytes(_ old: String, _ new: String) throws -> [UInt8] {
        let text = String(decoding: try bytes, as: UTF8.self)
        try #require(text.contains(old))
        return Array(text.replacing(old, with: new).utf8)
    }

    /// What an `.ent` file grants, once its signature is found right.
    static func grant(_ document: [UInt8], _ ready: SandboxReady) throws -> BoundedXML.Element {
        let signed = try SignedDocument(document)
        try #require(try Answer.isRight(signed, ready))
        try #require(signed.purpose == purpose && signed.nonce == nonce && signed.keyID == ready.keyID)
        return try BoundedXML.read(signed.payload)
    }
}
