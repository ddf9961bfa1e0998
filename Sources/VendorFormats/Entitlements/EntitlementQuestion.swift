public import AdapterKit

/// What a client asks a vendor about one license, read as the protocol pages have it.
///
/// A vendor reads it of the request that comes over the wire, and of the licence request file that comes by mail, see
/// ``OfflineRequest``.
public struct EntitlementQuestion: Sendable {
    /// How many bytes a request may have, over the wire and as a file.
    public static let byteLimit = 16_384

    /// The client's own ID of what it is doing: a token of at most 64 characters.
    public let operation: String
    /// What the answer is signed over: 32 digits `0-9a-f`.
    public let nonce: String
    /// The revision of the grant that the client holds: a token of at most 128 characters; nil where it names none.
    public let heldRevision: String?
    /// What names the installation, by field: 1 to 512 bytes each, without control characters, or white space at an
    /// end.
    public let identity: [String: String]

    /// Reads a request that came over the wire.
    ///
    /// - Parameters:
    ///   - request: The whole `entitlementRequest`, at most ``byteLimit`` bytes.
    ///   - fields: What stands in it to name the installation.
    /// - Throws: `AdapterError` `malformed`, with the element and its line, where the request breaks the page.
    public init(_ request: some Collection<UInt8>, fields: [String]) throws(AdapterError) {
        try self.init(Self.document(request), named: "entitlementRequest", fields: fields)
    }

    /// The document element of a request's bytes.
    static func document(_ request: some Collection<UInt8>) throws(AdapterError) -> BoundedXML.Element {
        try BoundedXML.read(request, limits: .init(bytes: byteLimit))
    }

    /// Reads what all requests have in common.
    init(_ document: BoundedXML.Element, named name: String, fields: [String]) throws(AdapterError) {
        (operation, nonce) = try Self.head(of: document, named: name)
        var identity: [String: String] = [:]
        for field in fields { identity[field] = try Self.identity(document.required(field)) }
        self.identity = identity
        heldRevision = try document.optional("heldRevision")?.token(characters: 128)
    }

    /// What every request begins with: the operation's ID, and the nonce to sign over.
    static func head(
        of document: BoundedXML.Element, named name: String
    ) throws(AdapterError) -> (operation: String, nonce: String) {
        guard document.name == name else { throw document.malformed("is not an \(name)") }
        guard try document.required(attribute: "version") == "1" else {
            throw document.malformed("is of a version that is not known here: version 1 is")
        }
        try document.requireNoText()
        return (try document.required("operation").token(characters: 64), try nonce(document.required("nonce")))
    }

    /// A nonce: 32 digits `0-9a-f`.
    static func nonce(_ element: BoundedXML.Element) throws(AdapterError) -> String {
        let nonce = try element.token(characters: 32)
        guard nonce.utf8.count == 32, Hex.decode(nonce.utf8) != nil else {
            throw element.malformed("must be 32 digits 0-9a-f")
        }
        return nonce
    }

    /// What stands in a field, as bytes: texts that Unicode takes for equal are two customers.
    public func bytes(_ field: String) -> [UInt8] { Array((identity[field] ?? "").utf8) }

    /// What somebody or something is known by.
    static func identity(_ element: BoundedXML.Element) throws(AdapterError) -> String {
        let text = try element.value(bytes: 512)
        for end in [text.unicodeScalars.first, text.unicodeScalars.last] {
            guard end?.properties.isWhitespace == false else {
                throw element.malformed("has white space at an end")
            }
        }
        return text
    }
}
