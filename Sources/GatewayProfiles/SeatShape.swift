import MarkedYAML

/// Reads a profile's `seats`.
enum SeatShape {
    static let shape = Shape<SeatRules>.mapping { fields in
        let standard = SeatRules.standard
        let endsAfter = fields.optional(
            "endsAfter", time(in: 60_000...Self.longestSession, "a time from 1m to 30d, such as 30m or 12h"),
            help: "A session ends by itself so long after it was claimed or last renewed: 1m to 30d; 12h without it.")
        let loginWait = fields.optional(
            "loginWait", time(in: 0...60_000, "a time from 0s to 60s, such as 5s"),
            help:
                "The first login of a refresh window starts the refresh, and waits for it no longer than this: at most "
                + "60s; 5s without it.")
        let overLimit = fields.optional(
            "overLimit", .enumeration(SeatRules.OverLimit.self), default: standard.overLimit,
            help: "What becomes of a claim where every seat is taken: deny refuses it, record grants it and counts it.")
        let pools = fields.optional(
            "pools", .map(of: pool, keyProblem: Self.nameProblem), default: [],
            help: "What is special about pools of seats, by the names that the license gives them.")
        let modules = fields.optional(
            "modules", .map(of: .int(in: 0...1_000_000), keyProblem: Self.nameProblem), default: [],
            help: "How many may use a module at once, by its code, where the license has no pool of that name.")
        return SeatRules(
            endsAfter: endsAfter ?? standard.endsAfter, loginWait: loginWait ?? standard.loginWait,
            overLimit: overLimit,
            pools: Dictionary(pools.map { ($0.key.text, $0.value) }, uniquingKeysWith: { first, _ in first }),
            modules: Dictionary(modules.map { ($0.key.text, $0.value) }, uniquingKeysWith: { first, _ in first }))
    }

    private static func nameProblem(_ name: String) -> String? {
        SeatRules.isName(name)
            ? nil : "a pool or module is named by letters, digits, dots, hyphens and underscores, at most 64"
    }

    private static let longestSession = 30 * 86_400_000

    private static let pool = Shape<SeatRules.Pool>.mapping { fields in
        let kind = fields.optional(
            "kind", .enumeration(SeatRules.Kind.self), default: .concurrent,
            help: "concurrent: who is there takes a seat. named: a seat is one user's until an administrator takes it "
                + "back.")
        let reserved = fields.optional(
            "reserved", .int(in: 0...1_000_000), default: 0,
            help: "How many seats are kept free for administrators.")
        return SeatRules.Pool(kind: kind, reserved: reserved)
    }

    /// A time in milliseconds, written with its unit.
    private static func time(in range: ClosedRange<Int>, _ what: String) -> Shape<Int> {
        .text(what, pattern: "[0-9]{1,5}[smhd]") { text in
            let units: [Character: Int] = ["s": 1000, "m": 60_000, "h": 3_600_000, "d": 86_400_000]
            guard let unit = text.last.flatMap({ units[$0] }), (2...6).contains(text.utf8.count),
                text.utf8.dropLast().allSatisfy({ (48...57).contains($0) }), let number = Int(text.dropLast()),
                range.contains(number * unit)
            else { return nil }
            return number * unit
        }
    }
}
