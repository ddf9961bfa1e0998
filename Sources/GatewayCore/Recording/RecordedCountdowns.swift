import AdapterKit
import GatewayProfiles
import MarkedText

/// What a profile does with what people record: a date that no countdown runs from would say nothing, and a license
/// without one that a countdown needs would let nobody in.
struct RecordedCountdowns {
    private let profile: Profile

    init(_ profile: Profile) { self.profile = profile }

    /// The dates of modules, as profiles name them.
    private static let moduleDates = "modules.expires"
    /// The dates that nobody records: they are known by asking a vendor.
    private static let known = [DateName.lastContact, .offlineActivated].map(\.rawValue)

    /// The dates that a license must have; each of a group will do.
    private var needed: [[String]] {
        profile.rules.countdowns.filter { countdown in
            !countdown.optional && !countdown.from.contains { Self.known.contains($0) || $0 == Self.moduleDates }
        }.map(\.from)
    }

    private var read: Set<String> { Set(profile.rules.countdowns.flatMap(\.from)) }

    /// What to record first: a date that the license must have, else one that is counted.
    var first: String {
        let expires = DateName.expires.rawValue
        if let group = needed.first { return group.contains(expires) ? expires : group.first ?? expires }
        return read.contains(expires) ? expires : read.sorted().first { !Self.known.contains($0) } ?? expires
    }

    /// What is wrong with values that are well formed.
    func problems(with values: [String: String], over held: Entitlement?) -> [LicenseDesk.Problem] {
        var problems: [LicenseDesk.Problem] = []
        let dates = values.filter { !Self.isOther($0.key) }
        let counted = read.subtracting(Self.known).subtracting([Self.moduleDates]).sorted()
        for name in dates.keys.sorted() where !read.contains(name) && name != DateName.validFrom.rawValue {
            let which = counted.isEmpty ? "none" : counted.joined(separator: ", ")
            problems.append(
                LicenseDesk.Problem(
                    value: name,
                    message: "No countdown of the profile \(profile.name) runs from \(name): it counts \(which)."))
        }
        // Of a date that is misspelled or taken away it is told already.
        for group in needed where problems.isEmpty {
            let isThere = group.contains { name in
                dates[name].map { $0 != ByHandSheet.none } ?? (held?.dates[name] != nil)
            }
            guard !isThere else { continue }
            problems.append(
                LicenseDesk.Problem(
                    value: group.first,
                    message:
                        "The license needs \(group.joined(separator: " or ")): a countdown of the profile \(profile.name) "
                        + "runs from it, and without it nobody is let in."))
        }
        let pools = profile.seats.pools.keys.sorted()
        for name in values.keys.sorted() where name.hasPrefix(ByHandSheet.seats) {
            let pool = String(name.dropFirst(ByHandSheet.seats.count))
            guard !pools.contains(pool), held?.seats.contains(where: { $0.name == pool }) != true,
                let near = nearest(to: pool, among: pools)
            else { continue }
            problems.append(
                LicenseDesk.Problem(
                    value: name,
                    message: "The profile \(profile.name) has no seats \(quoted(pool)): did you mean \(quoted(near))?"))
        }
        return problems
    }

    private static func isOther(_ name: String) -> Bool {
        name == ByHandSheet.modules || name == ByHandSheet.edition || name.hasPrefix(ByHandSheet.seats)
    }
}
