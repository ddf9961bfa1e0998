/// What is odd about the facts themselves: told besides the messages, and never a reason for more access.
public enum StandingRemark: Hashable, Sendable {
    /// The last contact lies in the future: a clock was set.
    case clockFault(lastContact: DateValue)
    /// The vendor's record says expired although the date of expiry has not passed.
    case vendorSaysExpired(since: DateValue?, expires: DateValue?)
    /// The vendor's record says active although the date of expiry has passed.
    case vendorSaysActive(expires: DateValue)
}

extension StandingRemark: CustomStringConvertible {
    /// The remark in whole sentences, with what to do.
    public var description: String {
        switch self {
        case .clockFault(let lastContact):
            return "The last contact with the vendor (\(lastContact)) lies in the future: this machine's clock was "
                + "set back, or it ran ahead at that contact. Set the clock right, then refresh."
        case .vendorSaysExpired(let since, let expires):
            let beginning = since.map { " since \($0)" } ?? ""
            let end = expires.map { ", although its date of expiry is \($0)" } ?? ""
            return "The vendor's record says that the license has expired\(beginning)\(end). "
                + "Check the renewal with the vendor."
        case .vendorSaysActive(let expires):
            return "The license expired on \(expires), but the vendor's record says that it is active. "
                + "Ask for a refresh, or check the renewal with the vendor."
        }
    }
}

extension Standing {
    /// What is odd about the facts, in no order of importance.
    public var remarks: [StandingRemark] {
        guard facts.held else { return [] }
        var remarks: [StandingRemark] = []
        if let lastContact = facts[.lastContact], isAhead(lastContact) {
            remarks.append(.clockFault(lastContact: lastContact))
        }
        let expires = facts[.expires]
        switch facts.vendorStatus {
        case .expired:
            let hasPassed = expires.map { Anchor($0, in: zone).begins(in: zone) <= Int(now.milliseconds) } ?? false
            if !hasPassed { remarks.append(.vendorSaysExpired(since: facts[.vendorExpired], expires: expires)) }
        case .active:
            if let expires, hasExpired { remarks.append(.vendorSaysActive(expires: expires)) }
        case nil: break
        }
        return remarks
    }

    /// Clocks of two machines differ by some minutes: only what is beyond is a fault.
    private func isAhead(_ lastContact: DateValue) -> Bool {
        switch lastContact {
        case .day(let day): day > zone.localDay(of: now)
        case .instant(let instant): instant > now.adding(minutes: 5)
        }
    }

    /// Whether a countdown from the date of expiry has come to grace or worse.
    private var hasExpired: Bool {
        guard level >= .grace else { return false }
        var found = false
        rules.eachPass(of: facts, at: Int(now.milliseconds), in: zone) { pass in
            guard pass.held >= 0, rules.compiled.stages[pass.held].level >= .grace else { return }
            found = found || rules.countdowns[pass.countdown].from.contains(DateName.expires.rawValue)
        }
        return found
    }
}

extension StandingFacts {
    /// Whether ``Standing/remarks`` is empty at a level of ``Level/licensed``, as can be told without more ado.
    func isUnremarkable(at now: Instant) -> Bool {
        guard vendorStatus != .expired else { return false }
        switch self[.lastContact] {
        case nil: return true
        case .instant(let instant): return instant <= now
        case .day: return false
        }
    }
}
