import AdapterKit
import Foundation
import GatewayAPI

@testable import GatewayCore

/// What ought to become of claims, renewals and releases, worked out plainly in memory: of every session that is open
/// all is known, and everything is counted anew each time.
///
/// The rules are those of ``profile``; the clock may go either way.
struct SeatModel {
    struct Session: Hashable {
        var id: String
        var user: String
        var pool: String
        var modules: Set<String>
        var isAdministrator: Bool
        var isNamed: Bool
        var until: Instant
    }

    /// What is to come of something.
    enum Result: Hashable {
        case granted(overLimit: Bool)
        case refused
        /// Nothing changes, as though nothing had been asked.
        case conflict
        case done
    }

    static let hours = 2
    static let reserved = 1
    static let moduleLimits = ["AP": 2]
    static let moduleCodes: Set<String> = ["GL", "AP"]

    static func profile(records: Bool) -> String {
        """
        { endsAfter: \(hours)h, overLimit: \(records ? "record" : "deny"), modules: { AP: 2 }, pools: { users: { reserved: \
        \(reserved) }, named: { kind: named } } }
        """
    }

    let records: Bool
    var limits: [String: Int]
    var sessions: [String: Session] = [:]
    var owners: Set<String> = []

    /// Sessions that have ended are gone, whatever the clock says later.
    private mutating func end(by now: Instant) { sessions = sessions.filter { $0.value.until > now } }

    func inUse(_ pool: String) -> Int {
        let open = sessions.values.filter { $0.pool == pool }
        return open.count { !$0.isNamed } + Set(open.filter(\.isNamed).map(\.user)).count
    }

    func inUse(module: String) -> Int { sessions.values.count { $0.modules.contains(module) } }

    mutating func claim(_ call: ClaimSeat, at now: Instant) -> Result {
        let before = self
        end(by: now)
        if let id = call.session, let held = sessions[id] {
            guard held.user == call.user, held.pool == call.pool, held.modules.isSuperset(of: call.modules) else {
                self = before
                return .conflict
            }
            sessions[id]?.until = now.adding(hours: Self.hours)
            return .granted(overLimit: false)
        }
        guard let limit = limits[call.pool], Self.moduleCodes.isSuperset(of: call.modules) else { return .refused }
        let isNamed = call.pool == "named"
        var isFull: Bool
        if isNamed {
            isFull = !owners.contains(call.user) && owners.count >= limit
        } else {
            // A pool of a module's name is the module's.
            let taken = inUse(call.pool) + inUse(module: call.pool)
            let administrators = sessions.values.count { $0.pool == call.pool && $0.isAdministrator }
            let kept = call.pool == "users" && !call.administrator ? min(Self.reserved, limit) - administrators : 0
            isFull = taken + max(0, kept) >= limit
        }
        for module in call.modules {
            guard let most = limits[module] ?? Self.moduleLimits[module] else { continue }
            if inUse(module: module) + inUse(module) >= most { isFull = true }
        }
        if isFull, !records { return .refused }
        if isNamed, !isFull { owners.insert(call.user) }
        let id = call.session ?? ""
        sessions[id] = Session(
            id: id, user: call.user, pool: call.pool, modules: Set(call.modules), isAdministrator: call.administrator,
            isNamed: isNamed, until: now.adding(hours: Self.hours))
        return .granted(overLimit: isFull)
    }

    mutating func renew(_ id: String, at now: Instant) -> Result {
        guard let held = sessions[id], held.until > now else { return .refused }
        end(by: now)
        sessions[id]?.until = now.adding(hours: Self.hours)
        return .granted(overLimit: false)
    }

    mutating func release(_ id: String, at now: Instant) -> Result {
        guard let held = sessions[id] else { return .refused }
        end(by: now)
        sessions[id] = nil
        return held.until > now ? .done : .refused
    }

    mutating func assign(_ user: String, at now: Instant) -> Result {
        guard !owners.contains(user), owners.count < limits["named"] ?? 0 else { return .conflict }
        end(by: now)
        owners.insert(user)
        return .done
    }

    mutating func takeBack(_ user: String, at now: Instant) -> Result {
        let before = self
        guard owners.contains(user) else { return .conflict }
        end(by: now)
        guard !sessions.values.contains(where: { $0.isNamed && $0.user == user }) else {
            self = before
            return .conflict
        }
        owners.remove(user)
        return .done
    }
}
