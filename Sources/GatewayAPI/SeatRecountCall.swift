/// Counts the seats of an installation anew from its sessions, where the doctor found that the count is wrong.
public struct RecountSeats: GatewayCall {
    /// What comes back: what was counted otherwise than it is, in sentences; empty where all was right.
    public typealias Answer = [String]
    /// The name in the audit trail and the API.
    public static let name = "seats.recount"

    /// The installation's ID.
    public var installation: String

    /// The call.
    public init(installation: String) { self.installation = installation }
}
