import AdapterKit

extension Entitlement {
    /// What is granted otherwise than before, in a line; all of it where nothing was granted before.
    func changes(since before: Entitlement?) -> String {
        guard let before else { return terms }
        var changes: [String] = []
        func compare(_ old: [String: String], _ new: [String: String]) {
            for name in Set(old.keys).union(new.keys).sorted() where old[name] != new[name] {
                switch (old[name], new[name]) {
                case (let old?, let new?): changes.append("\(name) \(old) → \(new)")
                case (nil, let new?): changes.append("\(name) \(new) is new")
                default: changes.append("\(name) \(old[name] ?? "") is gone")
                }
            }
        }
        compare(before.dates.mapValues(\.description), dates.mapValues(\.description))
        compare(before.counts, counts)
        let (old, new) = (before.modulesByCode, modulesByCode)
        let added = modules.filter { old[$0.code] == nil }
        let gone = before.modules.filter { new[$0.code] == nil }
        if !added.isEmpty { changes.append("modules added: \(added.map(\.code).joined(separator: ", "))") }
        if !gone.isEmpty { changes.append("modules gone: \(gone.map(\.code).joined(separator: ", "))") }
        for module in modules {
            guard let earlier = old[module.code], earlier.expires != module.expires else { continue }
            changes.append("module \(module.code) ends \(earlier.end) → \(module.end)")
        }
        compare(
            ["edition": before.edition, "vendor's record": before.vendorStatus?.rawValue].compactMapValues { $0 },
            ["edition": edition, "vendor's record": vendorStatus?.rawValue].compactMapValues { $0 })
        if isUnverified != before.isUnverified { changes.append(isUnverified ? "now unverified" : "now verified") }
        compare(before.details, details)
        return changes.isEmpty ? "the same terms again" : changes.joined(separator: "; ")
    }

    private var terms: String {
        var terms = dates.sorted { $0.key < $1.key }.map { "\($0.key) \($0.value)" }
        terms += seats.map { "\($0.count) \($0.name)" }
        if let edition { terms.append("edition \(edition)") }
        if !modules.isEmpty {
            let codes = modules.map { $0.expires == nil ? $0.code : "\($0.code) (until \($0.end))" }
            terms.append("modules \(codes.joined(separator: ", "))")
        }
        if isUnverified { terms.append("unverified") }
        return terms.isEmpty ? "no dates, seats or modules" : terms.joined(separator: "; ")
    }

    private var counts: [String: String] {
        Dictionary(seats.map { ($0.name, "\($0.count)") }, uniquingKeysWith: { first, _ in first })
    }

    private var modulesByCode: [String: Module] {
        Dictionary(modules.map { ($0.code, $0) }, uniquingKeysWith: { first, _ in first })
    }
}

extension Entitlement.Module {
    fileprivate var end: String { expires?.description ?? "with the whole" }
}
