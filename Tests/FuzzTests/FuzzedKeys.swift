import AdapterKit
import VendorFormats

extension FuzzedReader {
    private static let before = ["customerNumber", "serialNumber"]

    /// The requests by which keys are activated, and by which is asked what became of them.
    static func keys(_ bytes: [UInt8]) -> String? {
        do throws(AdapterError) {
            return problem(with: try ActivationQuestion(bytes, fields: before))
        } catch {
            if let problem = keyRefusal(error) { return problem }
        }
        do throws(AdapterError) {
            let question = try InspectionQuestion(bytes)
            let isSound = [question.nonce, question.asked].allSatisfy {
                $0.utf8.count == 32 && Hex.decode($0.utf8)?.count == 16
            }
            return isSound && (1...64).contains(question.operation.utf8.count) ? nil : "it asks about something else"
        } catch {
            return keyRefusal(error)
        }
    }

    private static func problem(with question: ActivationQuestion) -> String? {
        if question.keys.count > 250 { return "it holds \(question.keys.count) keys" }
        for (name, value) in question.keys.merging(question.before, uniquingKeysWith: { first, _ in first }) {
            if !(1...128).contains(name.utf8.count) { return "a key's name has \(name.utf8.count) bytes" }
            if !(1...512).contains(value.utf8.count) { return "a key has \(value.utf8.count) bytes" }
            if value.unicodeScalars.contains(where: { $0.value < 32 || 127...159 ~= $0.value }) {
                return "a key holds a control character"
            }
        }
        var writer = BoundedXML.Writer()
        writer.element("activationRequest", ["version": "1"]) { writer in
            writer.element("operation", text: question.operation)
            writer.element("nonce", text: question.nonce)
            writer.element("before") { writer in
                for field in before { writer.element(field, text: question.before[field] ?? "") }
            }
            writer.element("keys") { writer in
                for (name, value) in question.keys.sorted(by: { $0.key < $1.key }) {
                    writer.element("key", ["name": name], text: value)
                }
            }
        }
        do throws(AdapterError) {
            let again = try ActivationQuestion(try writer.document(), fields: before)
            let isSame =
                again.operation == question.operation && again.nonce == question.nonce
                && again.keys.count == question.keys.count
                && question.keys.keys.allSatisfy { again.bytes($0) == question.bytes($0) }
                && before.allSatisfy {
                    Array((again.before[$0] ?? "").utf8) == Array((question.before[$0] ?? "").utf8)
                }
            return isSame ? nil : "written and read again it activates something else"
        } catch {
            return "what was written can't be read: \(error)"
        }
    }

    private static func keyRefusal(_ error: AdapterError) -> String? {
        if error.code != .malformed { return "refused as \(error.code)" }
        let isPlain = error.message.unicodeScalars.allSatisfy { $0.value >= 32 && !(127...159).contains($0.value) }
        return isPlain && (1...4096).contains(error.message.utf8.count) ? nil : "refused in no sentence"
    }
}
