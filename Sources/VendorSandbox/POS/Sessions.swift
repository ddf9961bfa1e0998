import AdapterKit

#if canImport(FoundationEssentials)
    import FoundationEssentials
#else
    import Foundation
#endif

/// Who is logged in on the pages.
struct Sessions: Sendable {
    struct Session: Sendable {
        let login: POSOrganization.Login
        /// The organization that was chosen.
        var organization: String?
        let begun: Instant
        var used: Instant
    }

    /// How many there are at most; a further one takes the place of the one that was left alone for the longest time.
    static let most = 1_000
    /// Minutes without a request after which a session ends.
    private static let idle = 30
    /// Hours after which it ends in any case.
    private static let longest = 8

    /// By the digests of their IDs.
    private var sessions: [Data: Session] = [:]

    /// Begins a session.
    ///
    /// - Returns: its ID, which only the browser keeps.
    mutating func begin(_ login: POSOrganization.Login, at now: Instant) -> String {
        sessions = sessions.filter { !Self.isOver($0.value, at: now) }
        if sessions.count >= Self.most, let oldest = sessions.min(by: { $0.value.used < $1.value.used }) {
            sessions[oldest.key] = nil
        }
        let id = Secrets.random()
        sessions[Secrets.digest(id)] = Session(login: login, begun: now, used: now)
        return id
    }

    /// The session of an ID, which goes on; nil where it is over, or its login no longer in the book as it was.
    mutating func use(_ id: String, _ book: POSBook, at now: Instant) -> Session? {
        let key = Secrets.digest(id)
        guard var session = sessions[key] else { return nil }
        let organizations = book.organizations.filter { $0.login == session.login }
        guard !Self.isOver(session, at: now), !organizations.isEmpty else {
            sessions[key] = nil
            return nil
        }
        session.used = now
        if organizations.count == 1 { session.organization = organizations[0].name }
        if !organizations.contains(where: { $0.name == session.organization }) { session.organization = nil }
        sessions[key] = session
        return session
    }

    mutating func choose(_ organization: String, _ id: String) {
        sessions[Secrets.digest(id)]?.organization = organization
    }

    mutating func end(_ id: String) { sessions[Secrets.digest(id)] = nil }

    private static func isOver(_ session: Session, at now: Instant) -> Bool {
        now >= session.used.adding(minutes: idle) || now >= session.begun.adding(hours: longest)
    }
}
