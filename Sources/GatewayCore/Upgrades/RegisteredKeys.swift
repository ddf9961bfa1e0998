import AdapterKit

/// The keys that an installation's record holds, to tell by a registration file whose it is. The file names the identity
/// that its keys are for; keys themselves are compared nowhere.
struct RegisteredKeys: Sendable {
    private let desk: AnyAdapter.KeyDesk
    /// What can be compared: a secret is masked wherever a file is read.
    private let fields: [Field]
    private let identity: [String: String]

    /// - Returns: Nil where the adapter has no keys.
    init?(_ adapter: AnyAdapter?, identity: [String: String]) {
        guard let adapter, let desk = adapter.keys else { return nil }
        self.desk = desk
        self.identity = identity
        fields = adapter.descriptor.identity.filter { !$0.secret }
    }

    /// Whose keys a file is of.
    enum Verdict: Hashable, Sendable {
        /// Those of the record: it names the whole identity, and nothing else.
        case recorded
        /// Others, by the titles of what it names otherwise.
        case others([String])
        /// It does not say.
        case unknown
    }

    /// A file as it stands.
    struct Look: Hashable, Sendable {
        var sha256: String
        var verdict: Verdict
    }

    /// Whose keys a registration file is of.
    func verdict(_ contents: [UInt8]) -> Verdict {
        guard let lines = try? desk.registration(contents) else { return .unknown }
        var named = 0
        var others: [String] = []
        for field in fields {
            guard let line = lines.first(where: { $0.title == field.title }) else { continue }
            named += 1
            // Byte for byte: Swift takes two spellings of an accented letter for equal.
            if line.value.utf8.elementsEqual((identity[field.name] ?? "").utf8) { continue }
            others.append(field.title)
        }
        if !others.isEmpty { return .others(others) }
        return named > 0 && named == fields.count ? .recorded : .unknown
    }

    /// Looks at a file. Waits for the disk.
    ///
    /// - Returns: Nil where there is none.
    /// - Throws: `DeliveryError`.
    func look(at destination: Destination) throws(DeliveryError) -> Look? {
        guard let state = try Deliveries.inspect(destination) else { return nil }
        // What is larger than any registration file, or is written just now, says nothing.
        guard let contents = try? Deliveries.contents(of: destination) else {
            return Look(sha256: state.sha256, verdict: .unknown)
        }
        return Look(sha256: FileState.sha256(contents), verdict: verdict(contents))
    }

    /// What a file names otherwise than the record. Where a person activates keys, the product writes the file itself, and
    /// may spell what it names in a way of its own: one that is as it was delivered is right then.
    ///
    /// - Parameter hash: The SHA-256 of what was delivered there; nil where nothing was.
    /// - Returns: The titles; nil where it is of no other keys, as far as it says.
    func others(_ look: Look?, delivered hash: String?, isByHand: Bool) -> [String]? {
        guard case .others(let titles) = look?.verdict, !(isByHand && look?.sha256 == hash) else { return nil }
        return titles
    }

    /// The same of a file. Waits for the disk.
    ///
    /// - Throws: `DeliveryError`.
    func others(at destination: Destination, delivered hash: String?, isByHand: Bool) throws(DeliveryError) -> [String]?
    {
        others(try look(at: destination), delivered: hash, isByHand: isByHand)
    }
}

/// What people are told of registration files that are of other keys than the record holds.
enum OtherKeys {
    /// The outcome of a refresh that left such files as they stand, as the store keeps it.
    static let outcome = "otherKeys"

    /// What is wrong with a file, behind its path; a clause.
    static func clause(_ titles: [String]) -> String {
        "holds other keys than the record (another \(titles.joined(separator: " and ")))"
    }

    /// What to look at and what to do, in whole sentences.
    static func advice(_ way: EntitlementWay, for installation: String, place: String) -> String {
        let look = "Compare it with what the product shows\(place.isEmpty ? "" : " (\(place))"). "
        let upgrade = "`\(EntitlementWay.keys.command(for: installation))`"
        guard way == .refreshAndKeys else {
            return look + "\(upgrade) with the keys that are in force puts the right file on every host."
        }
        return look
            + "Where the keys of that file are in force, `gatehouse installations set \(installation) --identity NAME=VALUE` "
            + "and then `gatehouse refresh \(installation)` take them up; where they are not, \(upgrade) with those that are "
            + "puts the right file on every host."
    }
}
