import GatewayProfiles
import GatewayStore

/// Where an installation's files go, by its profile and its site as they are now, and what Gatehouse delivered there.
struct DeliveryPlaces: Sendable {
    /// Where the adapter's deliveries go, by their names.
    let destinations: [String: [Destination]]
    /// What Gatehouse delivered for the installation, by path.
    let delivered: [String: DeliveredFile]

    /// A guess at a file's size for the check of free space, in bytes.
    private static let expectedSize = 256 * 1024

    /// - Parameter onlyDelivered: Whether only what was delivered counts: where files come with keys that are activated,
    ///   and a refresh brings none.
    /// - Throws: `DeliveryError` where the templates can't be filled, or lead out of the allowed roots.
    init(
        _ profile: Profile, of record: InstallationRecord, delivered: [DeliveredFile], roots: [String],
        onlyDelivered: Bool = false
    ) throws(DeliveryError) {
        self.delivered = Dictionary(delivered.map { ($0.path, $0) }, uniquingKeysWith: { first, _ in first })
        var destinations: [String: [Destination]] = [:]
        if onlyDelivered {
            for file in delivered {
                destinations[file.delivery, default: []].append(try Destination.resolve(path: file.path, roots: roots))
            }
            self.destinations = destinations
            return
        }
        for (name, template) in profile.deliveries {
            let paths = try DeliveryTemplate.expand(
                template, profile.templates[name], site: record.site, identity: record.identity)
            var found: [Destination] = []
            for path in paths { found.append(try Destination.resolve(path: path, roots: roots)) }
            destinations[name] = found
        }
        self.destinations = destinations
    }

    /// All places.
    var all: [Destination] { destinations.values.flatMap { $0 } }

    /// Whether Gatehouse delivered to every place. Where it did not, the vendor is asked for everything anew.
    var isInPlace: Bool {
        destinations.values.allSatisfy { $0.allSatisfy { delivered[$0.path] != nil } }
    }

    /// Makes sure that no place is where Gatehouse delivers for another installation.
    ///
    /// - Throws: `DeliveryError` `foreign`.
    func checkOwners(_ store: Store) async throws {
        if isInPlace { return }
        for place in all where delivered[place.path] == nil {
            guard let other = try await store.installation(delivering: place.path) else { continue }
            throw DeliveryError(
                .foreign, place.path,
                "\(place.path) is where Gatehouse delivers for the installation \(other); one file can't serve two: "
                    + "give each a site of its own")
        }
    }

    /// Looks at what is there, and makes sure that files could be put there. Waits for the disk.
    ///
    /// - Returns: the hashes of the files, by path.
    func look(adopt: Bool) throws(DeliveryError) -> [String: String] {
        var found: [String: String] = [:]
        for place in all {
            found[place.path] = try Self.look(at: place, isKnown: delivered[place.path] != nil, adopt: adopt)
        }
        return found
    }

    private static func look(at place: Destination, isKnown: Bool, adopt: Bool) throws(DeliveryError) -> String? {
        let there = try Deliveries.checkWritable(place, bytes: expectedSize, probes: !isKnown)
        if !adopt, !isKnown, there != nil {
            // The plan tells of a foreign file in its own words; an empty one differs from any.
            _ = try Deliveries.plan(
                operation: "check", [WantedFile(destination: place, contents: [], recorded: nil)])
        }
        return there?.sha256
    }
}
