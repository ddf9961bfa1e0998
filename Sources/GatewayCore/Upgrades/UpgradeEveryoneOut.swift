import AdapterKit
import GatewayAPI
import GatewayProfiles
import GatewayStore

extension UpgradeRun {
    /// How often is looked whether everyone is out, in milliseconds.
    private static let look = 2000

    /// Who is still in, for who may see users; and what is written down of it, which names nobody, since it could not be
    /// erased.
    struct StillIn {
        var shown: String
        var kept: String
    }

    /// Waits until nobody is in, before anything is changed.
    ///
    /// - Throws: ``CallError`` `conflict` that says who still is.
    func everyoneOut() async throws {
        guard let stillIn = try await waitUntilOut() else { return try await tell("everyoneOut", "nobody is in") }
        throw CallError(.conflict, "\(notOut(stillIn.kept)), and begin again.")
    }

    /// Closes an upgrade's installation and waits until nobody is in, before it is gone on with or put back: people may
    /// have been let in since it was interrupted.
    ///
    /// - Throws: ``CallError`` `conflict` that says who still is. It is left as it was found then.
    func everyoneOutAgain() async throws {
        let wasClosed = try await store.closeAgain(
            id, on: installation.id, for: closedFor,
            note: note("everyoneOut", "nobody new is let in before it is gone on with"))
        do {
            guard let stillIn = try await waitUntilOut() else { return try await tell("everyoneOut", "nobody is in") }
            try await tell("everyoneOut", stillIn.kept)
            throw CallError(.conflict, "\(notOut(stillIn.shown)), and try again. Nothing was changed by this.")
        } catch {
            try await store.leaveInterrupted(
                id, on: installation.id, letsIn: !wasClosed, message: "It was not gone on with: somebody was in.",
                note: note("interrupted", "not everyone is out"))
            throw error
        }
    }

    /// Waits until nobody is in, as far as sessions and the profile's command tell.
    ///
    /// - Returns: Who still is when the profile's limit has passed; nil where nobody is.
    func waitUntilOut() async throws -> StillIn? {
        let until = context.now.adding(minutes: minutesToWait)
        while true {
            guard let stillIn = try await whoIsIn() else { return nil }
            context.progress(Progress(done: 0, total: 0, latest: "everyoneOut: \(stillIn.shown)"))
            guard context.now < until else { return stillIn }
            try await gateway.surroundings.pause(Self.look)
        }
    }

    private var minutesToWait: Int { waits ? rules.everyoneOut : 0 }

    /// Says who is in, and how to have them out; without a full stop.
    func notOut(_ who: String) -> String {
        let minutes = minutesToWait
        let after = minutes == 0 ? "" : minutes == 1 ? " after a minute" : " after \(minutes) minutes"
        return "Not everyone is out\(after): \(who). Ask them to leave, or end their sessions (`gatehouse seats list "
            + "\(installation.id)`, `gatehouse seats end`)"
    }

    /// Who is still in; nil where nobody is.
    private func whoIsIn() async throws -> StillIn? {
        let sessions = try await store.sessions(
            of: installation.id, in: .portfolio, at: context.now, SessionFilter(limit: 11))
        if !sessions.isEmpty {
            let open = "sessions are open"
            guard context.caller.seesUsers else { return StillIn(shown: open, kept: open) }
            let names = sessions.prefix(10).map { $0.host.isEmpty ? $0.user : "\($0.user) on \($0.host)" }
            let others = sessions.count > 10 ? " and others" : ""
            return StillIn(shown: "there are \(names.joined(separator: ", "))\(others)", kept: open)
        }
        guard !rules.idle.isEmpty else { return nil }
        let result = try await command(rules.idle).run()
        guard !result.succeeded else { return nil }
        let says = "the idle command says no"
        return StillIn(
            shown: context.caller.seesUsers ? "\(says): \(result.told)" : says, kept: "\(says): \(result.ended)")
    }

    /// A command of the profile's, with the site's folders in it.
    func command(_ words: [String]) -> CommandRun {
        CommandRun(
            words: words.map { word in
                installation.site.reduce(word) { word, place in
                    let folders = place.value.map { SitePlace($0).folder }.joined(separator: ",")
                    return word.replacing("{site.\(place.key)}", with: folders)
                }
            }, limit: rules.commandSeconds)
    }
}
