public import AdapterKit

/// What a client asks of a vendor that activates keys, read as the protocol pages have it.
public struct ActivationQuestion: Sendable {
    /// How many bytes a request may have.
    public static let byteLimit = 131_072
    /// How many keys it may hold.
    static let mostKeys = 250

    /// The client's own ID of what it is doing: a token of at most 64 characters. The same ID is the same activation.
    public let operation: String
    /// What the answer is signed over: 32 digits `0-9a-f`.
    public let nonce: String
    /// What named the installation before, by field.
    public let before: [String: String]
    /// The keys, by name: 1 to 512 bytes each, without control characters, or white space at an end.
    public let keys: [String: String]

    /// Reads an `activationRequest`.
    ///
    /// - Parameters:
    ///   - request: The whole request, at most ``byteLimit`` bytes.
    ///   - fields: What stands in it to name the installation as it was.
    /// - Throws: `AdapterError` `malformed`, with the element and its line, where the request breaks the page. No key is
    ///   repeated.
    public init(_ request: some Collection<UInt8>, fields: [String]) throws(AdapterError) {
        let document = try BoundedXML.read(request, limits: .init(bytes: Self.byteLimit))
        (operation, nonce) = try EntitlementQuestion.head(of: document, named: "activationRequest")
        let before = try document.required("before")
        try before.requireNoText()
        var identity: [String: String] = [:]
        for field in fields { identity[field] = try EntitlementQuestion.identity(before.required(field)) }
        self.before = identity
        let given = try document.required("keys")
        try given.requireNoText()
        var keys: [String: String] = [:]
        for key in given.children where key.name == "key" {
            let name = try key.token(attribute: "name", characters: 128)
            guard keys.updateValue(try EntitlementQuestion.identity(key), forKey: name) == nil else {
                throw key.malformed("names \(name) a second time")
            }
            guard keys.count <= Self.mostKeys else { throw given.malformed("holds more than \(Self.mostKeys) keys") }
        }
        self.keys = keys
    }

    /// A key as bytes: texts that Unicode takes for equal are two keys. Empty where there is none.
    public func bytes(_ key: String) -> [UInt8] { Array((keys[key] ?? "").utf8) }
}

/// The question what became of an activation whose answer was lost.
public struct InspectionQuestion: Sendable {
    /// The operation that the keys were sent in.
    public let operation: String
    /// What the answer is signed over.
    public let nonce: String
    /// The nonce of the request whose answer was lost. Who does not know it is told nothing of the activation.
    public let asked: String

    /// Reads an `inspectionRequest`.
    ///
    /// - Throws: `AdapterError` `malformed`, with the element and its line, where the request breaks the page.
    public init(_ request: some Collection<UInt8>) throws(AdapterError) {
        let document = try EntitlementQuestion.document(request)
        (operation, nonce) = try EntitlementQuestion.head(of: document, named: "inspectionRequest")
        asked = try EntitlementQuestion.nonce(document.required("asked"))
    }
}
