import GatewayAPI
import GatewayProfiles
import GatewayStore

extension SessionSelection {
    /// The ID of the session that is meant; nil where none is open that fits.
    ///
    /// - Throws: ``CallError`` `conflict` where several are.
    func resolve(in context: CallContext) async throws -> String? {
        if let id { return id }
        guard let installation, let user else {
            throw CallError(
                .invalid, "Name the session (--session ID), or the installation and the user (ID --user U).")
        }
        _ = try await context.installation(installation)
        let found = try await context.store.sessions(
            of: installation, in: context.scope, at: context.now,
            SessionFilter(user: user, pool: pool, host: host, limit: 2))
        switch found.count {
        case 1: return found[0].id
        case 0: return nil
        default:
            throw CallError(
                .conflict,
                "\(user) has several sessions open at \(installation): name one with --session, or its --pool and --host."
            )
        }
    }

    /// That none is open, for people.
    var told: String { "\(user ?? "") has no session open at \(installation ?? "") that fits" }

    /// What of a session is not as it was named; nil where all is.
    func mismatch(_ held: SessionRecord) -> String? {
        let wrong = [
            ("installation", installation, held.installation), ("user", user, held.user), ("pool", pool, held.pool),
            ("host", host, held.host),
        ].first { _, named, is_ in named.map { $0 != is_ } ?? false }
        return wrong.map { what, named, _ in
            "The session \"\(held.id)\" is open, but not with the \(what) \"\(named ?? "")\". Nothing was changed."
        }
    }
}

extension SessionView {
    init(_ record: SessionRecord, for caller: Caller) {
        self.init(
            session: record.id, installation: record.installation, user: caller.seesUsers ? record.user : "",
            pool: record.pool, host: record.host, modules: record.modules, since: record.since, until: record.until,
            administrator: record.kind.contains(.administrator), overLimit: record.kind.contains(.overLimit))
    }
}

/// What names of users, pools and hosts are made of.
enum SeatText {
    /// Whether a text can name a pool or a module.
    static func isName(_ text: String) -> Bool { SeatRules.isName(text) }

    static func problems(user: String, pool: String, host: String = "") -> [String] {
        var problems: [String] = []
        if user.isEmpty || !isPlain(user, atMost: 128) {
            problems.append("A user is named by 1 to 128 characters, none of them a control character.")
        }
        if !isName(pool) {
            problems.append("The pool \"\(pool)\" must be named by letters, digits, dots, hyphens and _ alone.")
        }
        if !isPlain(host, atMost: 255) {
            problems.append("A host is named by at most 255 characters, none of them a control character.")
        }
        return problems
    }

    private static func isPlain(_ text: String, atMost count: Int) -> Bool {
        text.unicodeScalars.count <= count
            && text.unicodeScalars.allSatisfy { $0.properties.generalCategory != .control }
    }
}
