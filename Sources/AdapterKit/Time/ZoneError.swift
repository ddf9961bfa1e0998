/// Why a file is no zone that can be used.
public struct ZoneError: Error, Hashable, Sendable, CustomStringConvertible {
    /// The zone's name.
    public let zone: String
    /// What is wrong with its data, in a clause.
    public let reason: String

    /// An error about a zone's data.
    public init(zone: String, reason: String) {
        self.zone = zone
        self.reason = reason
    }

    /// The zone and the reason.
    public var description: String { "The data of the time zone \(zone) can't be used: \(reason)." }
}
