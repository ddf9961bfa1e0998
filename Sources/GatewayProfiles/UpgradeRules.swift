/// How an upgrade of license keys is made, as a profile says it.
public struct UpgradeRules: Hashable, Sendable {
    /// The hours in which it may be made; nil for any.
    public var window: Window?
    /// How long the product is expected to be down, in minutes.
    public var downtime: Int
    /// What is kept free behind that, in minutes.
    public var buffer: Int
    /// How far ahead it is announced, in hours; one that is announced later is warned of.
    public var announce: Int
    /// How long those who are in are waited for, in minutes.
    public var everyoneOut: Int
    /// A command that ends with 0 where nobody is in; empty for none.
    public var idle: [String]
    /// The command that restarts the product's services; empty for none.
    public var restart: [String]
    /// How long a command may take, in seconds.
    public var commandSeconds: Int
    /// What is backed up: templates of paths.
    public var backup: [String]
    /// How long it is watched once it is done, in calendar days.
    public var monitoring: Int

    /// What holds where a profile says nothing.
    public static let standard = UpgradeRules(
        window: nil, downtime: 30, buffer: 30, announce: 24, everyoneOut: 15, idle: [], restart: [],
        commandSeconds: 120, backup: [], monitoring: 7)

    /// Hours of a day in the customer's time zone, in minutes from midnight.
    public struct Window: Hashable, Sendable {
        /// The first minute.
        public var from: Int
        /// The minute after the last one; not after ``from`` for one that passes midnight.
        public var to: Int

        /// How long it is, in minutes.
        public var length: Int { to > from ? to - from : to + 1440 - from }

        /// How many minutes of it are left at a minute of the day; nil outside of it.
        public func left(at minute: Int) -> Int? {
            let passed = (minute - from + 1440) % 1440
            return passed < length ? length - passed : nil
        }

        /// `19:00 to 06:00`.
        public var description: String { "\(Self.text(from)) to \(Self.text(to))" }

        private static func text(_ minute: Int) -> String {
            func two(_ number: Int) -> String { number < 10 ? "0\(number)" : "\(number)" }
            return "\(two(minute / 60)):\(two(minute % 60))"
        }
    }
}
