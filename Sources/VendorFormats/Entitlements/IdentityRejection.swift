public import AdapterKit

/// Why a part of the identity was refused.
private enum Reason: String, CaseIterable {
    /// No record has it.
    case unknown
    /// The record has another.
    case mismatch
}

extension EntitlementExchange {
    /// What a person needs to put right what a `rejected` answer names.
    ///
    /// - Throws: ``AdapterError`` `malformed` where the answer lacks the field, a reason or its time of issue.
    public func rejection(_ root: BoundedXML.Element, _ facts: Facts) throws(AdapterError) -> AdapterError {
        _ = try root.required("issued").instant()
        let name = try root.required("field").choice(Name.self)
        let reason = try root.required("reason").choice(Reason.self)
        let value = facts.identity[name.rawValue] ?? ""
        let what =
            if name.isDiscreet {
                "The \(name.title) does not match the vendor's record of this \(subject)."
            } else if reason == .unknown {
                "The vendor has no record of \(name.title) \"\(value)\"."
            } else {
                "The \(name.title) \"\(value)\" does not match the vendor's record, to the letter."
            }
        return AdapterError(
            .rejected,
            "\(what) Nothing was updated. Compare it with \(place(facts)) and correct the installation's "
                + "\(name.rawValue). If it is right there, the vendor's record is wrong: ask the vendor.",
            field: name.rawValue)
    }
}
