/// What answers a licence request file: the `.ent` file of the protocol page `online-offline`.
public struct EntitlementFile: Sendable {
    /// Whose license it is.
    public let accountNumber: String
    /// Which license of the account it is.
    public let serialNumber: String
    /// The file: a signed document of at most 262,144 bytes.
    public let document: [UInt8]

    /// The name of the file that answers a request, made from the request's: `.ent` in place of `.xml`.
    ///
    /// - Parameter request: The request's name, without a folder.
    public static func name(for request: String) -> String {
        (request.lowercased().hasSuffix(".xml") ? String(request.dropLast(4)) : request) + ".ent"
    }
}
