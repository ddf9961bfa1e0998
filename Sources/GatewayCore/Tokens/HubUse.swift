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
    /// The tree of a customer's servers. Names are compared without case, as people write them.
    init(of servers: [Server], customer: String) {
        var byName: [String: String] = [:]
        var problems: [String] = []
        for server in servers {
            guard let name = server.license?.serverName else { continue }
            if let other = byName[name.lowercased()] {
                problems.append(
                    "\(server.installation) and \(other) are both the server \(name): which of them is a hub is not known."
                )
            } else {
                byName[name.lowercased()] = server.installation
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
            guard let above = byName[hub.lowercased()] else {
                let url = license.hubURL.map { " (\($0))" } ?? ""
                problems.append(
                    "\(server.installation) connects to the hub \(hub)\(url), and no licensed server of \(customer) has that "
                        + "name: authorize it, or correct the hub at the authorization server.")
                continue
            }
            hubs[server.installation] = above
        }
        // Whoever can't be followed up to a root goes in a circle.
        var circular: Set<String> = []
        for server in servers {
            var path: [String] = [server.installation]
            while let above = hubs[path[path.count - 1]], !circular.contains(above) {
                if let start = path.firstIndex(of: above) {
                    let circle = path[start...]
                    problems.append(
                        "The hubs go in a circle: " + (circle + [above]).joined(separator: " → ")
                            + ". Correct one of them at the authorization server.")
                    circular.formUnion(circle)
                    break
                }
                path.append(above)
            }
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
