public import AdapterKit

/// A licence request file, as it comes by mail: the `offlineRequest` of the protocol page `online-offline`.
///
/// It is not signed, so nothing in it is believed: it asks for what the vendor's own record says.
public struct OfflineRequest: Sendable {
    /// What is asked, and by whom.
    public let question: EntitlementQuestion
    /// When the client made the file.
    public let requested: Instant
    /// When the grant that the client holds was issued; there exactly where the question names its revision.
    public let heldIssued: Instant?

    /// Reads a file.
    ///
    /// - Parameters:
    ///   - file: The whole file, at most ``EntitlementQuestion/byteLimit`` bytes.
    ///   - fields: What stands in it to name the installation.
    /// - Throws: `AdapterError` `malformed` where the file breaks the page: what is wrong, with the element and its
    ///   line, and what to do.
    public init(_ file: some Collection<UInt8>, fields: [String]) throws(AdapterError) {
        do throws(AdapterError) {
            let document = try EntitlementQuestion.document(file)
            question = try EntitlementQuestion(document, named: "offlineRequest", fields: fields)
            requested = try document.required("requested").instant()
            heldIssued = try document.optional("heldIssued")?.instant()
            guard (heldIssued == nil) == (question.heldRevision == nil) else {
                throw document.malformed("holds one of heldRevision and heldIssued: they go together")
            }
        } catch {
            throw AdapterError(
                error.code,
                "\(error.message) Take the licence request file as it was made, whole and not edited, or have another "
                    + "made.")
        }
    }
}
