import AdapterKit
import Hummingbird

extension POSStandIn {
    /// The organization's devices with their licenses.
    func devicesPage(_ visit: Visit, _ fields: FormFields) -> VendorAnswer {
        organization(visit, fields).answer { organization in
            let states = states(of: organization, visit)
            let cards = zip(organization.devices, states).map { Self.card($0, $1, at: visit.now) }
            let page = POSPage(visit, title: "Devices", at: POSPath.devices, beginsAtHeading: true) {
                cards.isEmpty
                    ? "<p>The organization has no devices in the book of the stand-in.</p>"
                    : cards.joined(separator: "\n")
            }
            return visit.page(200, page.html)
        }
    }

    private static func card(_ device: POSDevice, _ state: DeviceState, at now: Instant) -> String {
        var facts: [(String, String)] = [
            ("License Status", state.label), ("Server ID", device.serverID), ("Edition", device.edition.rawValue),
            ("Features", device.features.joined(separator: ", ")),
        ]
        if let hub = device.hubName { facts.append(("Hub Server Name", hub)) }
        if let hub = device.hubURL { facts.append(("Hub Server URL", hub)) }
        if let day = device.renewsOn?.day(on: now.day) { facts.append(("License Renewal Date", day.description)) }
        if case .authorized(let end) = state { facts.append(("Good until", shown(end))) }
        if let license = state.license {
            facts.append(("Acquired", shown(license.acquired)))
            facts.append(("Last refreshed", shown(license.refreshed)))
            let end = license.tokens.map(\.expires).filter { now < $0 }.max()
            facts.append(("Token Expiry", end.map(shown) ?? "no token is good any more"))
        }
        let rows = facts.map { "<dt>\($0.0)</dt><dd>\(HTMLPage.escaped($0.1))</dd>" }.joined(separator: "\n")
        let name = HTMLPage.escaped(device.name)
        let link = POSPath.link(POSPath.remove, ["device": device.serverID])
        let removal = "<p><a href=\"\(HTMLPage.escaped(link))\">Remove the license of \(name)</a></p>"
        return """
            <section>
            <h2>\(name)</h2>
            <dl>
            \(rows)
            </dl>
            \(state.isRemovable ? removal : "")
            </section>
            """
    }

    // MARK: Removing

    func removalPage(_ visit: Visit, _ fields: FormFields) -> VendorAnswer {
        organization(visit, fields).answer { organization in
            guard let device = organization.devices.first(where: { $0.serverID == fields["device"] }) else {
                return refusal(visit, 422, "The organization has no such device.")
            }
            let page = POSPage(visit, title: "Remove the license of \(device.name)?", beginsAtHeading: true) {
                """
                <p>The tokens of its server are revoked: it refreshes no more, and stops when the last one ends. Then the \
                device can be authorized again.</p>
                \(POSPage.form(
                    visit, POSPath.remove,
                    """
                    \(POSPage.hidden("device", device.serverID))\
                    <p class="buttons"><button type="submit">Remove the license</button>
                    <a href="\(POSPath.link(POSPath.devices))">Keep it</a></p>
                    """))
                """
            }
            return visit.page(200, page.html)
        }
    }

    func remove(_ visit: Visit, _ fields: FormFields) -> VendorAnswer {
        organization(visit, fields).answer { organization in
            guard let device = organization.devices.first(where: { $0.serverID == fields["device"] }) else {
                return refusal(visit, 422, "The organization has no such device. Nothing was changed.")
            }
            office.work(by: book, at: visit.now) { state in
                state.codes.withdraw(device.serverID, at: visit.now)
                if let license = state.licenses.license(of: device.serverID) {
                    state.licenses.end(license.id, .removed, at: visit.now)
                }
            }
            return visit.redirect(POSPath.link(POSPath.devices))
        }
    }
}
