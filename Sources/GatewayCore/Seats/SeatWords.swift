import AdapterKit

/// Why there is no seat, in sentences.
enum SeatWords {
    /// Seats that are whoever's who is there.
    ///
    /// - Parameters:
    ///   - what: Of which kind: `(users)`, `of the module GL`.
    ///   - kept: How many are kept for administrators.
    static func taken(_ what: String, inUse: Int, limit: Int, kept: Int) -> String {
        if limit == 0 {
            return inUse == 0
                ? "The license has no seats \(what)."
                : "The license has no seats \(what) any more: nobody is put out, and nobody else comes in."
        }
        if inUse > limit {
            let excess = inUse - limit + 1
            return
                "\(inUse) seats \(what) are taken and the license has \(limit) now: nobody is put out, and nobody else "
                + "comes in before \(excess) of them are given back."
        }
        if inUse < limit {
            let open = limit - inUse == 1 ? "the other one is" : "the others are"
            return "\(inUse) of \(limit) seats \(what) \(inUse == 1 ? "is" : "are") taken, and \(open) kept for "
                + "administrators."
        }
        return limit == 1 ? "The one seat \(what) is taken." : "All \(limit) seats \(what) are taken."
    }

    /// Seats of a named pool.
    ///
    /// - Parameter assigned: How many are somebody's.
    static func assigned(_ pool: String, of installation: String, assigned: Int, limit: Int) -> String {
        let whose = "`gatehouse seats users \(installation) --pool \(pool)` shows whose"
        if limit == 0 {
            return assigned == 0
                ? "The license has no seats (\(pool))."
                : "The license has no seats (\(pool)) any more: whoever has one keeps it, and nobody else gets one."
        }
        if assigned > limit {
            return
                "\(assigned) named users have a seat (\(pool)) and the license has \(limit) now: whoever has one keeps "
                + "it, and nobody else gets one before \(assigned - limit + 1) are taken back; \(whose)."
        }
        return
            "\(limit == 1 ? "The one seat (\(pool)) is a named user's own" : "All \(limit) seats (\(pool)) are named users' own")"
            + ": an administrator can take one back that is not used; \(whose)."
    }

    /// A pool that the license does not have.
    static func unknown(_ pool: String, among seats: [Entitlement.SeatPool]) -> String {
        let known = seats.map { "\($0.name) (\($0.count))" }.joined(separator: ", ")
        return "The license has no seats \"\(pool)\"; it has \(known.isEmpty ? "none at all" : known)."
    }
}
