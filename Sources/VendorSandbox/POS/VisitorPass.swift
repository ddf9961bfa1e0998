/// With what somebody at the stand-in's POS pages authorizes a device: what the book says of it.
public struct VisitorPass: Hashable, Sendable {
    /// The name of the login.
    public let name: String
    /// Its password.
    public let password: String
    /// The organization that the device belongs to.
    public let organization: String
    /// The device's server ID.
    public let device: String
}

extension Sandbox {
    /// Looks up in the book with what a device is authorized, for scripts that do so in a person's place by a
    /// ``SandboxVisitor``.
    ///
    /// - Parameter device: Its server ID, or its name where only one device of the book has that.
    /// - Returns: nil where the book has no such device, or several of that name.
    /// - Throws: `DiagnosticsError` of MarkedText, with every place, where the book can't be used.
    public func visitorPass(device: String) throws -> VisitorPass? {
        let book = try Book(path: book, after: nil, at: clock())
        let organizations = (book.vendors[POSStandIn.name]?.standIn as? POSStandIn)?.book.organizations ?? []
        let all = organizations.flatMap { organization in organization.devices.map { (organization, $0) } }
        let named = all.filter { $0.1.name == device }
        let found = all.first { $0.1.serverID == device } ?? (named.count == 1 ? named[0] : nil)
        return found.map { organization, device in
            VisitorPass(
                name: organization.login.name, password: organization.login.password, organization: organization.name,
                device: device.serverID)
        }
    }
}
