import AdapterKit
import GatewayAPI
import GatewayCore

/// A customer's sheet as it is printed, on paper that nobody can scroll: 80 columns of plain text, whatever the
/// terminal is.
struct SheetText {
    private let sheet: CustomerSheet
    private let zone: Zone

    /// The columns of a page.
    static let width = 80

    init(_ sheet: CustomerSheet) throws {
        self.sheet = sheet
        zone = try ZoneDatabase().zone(named: sheet.customer.timeZone)
    }

    /// The lines, none longer than the page.
    var lines: [String] {
        let customer = sheet.customer
        var head = LabeledLines()
        if let archived = customer.archived {
            head.add(
                "Archived",
                "since \(zone.wallTime(archived)): the customer and all installations are no longer looked after")
        }
        for role in ContactRole.allCases {
            let contacts = sheet.contacts.filter { $0.role == role }
            for contact in contacts { head.add(role.title, Self.text(contact)) }
            if contacts.isEmpty { head.add(role.title, "nobody is on record") }
        }
        if !customer.notes.isEmpty { head.add("Notes", customer.notes) }
        var lines = Self.heading("\(customer.name) (\(customer.id)): licenses", "=")
        lines += LabeledLines.wrap(
            "As of \(zone.wallTime(sheet.at)); all times in \(zone.name). Printed from Gatehouse, for when it can't be "
                + "asked: what changed since is not on it.", Self.width)
        lines += [""] + head.text(width: Self.width)
        if sheet.installations.isEmpty, customer.archived == nil { lines += ["", "There are no installations."] }
        for installation in sheet.installations { lines += [""] + section(installation) }
        return lines
    }

    /// A heading as Markdown knows it, too.
    private static func heading(_ text: String, _ underline: Character) -> [String] {
        LabeledLines.wrap(text, width) + [String(repeating: underline, count: min(width, CellText.width(text)))]
    }

    private static func text(_ contact: ContactView) -> String {
        [contact.name, contact.phone, contact.email].filter { !$0.isEmpty }.joined(separator: ", ")
    }

    private func section(_ installation: CustomerSheet.Installation) -> [String] {
        let (view, explanation) = (installation.view, installation.explanation)
        let product = view.product ?? "profile \(view.profile)"
        let name = view.facts.name.isEmpty ? view.id : "\(view.facts.name) (\(view.id))"
        var lines = LabeledLines()
        let standing = explanation.standing
        lines.add("Standing", "\(standing.label), \(standing.access.phrase)")
        if standing.isUnverified {
            lines.add("Standing", "Unverified: a person recorded what is held, and no vendor proved it.")
        }
        for message in standing.messages { lines.add("Standing", message) }
        if let entitlement = view.entitlement {
            for (name, date) in entitlement.dates.sorted(by: { $0.key < $1.key }) {
                lines.add("Dates", "\(name) \(date)")
            }
            let seats = entitlement.seats.map { "\($0.count) \($0.name)" }.joined(separator: ", ")
            if !seats.isEmpty { lines.add("Seats", seats) }
            let modules = entitlement.modules.map { module in
                module.code + (module.expires.map { " until \($0)" } ?? "")
            }
            if !modules.isEmpty { lines.add("Modules", modules.joined(separator: ", ")) }
        } else {
            lines.add("Dates", "nothing is held")
        }
        for change in explanation.next {
            let message = change.message.map { ". \($0)" } ?? ""
            lines.add("What then", "\(change.local) \(change.label) (\(change.level.rawValue))\(message)")
        }
        for value in view.identity { lines.add("Identity", "\(value.title): \(value.value)") }
        if let place = view.place, !place.isEmpty { lines.add("Where", place) }
        for file in explanation.files { lines.add("Files", file.path) }
        if explanation.files.isEmpty {
            for (name, values) in view.site.sorted(by: { $0.key < $1.key }) {
                for value in values { lines.add("Site", "\(name) \(value)") }
            }
        }
        if let due = explanation.refresh.due { lines.add("Refresh", "due \(zone.wallTime(due))") }
        if let vendor = explanation.vendor { lines.add("Vendor", vendor.address) }
        for order in explanation.orders {
            let reference = order.reference.isEmpty ? "" : " \(order.reference)"
            lines.add(
                "Order",
                "\(order.state.rawValue)\(reference), expected by \(zone.wallTime(order.until)): "
                    + OrdersList.text(order.items))
        }
        let bought = [view.facts.term?.rawValue, view.facts.price?.description].compactMap { $0 }
        if !bought.isEmpty { lines.add("Bought", bought.joined(separator: ", ")) }
        if let owner = view.facts.owner { lines.add("Owner", owner) }
        if let notes = view.facts.notes { lines.add("Notes", notes) }
        lines.add("Emergency", view.facts.emergencyPlan ?? "no plan is on record")
        for step in explanation.steps { lines.add("To do", step) }
        return Self.heading("\(product): \(name)", "-") + lines.text(width: Self.width)
    }
}

extension ContactRole {
    /// What a page calls it.
    fileprivate var title: String {
        switch self {
        case .owner: "Owner"
        case .technical: "Technical"
        case .provider: "Provider"
        case .support: "Vendor's support"
        }
    }
}
