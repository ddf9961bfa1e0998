import AdapterKit
import VendorFormats

extension FuzzedReader {
    private static let fields = ["accountNumber", "serialNumber"]

    /// The requests that clients send a vendor, over the wire and by mail.
    static func request(_ bytes: [UInt8]) -> String? {
        do throws(AdapterError) {
            let question = try EntitlementQuestion(bytes, fields: fields)
            return problem(with: question) ?? writtenAgain(question, nil)
        } catch {
            if let problem = refusal(error) { return problem }
        }
        do throws(AdapterError) {
            let request = try OfflineRequest(bytes, fields: fields)
            if (request.heldIssued == nil) != (request.question.heldRevision == nil) {
                return "of what is held one half is there"
            }
            return problem(with: request.question) ?? writtenAgain(request.question, request)
        } catch {
            return refusal(error)
        }
    }

    private static func problem(with question: EntitlementQuestion) -> String? {
        if question.nonce.utf8.count != 32 || Hex.decode(question.nonce.utf8)?.count != 16 {
            return "the nonce is \(question.nonce)"
        }
        if !(1...64).contains(question.operation.utf8.count) { return "the operation's ID is of another length" }
        if let held = question.heldRevision, !(1...128).contains(held.utf8.count) {
            return "the revision is of another length"
        }
        for field in fields {
            let text = question.identity[field] ?? ""
            if !(1...512).contains(text.utf8.count) { return "\(field) has \(text.utf8.count) bytes" }
            if text.unicodeScalars.contains(where: { $0.value < 32 || 127...159 ~= $0.value }) {
                return "\(field) holds a control character"
            }
        }
        return nil
    }

    /// What was understood can be written, and is then understood as the same.
    private static func writtenAgain(_ question: EntitlementQuestion, _ offline: OfflineRequest?) -> String? {
        var writer = BoundedXML.Writer()
        writer.element(offline == nil ? "entitlementRequest" : "offlineRequest", ["version": "1"]) { writer in
            writer.element("operation", text: question.operation)
            writer.element("nonce", text: question.nonce)
            for field in fields { writer.element(field, text: question.identity[field] ?? "") }
            if let offline { writer.element("requested", text: offline.requested.description) }
            if let held = question.heldRevision { writer.element("heldRevision", text: held) }
            if let issued = offline?.heldIssued { writer.element("heldIssued", text: issued.description) }
        }
        do throws(AdapterError) {
            let bytes = try writer.document()
            guard let offline else { return same(question, try EntitlementQuestion(bytes, fields: fields)) }
            let again = try OfflineRequest(bytes, fields: fields)
            guard again.requested == offline.requested, again.heldIssued == offline.heldIssued else {
                return "written and read again it is of another time"
            }
            return same(question, again.question)
        } catch {
            return "what was written can't be read: \(error)"
        }
    }

    private static func same(_ one: EntitlementQuestion, _ other: EntitlementQuestion) -> String? {
        one.operation == other.operation && one.nonce == other.nonce && one.heldRevision == other.heldRevision
            && fields.allSatisfy { one.bytes($0) == other.bytes($0) }
            ? nil : "written and read again it asks something else"
    }

    private static func refusal(_ error: AdapterError) -> String? {
        if error.code != .malformed { return "refused as \(error.code)" }
        if error.message.isEmpty || error.message.utf8.count > 4096 { return "refused in no sentence" }
        let isPlain = error.message.unicodeScalars.allSatisfy { $0.value >= 32 && !(127...159).contains($0.value) }
        return isPlain ? nil : "the refusal holds a control character"
    }
}
