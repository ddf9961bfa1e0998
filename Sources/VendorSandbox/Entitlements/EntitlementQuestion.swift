import AdapterKit
import VendorFormats

/// A request for an entitlement, read as the protocol pages have it.
struct EntitlementQuestion {
    /// How many bytes a request may have.
    static let byteLimit = 16_384

    let nonce: String
    let heldRevision: String?
    private let identity: [String: String]

    /// Reads a request.
    ///
    /// - Parameter fields: What stands in it to name the installation.
    /// - Throws: `AdapterError` `malformed` where the request breaks the page.
    init(_ request: VendorRequest, fields: [String]) throws(AdapterError) {
        let mediaType = (request.contentType ?? "").prefix { $0 != ";" && $0 != " " }
        guard mediaType.lowercased() == "application/xml" else {
            throw AdapterError(.malformed, "A request is of the content type application/xml.")
        }
        let document = try BoundedXML.read(request.body, limits: .init(bytes: Self.byteLimit))
        guard document.name == "entitlementRequest" else {
            throw document.malformed("is not an entitlementRequest")
        }
        guard try document.required(attribute: "version") == "1" else {
            throw document.malformed("is of a version that is not known here: version 1 is")
        }
        try document.requireNoText()
        _ = try document.required("operation").token(characters: 64)
        let nonce = try document.required("nonce")
        self.nonce = try nonce.token(characters: 32)
        guard self.nonce.utf8.count == 32, Hex.decode(self.nonce.utf8) != nil else {
            throw nonce.malformed("must be 32 digits 0-9a-f")
        }
        var identity: [String: String] = [:]
        for field in fields { identity[field] = try Self.identity(document.required(field)) }
        self.identity = identity
        heldRevision = try document.optional("heldRevision")?.token(characters: 128)
    }

    /// What stands in a field, as bytes: texts that Unicode takes for equal are two customers.
    func bytes(_ field: String) -> [UInt8] { Array((identity[field] ?? "").utf8) }

    private static func identity(_ element: BoundedXML.Element) throws(AdapterError) -> String {
        let text = try element.value(bytes: 512)
        for end in [text.unicodeScalars.first, text.unicodeScalars.last] {
            guard end?.properties.isWhitespace == false else {
                throw element.malformed("has white space at an end")
            }
        }
        return text
    }
}
