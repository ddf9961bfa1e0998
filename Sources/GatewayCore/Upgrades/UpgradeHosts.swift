import AdapterKit
import Foundation
import GatewayProfiles
import GatewayStore

/// A file that an upgrade puts on a host.
struct HostFile: Hashable, Sendable {
    /// Its number, from 1.
    var number: Int
    /// The host's name: `server` for the installation's own.
    var host: String
    /// Which of the adapter's deliveries it is.
    var delivery: String
    /// Where it goes.
    var destination: Destination

    /// The host of what no site names another for.
    static let server = "server"

    /// Where a profile's deliveries go on the hosts that an installation's site names. Waits for the disk.
    ///
    /// - Throws: `DeliveryError`.
    static func all(
        _ profile: Profile, of record: InstallationRecord, roots: [String]
    ) throws(DeliveryError) -> [HostFile] {
        var files: [HostFile] = []
        for (delivery, template) in profile.deliveries.sorted(by: { $0.key < $1.key }) {
            for (host, site) in sites(record.site, in: profile.templates[delivery]) {
                let paths = try DeliveryTemplate.expand(
                    template, profile.templates[delivery], site: site, identity: record.identity)
                for path in paths {
                    var destination = try Destination.resolve(path: path, roots: roots)
                    if profile.ignoresCase { destination = try destination.matchingNames() }
                    files.append(
                        HostFile(number: files.count + 1, host: host, delivery: delivery, destination: destination))
                }
            }
        }
        return files
    }

    /// A site for each host that a template leads to. A list that the site lacks leads nowhere.
    private static func sites(
        _ site: [String: [String]], in template: DestinationTemplate?
    ) -> [(host: String, site: [String: [String]])] {
        for case .site(let name) in template?.parts ?? [] {
            guard let values = site[name], !values.isEmpty else { return [] }
            guard values.contains(where: { SitePlace($0).host != nil }) else { continue }
            return values.map { value in
                (SitePlace(value).host ?? server, site.merging([name: [value]]) { $1 })
            }
        }
        return [(server, site)]
    }
}

extension UpgradeFileRecord {
    /// How the new file is put there, as the plan of a delivery of its own; nil before that is known.
    func deliveryPlan(of operation: String) throws -> DeliveryPlan? {
        guard let plan else { return nil }
        return DeliveryPlan(operation: operation, files: [try JSONDecoder().decode(PlannedFile.self, from: plan)])
    }

    /// Where it stands, as it was written down at the snapshot: whatever profile and site name by now.
    func destination(roots: [String]) throws -> Destination {
        if let plan { return try JSONDecoder().decode(PlannedFile.self, from: plan).destination }
        return try Destination.resolve(path: path, roots: roots)
    }
}

extension Profile {
    /// The deliveries that lead somewhere, by name: one to places that a site need not have leads nowhere without them,
    /// unless there is no other.
    func deliveries(
        of descriptor: AdapterDescriptor?, at site: [String: [String]]
    ) -> [(name: String, template: String)] {
        let optional = Set((descriptor?.site ?? []).filter { !$0.required }.map(\.name))
        let all = deliveries.sorted { $0.key < $1.key }.map { (name: $0.key, template: $0.value) }
        let leading = all.filter { delivery in
            (templates[delivery.name]?.parts ?? []).allSatisfy { part in
                guard case .site(let place) = part, optional.contains(place) else { return true }
                return site[place]?.isEmpty == false
            }
        }
        return leading.isEmpty ? all : leading
    }
}

extension Deliveries {
    /// What a file holds; nil where there is none.
    ///
    /// - Parameter most: The most bytes: of a larger one none are taken.
    static func contents(of destination: Destination, most: Int = 1 << 20) throws(DeliveryError) -> [UInt8]? {
        let folder = try DeliveryFolder(of: destination)
        guard let state = try FileState.read(destination.name, in: folder.descriptor, path: destination.path) else {
            return nil
        }
        guard state.size <= most else {
            throw DeliveryError(
                .io, destination.path,
                "\(DeliveryError.quoted(destination.path)) has \(state.size) bytes, and a registration file at most \(most)"
            )
        }
        do {
            let file = try OpenDescriptor(
                opening: destination.name, in: folder.descriptor, OpenDescriptor.readsPlainFile)
            var bytes: [UInt8] = []
            while bytes.count <= most {
                let more = try file.read(upTo: 1 << 16)
                if more.isEmpty { break }
                bytes += more
            }
            guard FileState.sha256(bytes) == state.sha256 else { throw DeliveryError.changedMeanwhile(destination) }
            return bytes
        } catch let error as DeliveryError {
            throw error
        } catch let error as SystemFailure {
            throw .system(error, destination.path, "can't be read")
        } catch {
            throw DeliveryError(.io, destination.path, "\(error)")
        }
    }
}
