public import AdapterKit

/// Says why an installation stands as it does, since when, what happens next, and what to do.
public struct Explain: GatewayCall {
    /// What comes back.
    public typealias Answer = Explanation
    /// The name in the audit trail and the API.
    public static let name = "explain"

    /// The installation's ID.
    public var installation: String
    /// A user of the product who can't get in, by the name that the product knows; nil for none.
    public var user: String?
    /// When.
    public var at: PointInTime

    /// The call.
    public init(installation: String, user: String? = nil, at: PointInTime = .now) {
        self.installation = installation
        self.user = user
        self.at = at
    }
}

/// Why an installation stands as it does.
public struct Explanation: Codable, Hashable, Sendable {
    /// The installation's ID.
    public var installation: String
    /// The customer's ID.
    public var customer: String
    /// The customer's name.
    public var customerName: String
    /// The product's name; nil where the profile is missing or broken.
    public var product: String?
    /// The profile's name.
    public var profile: String
    /// The file it stands in; nil where it can't be used.
    public var file: String?
    /// The place in the product's own menus.
    public var place: String?
    /// The customer's time zone.
    public var timeZone: String
    /// The instant that the standing is of. Files, vendor and operations are always told as they are now.
    public var at: Instant
    /// When it was archived, since when nothing is done for it; nil where it was not.
    public var archived: Instant?
    /// How it stands.
    public var standing: StandingView
    /// The next changes by time alone, soonest first; at most ``mostChanges``.
    public var next: [TimelineView.Change]
    /// The seats granted, by pool.
    public var seats: SeatCounts
    /// The codes of the modules granted, in the vendor's order.
    public var modules: [String]
    /// How refreshing goes.
    public var refresh: RefreshView
    /// The files, as they are now.
    public var files: [FileView]
    /// The vendor's host; nil where no address is set.
    public var vendor: VendorView?
    /// The operation that is open; nil for none.
    public var operation: OperationView?
    /// The orders that are open, newest first.
    public var orders: [OrderView]
    /// For the user that was asked about: a line for each thing that keeps a user out.
    public var user: UserView?
    /// What to do, most urgent first; never empty.
    public var steps: [String]

    /// The most changes that are told.
    public static let mostChanges = 3

    /// An explanation.
    public init(
        installation: String, customer: String, customerName: String, product: String?, profile: String, file: String?,
        place: String?, timeZone: String, at: Instant, archived: Instant? = nil, standing: StandingView,
        next: [TimelineView.Change], seats: SeatCounts, modules: [String], refresh: RefreshView, files: [FileView],
        vendor: VendorView?,
        operation: OperationView?, orders: [OrderView], user: UserView?, steps: [String]
    ) {
        self.installation = installation
        self.customer = customer
        self.customerName = customerName
        self.product = product
        self.profile = profile
        self.file = file
        self.place = place
        self.timeZone = timeZone
        self.at = at
        self.archived = archived
        self.standing = standing
        self.next = next
        self.seats = seats
        self.modules = modules
        self.refresh = refresh
        self.files = files
        self.vendor = vendor
        self.operation = operation
        self.orders = orders
        self.user = user
        self.steps = steps
    }

    private enum CodingKeys: String, CodingKey {
        case installation, customer, customerName, product, profile, file
        case place = "where"
        case timeZone, at, archived, standing, next, seats, modules, refresh, files, vendor, operation, orders, user
        case steps
    }

    /// How an installation stands, and why.
    public struct StandingView: Codable, Hashable, Sendable {
        /// The level.
        public var level: Level
        /// The word for it.
        public var label: String
        /// What the level allows.
        public var access: Access
        /// Since when it stands so: when the last stage began that made it so; without one when what is held was
        /// taken, or when the installation was added. Nil where none of these lies before the instant asked about.
        public var since: Instant?
        /// When the entitlement that is held was taken; nil where none is.
        public var heldSince: Instant?
        /// What is said, worst first.
        public var messages: [String]
        /// The rules that make it so, the one that decides first; empty where no stage holds.
        public var causes: [Cause]
        /// Whether a person recorded what is held, and no vendor proved it.
        public var isUnverified: Bool

        /// A standing.
        public init(
            level: Level, label: String, access: Access, since: Instant?, heldSince: Instant?, messages: [String],
            causes: [Cause], isUnverified: Bool = false
        ) {
            self.level = level
            self.label = label
            self.access = access
            self.since = since
            self.heldSince = heldSince
            self.messages = messages
            self.causes = causes
            self.isUnverified = isUnverified
        }
    }

    /// A rule of the profile that has something to say.
    public struct Cause: Codable, Hashable, Sendable {
        /// The countdown's name; `validFrom` for an entitlement that does not count yet.
        public var countdown: String
        /// The module's code, for a countdown that runs per module.
        public var module: String?
        /// The date that it runs from, by name.
        public var from: String
        /// That date; nil where the entitlement lacks it.
        public var date: DateValue?
        /// Which stage of the countdown holds, by its offset from the date: `45d`; nil where none can.
        public var stage: String?
        /// The level that it says.
        public var level: Level
        /// Since when that stage holds.
        public var since: Instant?
        /// Where the rule stands, `FILE:LINE`: not in the profile's own file where that extends another. Nil for
        /// `validFrom`, which is no profile's rule.
        public var rule: String?

        /// A cause.
        public init(
            countdown: String, module: String?, from: String, date: DateValue?, stage: String?, level: Level,
            since: Instant?, rule: String?
        ) {
            self.countdown = countdown
            self.module = module
            self.from = from
            self.date = date
            self.stage = stage
            self.level = level
            self.since = since
            self.rule = rule
        }
    }

    /// How refreshing goes.
    public struct RefreshView: Codable, Hashable, Sendable {
        /// When one last succeeded.
        public var last: Instant?
        /// When the vendor last gave a verified answer.
        public var lastContact: Instant?
        /// When one is due next; nil where one is due at once, and where the profile wants none.
        public var due: Instant?
        /// Whether one is due.
        public var isDue: Bool
        /// The last operation that ended.
        public var operation: OperationView?
        /// Why the last one failed, where it did.
        public var failure: String?
        /// When that was.
        public var failed: Instant?
        /// Before when it is not tried again by itself.
        public var nextTry: Instant?

        /// How it goes.
        public init(
            last: Instant?, lastContact: Instant?, due: Instant?, isDue: Bool, operation: OperationView?,
            failure: String?, failed: Instant?, nextTry: Instant?
        ) {
            self.last = last
            self.lastContact = lastContact
            self.due = due
            self.isDue = isDue
            self.operation = operation
            self.failure = failure
            self.failed = failed
            self.nextTry = nextTry
        }
    }

    /// A file where the product reads it.
    public struct FileView: Codable, Hashable, Sendable {
        /// Its absolute path.
        public var path: String
        /// When it was delivered; nil where it never was.
        public var delivered: Instant?
        /// How it is now.
        public var state: State
        /// What is to be known besides: why it could not be looked at, or that the site names another place.
        public var detail: String?

        /// A file.
        public init(path: String, delivered: Instant?, state: State, detail: String?) {
            self.path = path
            self.delivered = delivered
            self.state = state
            self.detail = detail
        }

        /// How a file is.
        public enum State: String, Codable, Hashable, Sendable, CaseIterable {
            /// As it was delivered, by its hash.
            case asDelivered
            /// Somebody changed it.
            case changed
            /// It holds other license keys than the record.
            case otherKeys
            /// It is not as it was delivered, and an upgrade of license keys is open that may have written there.
            case upgrading
            /// It is not there any more.
            case missing
            /// It is wanted there and was never delivered.
            case notDelivered
            /// It could not be looked at.
            case unknown
        }
    }

    /// How the vendor's host fares.
    public struct VendorView: Codable, Hashable, Sendable {
        /// Its address in the profile.
        public var address: String
        /// Host and port.
        public var host: String
        /// Whether it is asked: `closed` (it is), `open` (it is left alone), `half-open` (one tries).
        public var breaker: String
        /// Until when it is left alone.
        public var openUntil: Instant?
        /// Failures since it last answered.
        public var failures: Int
        /// When it last answered, to whichever installation.
        public var lastContact: Instant?
        /// What the last failure was.
        public var lastFailure: String?
        /// When that was.
        public var lastFailureAt: Instant?

        /// A host.
        public init(
            address: String, host: String, breaker: String, openUntil: Instant?, failures: Int, lastContact: Instant?,
            lastFailure: String?, lastFailureAt: Instant?
        ) {
            self.address = address
            self.host = host
            self.breaker = breaker
            self.openUntil = openUntil
            self.failures = failures
            self.lastContact = lastContact
            self.lastFailure = lastFailure
            self.lastFailureAt = lastFailureAt
        }
    }

    /// What may keep a user out.
    public struct UserView: Codable, Hashable, Sendable {
        /// The user's name.
        public var name: String
        /// Standing, seats, refresh, delivery and vendor, in this order.
        public var lines: [Line]

        /// Lines about a user.
        public init(name: String, lines: [Line]) {
            self.name = name
            self.lines = lines
        }

        /// What is to be said of one thing.
        public struct Line: Codable, Hashable, Sendable {
            /// `standing`, `seats`, `refresh`, `delivery` or `vendor`.
            public var topic: String
            /// Whether it may keep the user out.
            public var isTrouble: Bool
            /// What is to be said.
            public var text: String

            /// A line.
            public init(topic: String, isTrouble: Bool, text: String) {
                self.topic = topic
                self.isTrouble = isTrouble
                self.text = text
            }
        }
    }
}
