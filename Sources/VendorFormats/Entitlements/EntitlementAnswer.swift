import AdapterKit

/// The `entitlement` of the protocol pages, as it was read.
enum EntitlementAnswer {
    /// The full grant, without the files that carry it.
    case changed(Grant)
    /// What is held still holds, and its revision.
    case unchanged(Attestation, revision: String)
    /// A part of the identity does not match.
    case rejected(AdapterError)

    private enum Status: String, CaseIterable {
        case changed, unchanged, rejected
    }

    /// Reads the payload of a verified answer.
    ///
    /// - Throws: ``AdapterError`` `malformed` with the element and line.
    init<Name: IdentityName>(
        _ payload: [UInt8], of: Name.Type,
        granted: (BoundedXML.Element, Attestation) throws(AdapterError) -> Entitlement,
        rejected: (BoundedXML.Element) throws(AdapterError) -> AdapterError
    ) throws(AdapterError) {
        let root = try BoundedXML.read(payload)
        guard root.name == "entitlement" else { throw root.malformed("is not \"entitlement\"") }
        let version = try root.required(attribute: "version")
        guard version == "1" else {
            throw root.malformed("has a version that this adapter does not know; it knows 1")
        }
        try root.requireNoText()
        let status = try root.required(attribute: "status")
        switch Status(rawValue: status) {
        case .rejected:
            self = .rejected(try rejected(root))
        case .unchanged:
            self = .unchanged(try Attestation(root, of: Name.self), revision: try root.revision)
        case .changed:
            let attestation = try Attestation(root, of: Name.self)
            let entitlement = try granted(root, attestation)
            self = .changed(
                Grant(attestation: attestation, revision: try root.revision, entitlement: entitlement, files: []))
        case nil:
            throw root.malformed("has a status that is none of changed, unchanged and rejected")
        }
    }
}

extension Attestation {
    /// Whom an answer names, and when it was made.
    init<Name: IdentityName>(_ root: BoundedXML.Element, of: Name.Type) throws(AdapterError) {
        var subject: [String: String] = [:]
        for name in Name.allCases { subject[name.rawValue] = try root.required(name.rawValue).value() }
        self.init(subject: subject, issued: try root.required("issued").instant())
    }
}

extension BoundedXML.Element {
    /// The vendor's mark for what is granted.
    var revision: String {
        get throws(AdapterError) { try required("revision").token(characters: 128) }
    }
}
