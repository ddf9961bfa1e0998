import AdapterKit
import MarkedText
import MarkedYAML
import VendorFormats

/// Stands in for the server that activates perpetual Sage 300, to the protocol page `module-keys`.
final class PerpetualStandIn: StandIn {
    static let name = "sage300-perpetual"
    static let title = "Sage 300 perpetual"

    private let records: [PerpetualRecord]
    /// By the bytes of the serial number, then of the release: texts that Unicode takes for equal are two customers.
    private let places: [[UInt8]: [[UInt8]: Int]]
    private let grants = EntitlementGrants()
    private let desk: ActivationDesk

    convenience init() { self.init([], Activations()) }

    private init(_ records: [PerpetualRecord], _ activations: Activations) {
        self.records = records
        places = records.indices.reduce(into: [:]) { places, index in
            let record = records[index]
            places[Array(record.serialNumber.utf8), default: [:]][Array(record.release.utf8)] = index
        }
        desk = ActivationDesk(
            purpose: "module-keys/activation", fields: PerpetualRecord.fields, activations: activations)
    }

    var count: Int { places.count }

    var endpoints: [Endpoint] {
        desk.endpoints(
            match: { self.match($0) },
            record: { place, day in
                (try self.grants.grant(self.records[place], at: place, on: day), self.records[place])
            })
    }

    static func shape(after previous: PerpetualStandIn?, at now: Instant) -> Shape<PerpetualStandIn> {
        Shape { node, diagnostics in
            let entries = Shape.list(of: .marked(PerpetualRecord.shape(at: now))).read(node, into: &diagnostics)
            guard let entries else { return nil }
            var places: [[[UInt8]]: Mark] = [:]
            for entry in entries {
                let identity = entry.value.identity.map { Array($0.value.utf8) }
                if let first = places.updateValue(entry.mark, forKey: identity) {
                    diagnostics.error(
                        "a second entry has serialNumber and release of the one on line \(first.line)", at: entry.mark,
                        help: "give each release of a license an entry of its own, and each license a serialNumber")
                }
            }
            return PerpetualStandIn(entries.map(\.value), previous?.desk.activations ?? Activations())
        }
    }

    /// Compares in the order of the protocol page, byte for byte.
    private func match(_ question: ActivationQuestion) -> KeyMatch {
        guard let license = places[question.bytes("serialNumber")] else {
            return .refused(field: "serialNumber", reason: "unknown")
        }
        guard let place = license[question.bytes("release")] else {
            return .refused(field: "release", reason: "mismatch")
        }
        let modules = records[place].modules
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
