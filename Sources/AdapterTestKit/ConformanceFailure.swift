/// One thing that an adapter does wrong.
public struct ConformanceFailure: Error, Hashable, Sendable, CustomStringConvertible {
    /// What was checked.
    public var check: Check
    /// Where it went wrong: `scenario "no change", step 2`.
    public var place: String
    /// What is wrong, as a sentence.
    public var message: String

    /// A failure.
    public init(_ check: Check, _ place: String, _ message: String) {
        self.check = check
        self.place = place
        self.message = message
    }

    /// The failure in one line.
    public var description: String { "[\(check.rawValue)] \(place): \(message)" }

    /// What is checked.
    public enum Check: String, CaseIterable, Sendable {
        /// The descriptor's names, patterns, versions.
        case descriptor
        /// The values for its fields.
        case fields
        /// That it can do something, and that the scenarios prove it.
        case capability
        /// That a scenario is one that the adapter can play.
        case scenario
        /// A request, or a wait.
        case step
        /// That a signed answer is asked for as it must be.
        case trust
        /// That a conversation ends in time.
        case length
        /// What a conversation ends with.
        case outcome
        /// That it ends as the scenario expects.
        case expectation
        /// The words of an error and its field.
        case error
        /// That the state can be journaled.
        case state
        /// The same facts, the same steps.
        case determinism
        /// How an interrupted act is asked about.
        case inspection
        /// That secrets stand where they must, and nowhere else.
        case secret
        /// What is made of registration files.
        case registration
    }
}

/// Everything that an adapter does wrong.
public struct ConformanceFailures: Error, CustomStringConvertible {
    /// In the order in which they were found; never empty.
    public let all: [ConformanceFailure]

    init(_ all: [ConformanceFailure]) { self.all = all }

    /// One line each.
    public var description: String { all.map(\.description).joined(separator: "\n") }
}
