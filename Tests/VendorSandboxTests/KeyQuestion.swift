import AdapterKit
import VendorFormats

/// A request that activates keys, or asks what became of them.
struct KeyQuestion: VendorQuestion {
    // The protocol wants one of each; which it is says `vendor`.
    static let path = "/sage100/v1/activation"
    static let purpose = "product-key/activation"

    var operation = "019abc5e-7c00-7a3e-9d11-4f2a6b8c0d1e"
    var nonce = freshNonce()
    var before: KeyValuePairs<String, String> = ["customerNumber": "4000217743", "serialNumber": "1047733"]
    var keys = [
        "serialNumber": "1047926", "customerNumber": "4000217743", "userKey": "U7Q4-20MC-91XK",
        "productKey": "7KQ2M-HX4RT-0WZ9C-3NVD8-PL6SA",
    ]
    /// The nonce of the request whose answer was lost; nil where this one activates.
    var asked: String?

    var identity: KeyValuePairs<String, String> { before }
    var heldRevision: String? { nil }

    var bytes: [UInt8] {
        get throws {
            var writer = BoundedXML.Writer()
            writer.element(asked == nil ? "activationRequest" : "inspectionRequest", ["version": "1"]) { writer in
                writer.element("operation", text: operation)
                writer.element("nonce", text: nonce)
                if let asked { return writer.element("asked", text: asked) }
                writer.element("before") { writer in
                    for part in before { writer.element(part.key, text: part.value) }
                }
                writer.element("keys") { writer in
                    for (name, value) in keys.sorted(by: { $0.key < $1.key }) {
                        writer.element("key", ["name": name], text: value)
                    }
                }
            }
            return try writer.document()
        }
    }

    /// The same keys, changed; under an operation of its own.
    func changing(_ change: [String: String?]) -> KeyQuestion {
        var copy = KeyQuestion(operation: Self.freshNonce(), before: before, keys: keys)
        for (name, value) in change { copy.keys[name] = value }
        return copy
    }
}

extension RunningSandbox {
    /// The answer to keys, or to the question what became of them, its signature checked.
    func activate(_ question: KeyQuestion) async throws -> Answer {
        let path = question.asked == nil ? KeyQuestion.path : KeyQuestion.path + "/inspect"
        let reply = try await exchange("POST", path, headers: Question.headers, body: try question.bytes)
        return try Answer(reply, question, ready)
    }
}

/// A request for a Sage 100 license.
struct Sage100Question: VendorQuestion {
    static let path = "/sage100/v1/entitlement"
    static let purpose = "product-key/answer"

    var customerNumber = "4000217743"
    var serialNumber = "1047926"
    var heldRevision: String?
    var nonce = freshNonce()

    var identity: KeyValuePairs<String, String> {
        ["customerNumber": customerNumber, "serialNumber": serialNumber]
    }
}
