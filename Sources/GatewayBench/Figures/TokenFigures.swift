/// Checks of tokens a second, by one caller: new ones against the bare check of their signatures, ones seen before against
/// new ones.
struct TokenFigures {
    let workspace: Workspace
    let options: Measure

    func figures() throws -> [Figure] {
        try SigningKey.Algorithm.allCases.flatMap { algorithm in
            let name = algorithm.rawValue
            let count = options.scaled(algorithm == .RS256 ? 3000 : 6000)
            var new = Series("tokens that are new, \(name)")
            var seen = Series("tokens that were seen before, \(name)")
            var bare = Series("the bare check of their signatures (swift-crypto)")
            for round in 1...options.rounds {
                Measure.tell("  tokens \(name), round \(round) of \(options.rounds)")
                new.addRate(try role(.new, name, count, round))
                bare.addRate(try role(.bare, name, count, round))
                seen.addRate(try role(.seen, name, options.scaled(200_000), round))
            }
            return [
                Figure(
                    "new tokens, \(name)", new, against: bare, .atLeast(0.35), unit: .perSecond,
                    notes: ["signature, issuer, audience, times, edition, hub and revocation, through the one door"]),
                Figure(
                    "tokens seen before, \(name)", seen, against: new, .atLeast(20), unit: .perSecond,
                    notes: ["of a hundred, in a store that others may write to: it is asked each time whether they did"]
                ),
            ]
        }
    }

    private func role(_ what: TokensRole.What, _ algorithm: String, _ count: Int, _ round: Int) throws -> RoleReport {
        try workspace.role(
            "role-tokens", what.rawValue, algorithm, "--folder",
            workspace.path("tokens-\(what.rawValue)-\(algorithm)-\(round)"), "--profiles", workspace.profiles,
            "--count", String(count))
    }
}
