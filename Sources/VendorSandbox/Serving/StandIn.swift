import AdapterKit
import Hummingbird
import MarkedYAML
import VendorFormats

/// One vendor that is stood in for, with everything that one version of the book says of it.
///
/// A further vendor is a folder with a type of this kind, and a place in the list of `Book.swift`.
protocol StandIn: Sendable {
    /// The vendor's section of the book, and the first part of its paths.
    static var name: String { get }
    /// What a person calls it.
    static var title: String { get }

    /// Knows nobody.
    init()

    /// How the vendor's section of the book is read.
    ///
    /// - Parameters:
    ///   - previous: What the version of the book before said.
    ///   - now: The stand-in's time.
    static func shape(after previous: Self?, at now: Instant) -> Shape<Self>

    /// How many customers it knows.
    var count: Int { get }
    /// What it answers to.
    var endpoints: [Endpoint] { get }

    /// Takes up what it kept when it ran before. Called once, before the first request.
    ///
    /// - Parameters:
    ///   - file: The path of a file of its own, which it may make with mode 0600.
    ///   - report: Takes what a person should know.
    func start(keepingIn file: String, report: @escaping @Sendable (String) -> Void) throws(SandboxError)
}

extension StandIn {
    /// Keeps nothing.
    func start(keepingIn file: String, report: @escaping @Sendable (String) -> Void) throws(SandboxError) {}
}

/// Something that a vendor can be asked.
struct Endpoint: Sendable {
    let method: String
    /// Below the vendor's, beginning with a slash.
    let path: String
    /// How many bytes a request's body may have; larger ones never arrive here.
    let bodyLimit: Int
    /// What is said of a larger one; without it, a sentence of plain text and status 400.
    var tooLarge: (@Sendable (VendorRequest) throws -> VendorAnswer)?
    /// Answers.
    ///
    /// An `AdapterError` is the request's fault and becomes a 400 with its message.
    let answer: @Sendable (VendorRequest) throws -> VendorAnswer
}

/// A request to a vendor.
struct VendorRequest: Sendable {
    let contentType: String?
    let body: [UInt8]
    /// The stand-in's time, never earlier than that of a request before.
    let now: Instant
    let signer: Signer
    /// What stands behind the `?` of the address; empty where there is nothing.
    let query: String
    let headers: HTTPFields
    /// By what the client reached the stand-in, such as `http://127.0.0.1:8300`; nil where its `Host` is no host.
    let origin: String?

    /// The question of a request for an entitlement.
    ///
    /// - Parameter fields: What stands in it to name the installation.
    /// - Throws: `AdapterError` `malformed` where the request breaks the protocol page.
    func question(fields: [String]) throws(AdapterError) -> EntitlementQuestion {
        try requireXML()
        return try EntitlementQuestion(body, fields: fields)
    }

    /// That the request says it is XML.
    ///
    /// - Throws: `AdapterError` `malformed`.
    func requireXML() throws(AdapterError) {
        guard mediaType == "application/xml" else {
            throw AdapterError(.malformed, "A request is of the content type application/xml.")
        }
    }

    /// The content type in lower case, without its parameters.
    var mediaType: String { (contentType ?? "").prefix { $0 != ";" && $0 != " " }.lowercased() }

    /// The answer that is a signed document.
    func signed(_ payload: [UInt8], purpose: String, nonce: String) throws -> VendorAnswer {
        VendorAnswer(
            contentType: "application/xml", body: try signer.document(payload, purpose: purpose, nonce: nonce))
    }
}

/// A vendor's answer, before any fault of transport.
struct VendorAnswer: Sendable {
    let status: Int
    let contentType: String
    let body: [UInt8]
    /// Further headers.
    let headers: HTTPFields

    init(status: Int = 200, contentType: String, body: [UInt8], headers: HTTPFields = [:]) {
        self.status = status
        self.contentType = contentType
        self.body = body
        self.headers = headers
    }

    /// Plain text that says whose it is; what is wrong is cut to what the protocol pages allow it to have.
    static func text(_ status: Int, _ text: String, headers: HTTPFields = [:]) -> VendorAnswer {
        let limit = status == 200 ? Int.max : 1024
        var line = "Stand-in vendor: \(text)"
        while line.utf8.count >= limit { line.unicodeScalars.removeLast() }
        return VendorAnswer(
            status: status, contentType: "text/plain; charset=utf-8", body: Array((line + "\n").utf8),
            headers: headers)
    }
}
