public import AdapterKit

/// Lists what happens to installations by time alone within a while, soonest first.
public struct ListTimeline: GatewayCall {
    /// What comes back.
    public typealias Answer = ComingList
    /// The name in the audit trail and the API.
    public static let name = "timeline.list"

    /// Only this customer's; nil for all.
    public var customer: String?
    /// How far ahead, in calendar days of each customer's or in elapsed hours; not negative.
    public var within: Countdown.Offset
    /// From when on.
    public var at: PointInTime
    /// At most so many changes, the soonest, 1 to 100,000.
    public var limit: Int

    /// The call.
    public init(
        customer: String? = nil, within: Countdown.Offset, at: PointInTime = .now, limit: Int = 10_000
    ) {
        self.customer = customer
        self.within = within
        self.at = at
        self.limit = limit
    }
}

/// What is coming.
public struct ComingList: Codable, Hashable, Sendable {
    /// The changes, soonest first.
    public var changes: [ComingChange]
    /// Whether there are later ones, beyond the limit.
    public var hasMore: Bool

    /// A list.
    public init(changes: [ComingChange], hasMore: Bool) {
        self.changes = changes
        self.hasMore = hasMore
    }
}

/// A change that is to come.
public struct ComingChange: Codable, Hashable, Sendable {
    /// When.
    public var at: Instant
    /// The same in the customer's time zone: `2027-03-18 00:00`.
    public var local: String
    /// The customer's ID.
    public var customer: String
    /// The installation's ID.
    public var installation: String
    /// The product's name.
    public var product: String
    /// What changes: a countdown's name, with the module's code where it runs per module.
    public var cause: String
    /// The installation's level from then on.
    public var level: Level
    /// The word for it.
    public var label: String
    /// What it allows.
    public var access: Access
    /// What is said from then on.
    public var message: String?

    /// A change.
    public init(
        at: Instant, local: String, customer: String, installation: String, product: String, cause: String,
        level: Level, label: String, access: Access, message: String?
    ) {
        self.at = at
        self.local = local
        self.customer = customer
        self.installation = installation
        self.product = product
        self.cause = cause
        self.level = level
        self.label = label
        self.access = access
        self.message = message
    }
}

/// Lists what has to be renewed within a while, soonest first.
///
/// What renews is a date that a countdown leads up to: one with a stage on it or before it. A date that is only counted
/// from, such as the last contact, is none.
public struct ListRenewals: GatewayCall {
    /// What comes back.
    public typealias Answer = RenewalList
    /// The name in the audit trail and the API.
    public static let name = "renewals"

    /// Only this customer's; nil for all.
    public var customer: String?
    /// How many calendar days ahead, today included; not negative.
    public var days: Int
    /// Whether to list also what ended before and was not renewed.
    public var overdue: Bool
    /// From which day on, in each customer's time zone.
    public var at: PointInTime

    /// The most days ahead.
    public static let mostDays = 36_500

    /// The call.
    public init(customer: String? = nil, days: Int, overdue: Bool = false, at: PointInTime = .now) {
        self.customer = customer
        self.days = days
        self.overdue = overdue
        self.at = at
    }
}

/// What has to be renewed.
public struct RenewalList: Codable, Hashable, Sendable {
    /// Soonest first.
    public var renewals: [Renewal]
    /// The prices together, by currency. A module has no price of its own.
    public var sums: [Sum]
    /// How many of the renewals, modules apart, have no price on record.
    public var unpriced: Int
    /// How many ended before and were not renewed, whether or not they are listed.
    public var overdue: Int

    /// A list.
    public init(renewals: [Renewal], sums: [Sum], unpriced: Int, overdue: Int) {
        self.renewals = renewals
        self.sums = sums
        self.unpriced = unpriced
        self.overdue = overdue
    }

    /// Prices of one currency.
    public struct Sum: Codable, Hashable, Sendable {
        /// The currency's code: `USD`.
        public var currency: String
        /// The sum, exact, in decimal: `1234.50`.
        public var amount: String
        /// How many prices it is of.
        public var count: Int

        /// A sum.
        public init(currency: String, amount: String, count: Int) {
            self.currency = currency
            self.amount = amount
            self.count = count
        }
    }
}

/// Something that has to be renewed.
public struct Renewal: Codable, Hashable, Sendable {
    /// The last day that is covered, in the customer's time zone; of a moment, the day it lies in.
    public var day: LocalDay
    /// Days until then; negative once it has passed.
    public var days: Int
    /// The customer's ID.
    public var customer: String
    /// The customer's name.
    public var customerName: String
    /// The installation's ID.
    public var installation: String
    /// The installation's name; empty for none.
    public var installationName: String
    /// The product's name.
    public var product: String
    /// The profile's name.
    public var profile: String
    /// Which date it is, by its name in the profile; `modules.expires` for a module's.
    public var date: String
    /// The module's code, where only that ends.
    public var module: String?
    /// The module's name.
    public var moduleName: String?
    /// For how long it is bought at a time; nil where that is not on record.
    public var term: RecordedFacts.Term?
    /// What a term costs, where that is on record; nil for a module.
    public var price: Price?
    /// Who sees to it.
    public var owner: String?
    /// The level now.
    public var level: Level
    /// What happens when it passes: the stages from grace on, in order of time.
    public var then: [Stage]
    /// Until when the renewal that was ordered may be on its way; nil where no order is open.
    public var orderUntil: Instant?
    /// Whether a person recorded the date, and no vendor proved it.
    public var isUnverified: Bool

    /// A renewal.
    public init(
        day: LocalDay, days: Int, customer: String, customerName: String, installation: String,
        installationName: String, product: String, profile: String, date: String, module: String?, moduleName: String?,
        term: RecordedFacts.Term?, price: Price?, owner: String?, level: Level, then: [Stage], orderUntil: Instant?,
        isUnverified: Bool = false
    ) {
        self.day = day
        self.days = days
        self.customer = customer
        self.customerName = customerName
        self.installation = installation
        self.installationName = installationName
        self.product = product
        self.profile = profile
        self.date = date
        self.module = module
        self.moduleName = moduleName
        self.term = term
        self.price = price
        self.owner = owner
        self.level = level
        self.then = then
        self.orderUntil = orderUntil
        self.isUnverified = isUnverified
    }

    /// What holds from some day on.
    public struct Stage: Codable, Hashable, Sendable {
        /// When it begins.
        public var at: Instant
        /// The day it begins on, in the customer's time zone.
        public var day: LocalDay
        /// The installation's level from then on.
        public var level: Level
        /// The word for it.
        public var label: String

        /// A stage.
        public init(at: Instant, day: LocalDay, level: Level, label: String) {
            self.at = at
            self.day = day
            self.level = level
            self.label = label
        }
    }
}
