/// A profile's rule on one date of the entitlement: stages, each at an offset from that date.
public struct Countdown: Codable, Hashable, Sendable {
    /// The rule's name in the profile: `subscription`.
    public var name: String
    /// The dates it runs from, by name; of several the earliest that the entitlement has.
    /// `modules.expires` alone runs it once for every module that has a date of its own.
    public var from: [String]
    /// Whether the date may be absent from an entitlement that is held. A date that is not optional and
    /// absent makes the installation unlicensed: never a false green.
    public var optional: Bool
    /// The stages in order of time.
    public var stages: [Stage]

    /// The date name that stands for each module's own end.
    public static let moduleExpiry = "modules.expires"

    /// What a stage's message may hold in braces.
    public static var placeholders: [String] { MessageTemplate.Placeholder.allCases.map(\.rawValue) }

    /// A countdown.
    public init(name: String, from: [String], optional: Bool = false, stages: [Stage]) {
        self.name = name
        self.from = from
        self.optional = optional
        self.stages = stages
    }

    /// What holds from an offset on, until the next stage.
    public struct Stage: Codable, Hashable, Sendable {
        /// When it begins.
        public var at: Offset
        /// How bad it is.
        public var level: Level
        /// The word for it (`Expired`). Without one, a stage keeps the label of the stage before it when
        /// their level is the same.
        public var label: String?
        /// The message's template; nil says nothing.
        public var message: String?

        /// A stage.
        public init(at: Offset, level: Level, label: String? = nil, message: String? = nil) {
            self.at = at
            self.level = level
            self.label = label
            self.message = message
        }
    }

    /// A distance from a date: calendar days in the customer's time zone, or elapsed hours.
    public enum Offset: Hashable, Sendable {
        /// Calendar days: a day on which the clocks change is not 24 hours long.
        case days(Int)
        /// Elapsed hours.
        case hours(Int)
    }
}

extension Countdown.Offset: Codable, CustomStringConvertible, LosslessStringConvertible {
    /// The offset written as `45d`, `-30d` or `48h`; nil for anything else, and beyond ±100,000.
    public init?(_ description: String) {
        guard let unit = description.last, unit == "d" || unit == "h",
            let count = Int(description.dropLast()), (-100_000...100_000).contains(count),
            !description.hasPrefix("+")
        else { return nil }
        self = unit == "d" ? .days(count) : .hours(count)
    }

    /// As it is written in a profile: `45d`.
    public var description: String {
        switch self {
        case .days(let count): "\(count)d"
        case .hours(let count): "\(count)h"
        }
    }

    /// Reads the offset as it is written in a profile.
    public init(from decoder: any Decoder) throws {
        let container = try decoder.singleValueContainer()
        let text = try container.decode(String.self)
        guard let offset = Self(text) else {
            throw DecodingError.dataCorruptedError(in: container, debugDescription: "\(text) is not an offset")
        }
        self = offset
    }

    /// Writes the offset as it is written in a profile.
    public func encode(to encoder: any Encoder) throws {
        var container = encoder.singleValueContainer()
        try container.encode(description)
    }
}
