import AdapterKit
import MarkedYAML
import VendorFormats

/// Stands in for the server that activates perpetual Sage 300, to the protocol page `module-keys`.
final class PerpetualStandIn: StandIn {
    static let name = "sage300-perpetual"
    static let title = "Sage 300 perpetual"

    private let shelf: RecordShelf<PerpetualRecord>
    private let grants = EntitlementGrants()
    private let desk: ActivationDesk

    convenience init() { self.init(RecordShelf(), Activations()) }

    private init(_ shelf: RecordShelf<PerpetualRecord>, _ activations: Activations) {
        self.shelf = shelf
        desk = ActivationDesk(
            purpose: "module-keys/activation", fields: PerpetualRecord.fields, activations: activations)
    }

    /// A license with its releases is one customer's.
    var count: Int { shelf.count }

    var endpoints: [Endpoint] {
        desk.endpoints(
            match: { self.match($0) },
            record: { (try self.grants.grant(self.shelf.records[$0], at: $0, on: $1), self.shelf.records[$0]) })
    }

    static func shape(after previous: PerpetualStandIn?, at now: Instant) -> Shape<PerpetualStandIn> {
        RecordShelf.shape(
            of: PerpetualRecord.shape(at: now),
            advice: "give each release of a license an entry of its own, and each license a serialNumber"
        ).map { PerpetualStandIn($0, previous?.desk.activations ?? Activations()) }
    }

    /// Compares in the order of the protocol page, byte for byte.
    private func match(_ question: ActivationQuestion) -> KeyMatch {
        guard let license = shelf.licenses(of: question.bytes("serialNumber")) else {
            return .refused(field: "serialNumber", reason: "unknown")
        }
        guard let place = license[question.bytes("release")] else {
            return .refused(field: "release", reason: "mismatch")
        }
        let modules = shelf.records[place].modules
        for module in modules {
            let name = "activationKey." + module.code
            guard question.keys[name] != nil else { return .refused(field: name, reason: "missing") }
            guard question.bytes(name) == Array(module.activationKey.utf8) else {
                return .refused(field: name, reason: "mismatch")
            }
        }
        let known = Set(modules.map { "activationKey." + $0.code })
        let stranger = question.keys.keys.filter { $0.hasPrefix("activationKey.") && !known.contains($0) }.min()
        return stranger.map { .refused(field: $0, reason: "unknown") } ?? .place(place)
    }
}
