/// What was ordered from a vendor, as far as an entitlement can show it.
public struct OrderedItems: Codable, Hashable, Sendable {
    /// The last day that is to be covered; nil where the order says nothing of it.
    public var expires: LocalDay?
    /// The seats that there are to be, by pool; pools that stay as they are left out.
    public var seats: [Entitlement.SeatPool]
    /// The codes of the modules that are to be there.
    public var modules: [String]

    /// So much.
    public init(expires: LocalDay? = nil, seats: [Entitlement.SeatPool] = [], modules: [String] = []) {
        self.expires = expires
        self.seats = seats
        self.modules = modules
    }

    /// Whether it names nothing that an entitlement could be compared with.
    public var isEmpty: Bool { expires == nil && seats.isEmpty && modules.isEmpty }

    /// Whether an entitlement shows all of it. Of an order that names nothing, whatever differs from before does.
    ///
    /// A longer renewal counts, and so do seats beyond those ordered: another order may have come with it. Where fewer
    /// seats were ordered than there were, no more than those.
    ///
    /// - Parameters:
    ///   - held: What is in force.
    ///   - before: What was in force when it was ordered; nil where nothing was.
    ///   - zone: The customer's, in which days end.
    public func isShown(by held: Shown, after before: Shown?, in zone: Zone) -> Bool {
        guard !isEmpty else { return held.revision != before?.revision }
        if let expires {
            switch held.entitlement.end {
            case .day(let day)?: if day < expires { return false }
            case .instant(let instant)?: if zone.localDay(of: instant) < expires { return false }
            case nil: return false
            }
        }
        for pool in seats {
            let now = held.entitlement.seats(in: pool.name)
            let then = before?.entitlement.seats(in: pool.name) ?? 0
            guard pool.count < then ? now <= pool.count : now >= pool.count else { return false }
        }
        return modules.allSatisfy { code in
            held.entitlement.modules.contains { $0.code.lowercased() == code.lowercased() }
        }
    }

    /// An entitlement and the vendor's mark for it.
    public struct Shown: Hashable, Sendable {
        /// The vendor's mark.
        public var revision: String
        /// What is granted.
        public var entitlement: Entitlement

        /// An entitlement under its mark.
        public init(revision: String, entitlement: Entitlement) {
            self.revision = revision
            self.entitlement = entitlement
        }
    }
}

extension Entitlement {
    /// The seats of a pool; 0 where there is no such pool.
    fileprivate func seats(in pool: String) -> Int { seats.first { $0.name == pool }?.count ?? 0 }
}
