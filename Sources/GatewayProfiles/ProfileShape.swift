import AdapterKit
import MarkedText
import MarkedYAML

/// What a profile may hold. This is the only place that says so: profiles are read by it, and their JSON Schema and
/// reference documentation are made of its form.
struct ProfileShape {
    /// The protocols that there are.
    let protocols: [String]
    /// The adapter that the profile selects; nil where that is not known: then what depends on it may be anything.
    let adapter: AdapterDescriptor?

    /// A profile's name is at most this long.
    static let maximumName = 64

    /// The shape of a whole file.
    var shape: Shape<Profile> {
        .mapping { fields in
            let parent = fields.optional(
                "extends", Self.name,
                help: "A profile's name: this one is a variation of it, and holds only what differs. Mappings are "
                    + "merged key by key, lists and texts replace what is inherited, and ~ removes it.")
            let name = fields.required(
                "name", Self.name, help: "The name by which installations select the profile. It is never inherited.")
            let product = fields.required("product", .string, help: "The product's name, for people.")
            let protocolName = fields.required(
                "protocol", .choice(of: protocols),
                help: "The conversation with the vendor, and with it the adapter. A variation can't change it.")
            let place = fields.optional(
                "where", .string, help: "The place in the product's menus where its license is seen.")
            let vendorHelp = "The vendor's server, and how it is trusted; or `by-hand`, where a person asks the vendor."
            let vendor =
                adapter?.hasServer == false
                ? fields.optional("vendor", VendorShape.byHandOnly, default: .byHand, help: vendorHelp)
                : fields.required("vendor", VendorShape.shape, help: vendorHelp)
            let refreshDays = fields.optional(
                "refresh", Self.refresh, help: "How often the vendor is asked; never without it.")
            let seats = fields.optional(
                "seats", SeatShape.shape, default: .standard, help: "How seats are given out.")
            let offline = fields.optional(
                "offline", OfflineShape.shape,
                help: "How licenses are had by a request file that is mailed; never without it.")
            let upgrade = fields.optional(
                "upgrade", UpgradeShape.shape, default: .standard,
                help: "How upgrades of license keys are made, where the protocol has keys.")
            let ignoresCase = fields.optional(
                "ignoreCase", .bool, default: false,
                help:
                    "Whether the names of folders and files below a site are found whatever the case of their letters.")
            let instructions = fields.optional(
                "instructions", OfflineShape.instructions, default: [:],
                help: "What a person does in the product where the vendor is asked by hand.")
            let settings = values(
                "settings", of: adapter?.settings, as: .string, help: "What the adapter lets a profile set.", &fields)
            let deliveries = values(
                "deliver", of: adapter?.deliveries, as: destination, help: "Where each of the adapter's files goes.",
                &fields)
            let dateFormat = fields.optional(
                "dateFormat", Self.dateFormat, default: "yyyy-MM-dd", help: "How messages write dates.")
            let countdowns = fields.required(
                "countdowns", CountdownShape(adapter: adapter).list,
                help: "The rules on the license's dates, by names of your choice.")
            // One that could not be read is told already; what is not known may be inherited.
            let hasPlace = place.map { !$0.isEmpty } ?? (fields.has("where") || fields.diagnostics.passesMissing)
            let rules = countdowns.flatMap {
                CountdownShape.rules(
                    $0, dateFormat: dateFormat, dates: adapter?.dates.map(\.name), hasPlace: hasPlace, in: &fields)
            }
            guard let name, let product, let protocolName, let vendor, let settings, let deliveries, let rules else {
                return nil
            }
            return Profile(
                name: name, parent: parent, product: product, protocolName: protocolName, place: place ?? "",
                file: fields.mark.file, vendor: vendor, refreshDays: refreshDays, offline: offline,
                instructions: instructions, upgrade: upgrade, ignoresCase: ignoresCase, seats: seats,
                // What is optional and empty is not set: a variable of the environment may be.
                settings: settings.filter { !$0.value.isEmpty },
                secretSettings: Set((adapter?.settings ?? []).filter(\.secret).map(\.name)),
                deliveries: deliveries,
                // Each was split once to be checked, so none is lost here.
                templates: deliveries.compactMapValues { try? DestinationTemplate($0, quoted: quoted) }, rules: rules)
        }
    }

    private static let name = Shape<String>.text(
        "a profile's name", pattern: "[a-z0-9-]{1,\(maximumName)}"
    ) { $0 }.checked { name in
        let plain = name.utf8.allSatisfy { byte in
            (97...122).contains(byte) || (48...57).contains(byte) || byte == UInt8(ascii: "-")
        }
        return plain && (1...maximumName).contains(name.utf8.count)
            ? nil : "a profile's name is made of lower-case letters, digits and hyphens, at most \(maximumName)"
    }

    private static let refresh = Shape<Int>.mapping { fields in
        fields.required(
            "every", days, help: "In calendar days of the customer's, from the last success: 1d to 3660d.")
    }

    /// A number of calendar days.
    static let days = Shape<Int>.text("a number of calendar days such as 14d", pattern: "[0-9]{1,4}d") { text in
        guard case .days(let days)? = Countdown.Offset(text), (1...3660).contains(days) else { return nil }
        return days
    }

    private static let dateFormat = Shape<String>.string.described(
        as: .text(.init("a date format made of yyyy, MM, MMM, MMMM, d, dd and what is no letter")))

    // MARK: - What the adapter declares

    /// The values of an adapter's fields below a key. They must be there if one of the fields is required.
    ///
    /// - Parameter shape: What each value must look like, whatever the adapter.
    private func values(
        _ key: String, of declared: [Field]?, as shape: Shape<String>, help: String, _ fields: inout Fields
    ) -> [String: String]? {
        guard let declared else {
            let any = Shape<[Member<String>]>.map(of: shape.described(as: .text(.init("a text"))))
            return fields.optional(key, any, help: help).map { _ in [:] }
        }
        let values = Shape<[String: String]>.mapping { fields in
            var values: [String: String] = [:]
            for field in declared {
                let shape = shape.checked { value in
                    if value.isEmpty, !field.required { return nil }
                    return field.problem(with: value).map { "\(field.name) (\(field.title)) \($0)" }
                }.described(
                    as: .text(
                        .init(field.expectation ?? "a text", pattern: field.pattern, isSecret: field.secret)))
                let help = "\(field.title). \(field.help)"
                values[field.name] =
                    field.required
                    ? fields.required(field.name, shape, help: help) : fields.optional(field.name, shape, help: help)
            }
            return values
        }
        return declared.contains(where: \.required)
            ? fields.required(key, values, help: help) : fields.optional(key, values, default: [:], help: help)
    }

    /// A template of a delivery's destination. Its names are those of the adapter's fields, where that is known.
    private var destination: Shape<String> {
        let site = adapter?.site.map(\.name)
        let identity = adapter?.identity.map(\.name)
        return Shape { node, diagnostics in
            guard let scalar = Shape.scalar.read(node, into: &diagnostics) else { return nil }
            do throws(DestinationTemplate.Problem) {
                let template = try DestinationTemplate(scalar.text, quoted: quoted)
                let errors = diagnostics.errorCount
                for (part, offset) in zip(template.parts, template.offsets) {
                    let (kind, name, known) =
                        switch part {
                        case .site(let name): ("site", name, site)
                        case .identity(let name): ("identity", name, identity)
                        case .text: ("", "", nil)
                        }
                    guard let known, !known.contains(name) else { continue }
                    let near = nearest(to: name, among: known).map { "did you mean {\(kind).\($0)}?" }
                    let all = known.isEmpty ? "none" : known.joined(separator: ", ")
                    diagnostics.error(
                        "the adapter knows no \(kind) value \(quoted(name))", at: scalar.mark(ofScalar: offset),
                        help: near ?? "\(kind) values known here: \(all)")
                }
                for flaw in template.flaws {
                    diagnostics.error("the template \(flaw.message)", at: scalar.mark(ofScalar: flaw.offset))
                }
                return diagnostics.errorCount == errors ? scalar.text : nil
            } catch {
                diagnostics.error("the template \(error.message)", at: scalar.mark(ofScalar: error.offset))
                return nil
            }
        }
    }
}
