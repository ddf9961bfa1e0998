/// Everything that is wrong with a profile's countdowns.
public struct CountdownProblems: Error, Hashable, Sendable, CustomStringConvertible {
    /// The problems in the order of the profile, at least one.
    public let problems: [CountdownProblem]

    /// The given problems, at least one.
    public init(problems: [CountdownProblem]) { self.problems = problems }

    /// One line for each problem.
    public var description: String { problems.map(\.description).joined(separator: "\n") }
}

/// One mistake in a countdown, with the place for a reader of profiles to turn into a line and a column.
public struct CountdownProblem: Hashable, Sendable, CustomStringConvertible {
    /// The countdown's position in the list, from 0; nil where the mistake is the date format's.
    public let countdown: Int?
    /// The stage's position in the countdown, from 0; nil where the mistake is the countdown's own.
    public let stage: Int?
    /// Which part of it is wrong.
    public let part: Part
    /// The bytes of UTF-8 before the mistake within the part's text; nil where the whole text is meant.
    public let offset: Int?
    /// What is wrong and what would be right, in whole sentences.
    public let message: String

    /// The parts of a countdown that a profile's reader knows the position of.
    public enum Part: Hashable, Sendable {
        /// The countdown's name.
        case name
        /// The date with the given position in `from`, from 0; nil where `from` as a whole is wrong.
        case from(Int?)
        /// The list of stages as a whole.
        case stages
        /// A stage's offset.
        case at
        /// A stage's level.
        case level
        /// A stage's message.
        case message
        /// A placeholder of a stage's message, by its name, that has no answer in this countdown.
        case placeholder(String)
        /// The profile's date format.
        case dateFormat
    }

    /// The place and the message, for a reader without the profile's text.
    public var description: String {
        var place = "date format"
        if let countdown {
            place = "countdown \(countdown + 1)"
            if let stage { place += ", stage \(stage + 1)" }
            switch part {
            case .name: place += ", name"
            case .from: place += ", from"
            case .at: place += ", at"
            case .level: place += ", level"
            case .message, .placeholder: place += ", message"
            case .stages, .dateFormat: break
            }
        }
        if let offset { place += ", byte \(offset + 1)" }
        return "\(place): \(message)"
    }
}
