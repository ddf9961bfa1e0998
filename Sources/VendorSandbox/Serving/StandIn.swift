import AdapterKit
import MarkedYAML

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
}

/// Something that a vendor can be asked.
struct Endpoint: Sendable {
    /// The only method.
    let method: String
    /// Below the vendor's, beginning with a slash.
    let path: String
    /// How many bytes a request's body may have; larger ones never arrive here.
    let bodyLimit: Int
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

    /// The answer that is a signed document.
    func signed(_ payload: [UInt8], purpose: String, nonce: String) throws -> VendorAnswer {
        VendorAnswer(
            contentType: "application/xml", body: try signer.document(payload, purpose: purpose, nonce: nonce))
    }
}

/// A vendor's answer, before any fault of transport.
struct VendorAnswer: Sendable {
    var status = 200
    let contentType: String
    let body: [UInt8]

    init(status: Int = 200, contentType: String, body: [UInt8]) {
        self.status = status
        self.contentType = contentType
        self.body = body
    }

    /// Plain text that says whose it is; what is wrong is cut to what the protocol pages allow it to have.
    static func text(_ status: Int, _ text: String) -> VendorAnswer {
        let limit = status == 200 ? Int.max : 1024
        var line = "Stand-in vendor: \(text)"
        while line.utf8.count >= limit { line.unicodeScalars.removeLast() }
        return VendorAnswer(
            status: status, contentType: "text/plain; charset=utf-8", body: Array((line + "\n").utf8))
    }
}
