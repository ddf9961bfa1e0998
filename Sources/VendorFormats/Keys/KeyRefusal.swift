import AdapterKit

/// Why keys were refused.
private enum Reason: String, CaseIterable {
    /// No record has it.
    case unknown
    /// The record has another.
    case mismatch
    /// It was that of a license that others took the place of.
    case superseded
    /// The record has it, and it did not come.
    case missing
}

extension KeyActivation {
    /// What a person needs to put a refusal right. No key is repeated: messages are kept for long.
    func refusal(_ root: BoundedXML.Element, _ facts: Facts) throws(AdapterError) -> AdapterError {
        _ = try root.required("issued").instant()
        let element = try root.required("field")
        let name = try element.token(characters: 128)
        guard let field = keys.first(where: { $0.covers(name) }) else {
            throw element.malformed("names none of the keys")
        }
        let title = field.isFamily ? "\(field.title) of \(name.dropFirst(field.name.count + 1))" : field.title
        let what =
            switch try root.required("reason").choice(Reason.self) {
            case .unknown: "The vendor has no record of the \(title)."
            case .mismatch: "The \(title) is not the one of the vendor's record."
            case .superseded: "The \(title) was superseded: the vendor has given out newer keys for this license."
            case .missing: "The set is not complete: the \(title) is in the vendor's record and was not among the keys."
            }
        return AdapterError(
            .rejected,
            "\(what) No key was activated, and what was in force still is. Compare \(name) with what the vendor sent, to "
                + "the letter; if it is right, ask the vendor.", field: name)
    }
}
