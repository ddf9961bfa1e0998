import AdapterKit
import GatewayAPI
import GatewayProfiles
import GatewayStore

extension ShowHubs: PerformedCall {
    func perform(in context: CallContext) async throws -> HubTree {
        _ = try await ShowCustomer(id: customer).perform(in: context)
        var servers: [HubTree.Server] = []
        var last: String?
        repeat {
            let page = try await context.store.installations(
                .customer(customer), in: context.scope, after: last, limit: 512)
            for record in page {
                guard let profile = context.gateway.profiles.profiles[record.profile],
                    context.gateway.isOnTokens(profile),
                    let result = try await context.standing(of: record.id, at: .now)
                else { continue }
                let entitlement = try await context.store.entitlement(of: record.id, in: context.scope)
                servers.append(
                    HubTree.Server(
                        installation: record.id,
                        license: entitlement.flatMap { TokenReading(details: $0.details, edition: $0.edition) },
                        standing: result.standing.label, access: result.standing.access))
            }
            last = page.count == 512 ? page.last?.id : nil
        } while last != nil
        return HubTree(of: servers, customer: customer)
    }
}

extension HubTree {
    /// A server as hubs are named: by a name that is there once in an organization, compared without case, as people
    /// write it.
    private struct Name: Hashable {
        var organization: String
        var name: String

        init(_ name: String, of license: TokenReading) {
            organization = license.organization ?? ""
            self.name = name.lowercased()
        }
    }

    /// The tree of a customer's servers.
    init(of servers: [Server], customer: String) {
        var byName: [Name: String] = [:]
        var problems: [String] = []
        for server in servers {
            guard let license = server.license, let name = license.serverName else { continue }
            let key = Name(name, of: license)
            if let other = byName[key] {
                problems.append(
                    "\(server.installation) and \(other) are both the server \(name): which of them is a hub is not known."
                )
            } else {
                byName[key] = server.installation
            }
        }
        var hubs: [String: String] = [:]
        for server in servers {
            guard let license = server.license, let hub = license.hubName, !hub.isEmpty else {
                if server.license == nil {
                    problems.append("\(server.installation) has no license, so its hub is not known.")
                }
                continue
            }
            guard let above = byName[Name(hub, of: license)] else {
                let url = license.hubURL.map { " (\($0))" } ?? ""
                let organization = license.organization.map { " in \($0)" } ?? ""
                problems.append(
                    "\(server.installation) connects to the hub \(hub)\(url), and no licensed server of \(customer) has that "
                        + "name\(organization): authorize it, or correct the hub at the authorization server.")
                continue
            }
            hubs[server.installation] = above
        }
        // Whoever can't be followed up to a root goes in a circle. Each is followed once.
        var circular: Set<String> = []
        var followed: Set<String> = []
        for server in servers {
            var path: [String] = []
            var places: [String: Int] = [:]
            var next: String? = server.installation
            while let name = next, followed.insert(name).inserted {
                places[name] = path.count
                path.append(name)
                next = hubs[name]
            }
            guard let next, let start = places[next] else { continue }
            let circle = path[start...]
            problems.append(
                "The hubs go in a circle: " + (circle + [next]).joined(separator: " → ")
                    + ". Correct one of them at the authorization server.")
            circular.formUnion(circle)
        }
        // The servers of a circle stand side by side, so that each is in the tree once.
        var below: [String: [Server]] = [:]
        for server in servers where !circular.contains(server.installation) {
            if let above = hubs[server.installation] { below[above, default: []].append(server) }
        }
        func grown(_ server: Server) -> Server {
            var server = server
            server.below = (below[server.installation] ?? []).map(grown)
            return server
        }
        let roots = servers.filter { hubs[$0.installation] == nil || circular.contains($0.installation) }
        self.init(customer: customer, roots: roots.map(grown), problems: problems)
    }
}
