/// A profile's countdowns, checked and made ready: dates are slots, offsets are numbers, messages are parsed.
///
/// Made once for a profile and shared; a copy costs nothing. See ``standing(of:at:in:)``.
public struct CountdownRules: Sendable {
    let compiled: Compiled

    /// The countdowns that these rules were made from.
    public var countdowns: [Countdown] { compiled.countdowns }

    /// The rules that a profile's countdowns say.
    ///
    /// - Parameters:
    ///   - countdowns: In the order of the profile, which decides between stages of one level.
    ///   - dateFormat: How messages write dates, made of `yyyy`, `MM`, `MMM`, `MMMM`, `d`, `dd` and whatever
    ///     is no letter: `MM/dd/yyyy`.
    ///   - knownDates: The names that the adapter declares; any other in `from` is then a problem. Nil takes
    ///     every name. ``DateName`` names are always known.
    ///   - hasPlace: Whether there is a place in the product's menus to name: without one `{where}` is a problem.
    /// - Throws: ``CountdownProblems`` with everything that is wrong.
    public init(
        _ countdowns: [Countdown], dateFormat: String = "yyyy-MM-dd", knownDates: [String]? = nil,
        hasPlace: Bool = true
    ) throws(CountdownProblems) {
        compiled = try CountdownChecks(
            countdowns, dateFormat: dateFormat, knownDates: knownDates, hasPlace: hasPlace
        ).compile()
    }

    /// The same rules in memory of their own, for a thread that goes through many facts beside another: two that count
    /// references to one thing wait for each other all the time.
    public var apart: CountdownRules { CountdownRules(compiled: Compiled(compiled)) }

    private init(compiled: Compiled) { self.compiled = compiled }

    /// Where the value of a date stands in ``StandingFacts``; nil for a date that no rule asks about.
    public func slot(of name: String) -> DateSlot? {
        compiled.slotNames.firstIndex(of: name).map(DateSlot.init(index:))
    }

    final class Compiled: Sendable {
        let countdowns: [Countdown]
        let dateFormat: MessageDateFormat
        /// The date names by slot; the first are those of ``DateName``.
        let slotNames: [String]
        /// The same as a store's column writes them.
        let slotKeys: [[UInt8]]
        let rules: [Rule]
        let stages: [Stage]
        let texts: [Text]

        init(
            countdowns: [Countdown], dateFormat: MessageDateFormat, slotNames: [String], rules: [Rule],
            stages: [Stage], texts: [Text]
        ) {
            self.countdowns = countdowns
            self.dateFormat = dateFormat
            self.slotNames = slotNames
            self.slotKeys = slotNames.map { DatesColumn.escaped($0) }
            self.rules = rules
            self.stages = stages
            self.texts = texts
        }

        /// A copy in memory of its own, arrays included.
        init(_ other: Compiled) {
            countdowns = other.countdowns
            dateFormat = other.dateFormat
            slotNames = other.slotNames.map { $0 }
            slotKeys = other.slotKeys.map { Array($0.map { $0 }) }
            rules = other.rules.map { $0 }
            stages = other.stages.map { $0 }
            texts = other.texts.map { $0 }
        }
    }

    /// A countdown. `stages` are positions in ``Compiled/stages``.
    struct Rule: Sendable {
        var firstSlot: Int
        /// The further slots of a countdown from several dates; empty for most.
        var otherSlots: [Int]
        var isOptional: Bool
        var isPerModule: Bool
        var firstStage: Int
        var endStage: Int
        /// The first stage at which access is less than full; -1 for none.
        var firstLoss: Int
    }

    /// What the search for the stage that holds needs of it: numbers only.
    struct Stage: Sendable {
        var count: Int
        var isDays: Bool
        var level: Level
        /// What it counts for the installation: a module's stage at most ``Level/grace``.
        var counted: Level
        var hasLabel: Bool
    }

    /// What people read of a stage.
    struct Text: Sendable {
        /// Its own label, or the one kept from the stage before; empty for none.
        var label: String
        var message: MessageTemplate?
        /// The next stage of the countdown at which access is less than here; -1 for none.
        var loss: Int
    }
}

/// The names of dates that mean something beyond the countdowns.
public enum DateName: String, CaseIterable, Sendable {
    /// The last day that the vendor's license covers.
    case expires
    /// When the vendor last gave a verified answer.
    case lastContact
    /// The first day or instant at which an entitlement counts.
    case validFrom
    /// Since when the vendor's own record says that the license has expired.
    case vendorExpired
    /// When an offline activation was imported, if that is how the present entitlement came.
    case offlineActivated
}

/// The position of a date in ``StandingFacts``, as one set of ``CountdownRules`` gives it.
public struct DateSlot: Hashable, Sendable {
    let index: Int

    init(index: Int) { self.index = index }

    /// The slot of a date with a meaning of its own, the same in all rules.
    public init(_ name: DateName) {
        switch name {
        case .expires: index = 0
        case .lastContact: index = 1
        case .validFrom: index = 2
        case .vendorExpired: index = 3
        case .offlineActivated: index = 4
        }
    }
}
