public import AdapterKit
public import Foundation

/// Gives the use of an installation's seats, day by day.
public struct ShowUsage: GatewayCall {
    /// What comes back.
    public typealias Answer = UsageView
    /// The name in the API.
    public static let name = "usage.show"

    /// The installation's ID.
    public var installation: String
    /// How many days of the customer's, today included: 1 to 3660.
    public var days: Int

    /// The call.
    public init(installation: String, days: Int = 30) {
        self.installation = installation
        self.days = days
    }
}

/// Records how many seats were seen in use elsewhere: most products never ask a gateway, and what their own console says
/// is what there is. All of it is recorded, or nothing.
public struct RecordUsage: GatewayCall {
    /// What comes back.
    public typealias Answer = UsageRecordReport
    /// The name in the audit trail and the API.
    public static let name = "usage.record"

    /// What was seen.
    public var observations: [UsageObservation]
    /// Whether an hour's peak becomes what is recorded, to correct a mistake; else the greatest number stays.
    public var replace: Bool

    /// The call.
    public init(_ observations: [UsageObservation], replace: Bool = false) {
        self.observations = observations
        self.replace = replace
    }
}

/// Records what a CSV file says was seen in use: all of it, or nothing where anything is wrong with it.
///
/// Its columns are `installation`, `pool`, `at`, `inUse` and perhaps `registered`.
public struct ImportUsage: GatewayCall {
    /// What comes back.
    public typealias Answer = UsageRecordReport
    /// The name in the audit trail and the API.
    public static let name = "usage.import"

    /// The file, as it is.
    public var contents: Data
    /// The name that problems give the file.
    public var file: String
    /// Whether an hour's peak becomes what is recorded, to correct a mistake; else the greatest number stays.
    public var replace: Bool

    /// The call.
    public init(contents: Data, file: String, replace: Bool = false) {
        self.contents = contents
        self.file = file
        self.replace = replace
    }
}

/// How many seats of a pool were seen in use.
public struct UsageObservation: Codable, Hashable, Sendable {
    /// The installation's ID.
    public var installation: String
    /// The pool, by the name that the license gives it; or `module:CODE`.
    public var pool: String
    /// Seats in use, 0 to 1,000,000,000.
    public var inUse: Int
    /// Seats that are set up in the product, which may be more than were bought; nil where nobody looked.
    public var registered: Int?
    /// When: an instant that is not to come. A day stands for its peak, and counts at noon of the customer's.
    public var at: PointInTime

    /// An observation.
    public init(installation: String, pool: String, inUse: Int, registered: Int? = nil, at: PointInTime = .now) {
        self.installation = installation
        self.pool = pool
        self.inUse = inUse
        self.registered = registered
        self.at = at
    }
}

/// What came of a recording.
public struct UsageRecordReport: Codable, Hashable, Sendable {
    /// How many observations were recorded.
    public var recorded: Int
    /// Of how many installations.
    public var installations: Int
    /// What is wrong with the file: where there is anything, nothing was recorded.
    public var problems: [PortfolioImportReport.Problem]
    /// How many problems are not listed.
    public var omittedProblems: Int

    /// A report.
    public init(
        recorded: Int, installations: Int, problems: [PortfolioImportReport.Problem] = [], omittedProblems: Int = 0
    ) {
        self.recorded = recorded
        self.installations = installations
        self.problems = problems
        self.omittedProblems = omittedProblems
    }
}

/// The use of an installation's seats.
public struct UsageView: Codable, Hashable, Sendable {
    /// The installation's ID.
    public var installation: String
    /// The customer's IANA time zone, in which days are counted.
    public var timeZone: String
    /// The first day.
    public var from: LocalDay
    /// The last day: today.
    public var to: LocalDay
    /// Whether a person recorded what is purchased, and no vendor proved it.
    public var isUnverified: Bool
    /// The pools, those of the license first and in its order.
    public var pools: [Pool]
    /// The modules that were seen in use, as `module:CODE`.
    public var modules: [Pool]
    /// Who used which pool, and when last.
    public var users: [SeatUserView]

    /// A view.
    public init(
        installation: String, timeZone: String, from: LocalDay, to: LocalDay, isUnverified: Bool = false,
        pools: [Pool], modules: [Pool], users: [SeatUserView]
    ) {
        self.installation = installation
        self.timeZone = timeZone
        self.from = from
        self.to = to
        self.isUnverified = isUnverified
        self.pools = pools
        self.modules = modules
        self.users = users
    }

    /// A pool, or a module.
    public struct Pool: Codable, Hashable, Sendable {
        /// The name.
        public var pool: String
        /// Seats that the license grants; nil where it names none of this name.
        public var purchased: Int?
        /// Seats that are set up in the product as somebody saw it, or named users' own; nil where neither is known.
        public var registered: Int?
        /// Seats in use now by sessions; where there are none, as they were seen last.
        public var inUse: Int
        /// When ``inUse`` was seen elsewhere; nil where it is counted from sessions.
        public var seen: Instant?
        /// The most at once in these days.
        public var peak: Int
        /// Claims that were refused in these days.
        public var denials: Int
        /// Seats granted over the limit in these days.
        public var overLimit: Int
        /// The days that saw anything, in order of time.
        public var days: [Day]

        /// A pool.
        public init(
            pool: String, purchased: Int?, registered: Int?, inUse: Int, seen: Instant?, peak: Int, denials: Int,
            overLimit: Int, days: [Day]
        ) {
            self.pool = pool
            self.purchased = purchased
            self.registered = registered
            self.inUse = inUse
            self.seen = seen
            self.peak = peak
            self.denials = denials
            self.overLimit = overLimit
            self.days = days
        }
    }

    /// A day of the customer's.
    public struct Day: Codable, Hashable, Sendable {
        /// The day.
        public var day: LocalDay
        /// The most seats in use at once.
        public var peak: Int
        /// The same for each hour of the day on the wall, from midnight on.
        public var hours: [Int]
        /// Claims that were refused.
        public var denials: Int
        /// Seats granted over the limit.
        public var overLimit: Int

        /// A day.
        public init(day: LocalDay, peak: Int = 0, hours: [Int] = [], denials: Int = 0, overLimit: Int = 0) {
            self.day = day
            self.peak = peak
            self.hours = hours
            self.denials = denials
            self.overLimit = overLimit
        }
    }
}
