public import AdapterKit

/// Says when pools of seats will be full, how sure that is, and what the next seats cost.
public struct ForecastSeats: GatewayCall {
    /// What comes back.
    public typealias Answer = SeatForecast
    /// The name in the API.
    public static let name = "forecast"

    /// Only this installation's; nil for all.
    public var installation: String?
    /// Only this customer's; nil for all.
    public var customer: String?
    /// How many days ahead to look, 7 to 1770.
    public var days: Int

    /// The call.
    public init(installation: String? = nil, customer: String? = nil, days: Int = 365) {
        self.installation = installation
        self.customer = customer
        self.days = days
    }
}

/// When pools will be full.
public struct SeatForecast: Codable, Hashable, Sendable {
    /// How many days ahead it looks.
    public var days: Int
    /// The pools of seats that are licensed, those that are full first, then by when they will be.
    public var pools: [Pool]

    /// A forecast.
    public init(days: Int, pools: [Pool]) {
        self.days = days
        self.pools = pools
    }

    /// A pool's forecast.
    public struct Pool: Codable, Hashable, Sendable {
        /// The customer's ID.
        public var customer: String
        /// The installation's ID.
        public var installation: String
        /// The pool.
        public var pool: String
        /// Seats that the license grants.
        public var purchased: Int
        /// What is to come.
        public var outlook: Outlook
        /// One time in ten it is full by this day already; nil where no day can be named.
        public var earliest: LocalDay?
        /// As likely full before this day as after; nil where no day can be named.
        public var middle: LocalDay?
        /// One time in ten it is still not full on this day; nil where that lies beyond the days, or no day can be named.
        public var latest: LocalDay?
        /// The probability that it is full within the days, 0.01 to 0.99; 1 where it is; nil without enough data.
        public var probability: Double?
        /// How sure the outlook is: `low`, `medium` or `high`; nil without enough data.
        public var sure: String?
        /// The peak of a week as it is now, in seats; nil without enough data.
        public var level: Double?
        /// By how many seats it grows in 30 days; nil without enough data.
        public var growth: Double?
        /// How many more seats suffice through the days, nine times in ten; 0 where none are needed; nil without enough
        /// data.
        public var moreSeats: Int?
        /// What they cost at the recorded price; nil where none is recorded, and where none are needed.
        public var cost: Cost?
        /// All of it in whole sentences.
        public var text: String

        /// A forecast of which nothing is known yet.
        public init(
            customer: String, installation: String, pool: String, purchased: Int, outlook: Outlook, text: String
        ) {
            self.customer = customer
            self.installation = installation
            self.pool = pool
            self.purchased = purchased
            self.outlook = outlook
            self.text = text
        }
    }

    /// What seats cost, worked out from what all of an installation's cost.
    public struct Cost: Codable, Hashable, Sendable {
        /// The amount for a term, with two decimals.
        public var amount: String
        /// The currency, by its three letters of ISO 4217.
        public var currency: String
        /// For how long; nil where that is not recorded.
        public var term: RecordedFacts.Term?

        /// A cost.
        public init(amount: String, currency: String, term: RecordedFacts.Term?) {
            self.amount = amount
            self.currency = currency
            self.term = term
        }
    }

    /// What is to come.
    public enum Outlook: String, Codable, Sendable, CaseIterable {
        /// It is full now and then already.
        case full
        /// It will be full about a day.
        case expected
        /// It may be full on any busy day; whether it grows is not certain, so no day can be named.
        case close
        /// It will not be full within the days, as far as can be seen.
        case notExpected = "not expected"
        /// Too little was observed.
        case notEnoughData = "not enough data"
    }
}
