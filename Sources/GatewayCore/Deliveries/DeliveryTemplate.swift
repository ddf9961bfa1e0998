import GatewayProfiles

/// A profile's template of a destination, such as `{site.sharedData}/entitlements.xml`.
enum DeliveryTemplate {
    /// The most paths that lists in one template may make together.
    static let mostPaths = 1000

    /// Puts the site's and the identity's values into a template.
    ///
    /// - `{site.NAME}`: a path of the site; absolute only where it starts the template. A list makes one path
    ///   for each value, several lists one for each combination; a name that comes twice means the same value.
    /// - `{identity.NAME}`: one name of a file or folder, never a path.
    ///
    /// - Parameter parsed: the template as it was split before; nil to split it.
    /// - Returns: the paths in the order of the lists, none twice. ``Destination/resolve(path:roots:)`` decides
    ///   whether they are allowed.
    /// - Throws: ``DeliveryError/Code/unsafePath``, with the template for a path.
    static func expand(
        _ template: String, _ parsed: DestinationTemplate? = nil, site: [String: [String]],
        identity: [String: String] = [:]
    ) throws(DeliveryError) -> [String] {
        let parts = if let parsed { parsed.parts } else { try parse(template) }
        var paths: [(text: String, chosen: [String: String])] = [("", [:])]
        for (index, part) in parts.enumerated() {
            switch part {
            case .text(let text):
                for position in paths.indices { paths[position].text += text }
            case .identity(let name):
                let value = try identityValue(name, of: identity, in: template)
                for position in paths.indices { paths[position].text += value }
            case .site(let name):
                let values = try siteValues(name, of: site, in: template, leads: index == 0)
                // One value is the same whatever was chosen before: nearly every site has one of each.
                if values.count == 1 {
                    for position in paths.indices { paths[position].text += values[0] }
                    continue
                }
                var next: [(text: String, chosen: [String: String])] = []
                for path in paths {
                    let choices = path.chosen[name].map { [$0] } ?? values
                    guard next.count + choices.count <= mostPaths else {
                        throw problem(template, "makes more than \(mostPaths) paths")
                    }
                    for value in choices {
                        next.append((path.text + value, path.chosen.merging([name: value]) { $1 }))
                    }
                }
                paths = next
            }
        }
        if paths.count == 1 { return [paths[0].text] }
        // By bytes: Swift takes two spellings of an accented letter for equal, the filesystem does not.
        var seen: Set<[UInt8]> = []
        return paths.map(\.text).filter { seen.insert(Array($0.utf8)).inserted }
    }

    private static func parse(_ template: String) throws(DeliveryError) -> [DestinationTemplate.Part] {
        do throws(DestinationTemplate.Problem) {
            return try DestinationTemplate(template, quoted: DeliveryError.quoted).parts
        } catch {
            throw problem(template, error.message)
        }
    }

    private static func siteValues(
        _ name: String, of site: [String: [String]], in template: String, leads: Bool
    ) throws(DeliveryError) -> [String] {
        guard let values = site[name], !values.isEmpty else {
            throw missing("site", name, site.filter { !$0.value.isEmpty }.keys.sorted(), template)
        }
        var result: [String] = []
        for value in values.map({ SitePlace($0).folder }) {
            var label: String { "the site's \(name), \(DeliveryError.quoted(value))," }
            if value.isEmpty { throw problem(template, "can't be filled: the site's \(name) is empty") }
            if value.utf8.first == UInt8(ascii: "/"), !leads {
                throw problem(template, "can't be filled: \(label) is absolute, but does not start the path")
            }
            if value.utf8.split(separator: UInt8(ascii: "/")).contains(where: { $0.elementsEqual("..".utf8) }) {
                throw problem(template, "can't be filled: \(label) leads upwards with \"..\"")
            }
            // A folder is often written with a slash behind it.
            var trimmed = value
            while trimmed.utf8.last == UInt8(ascii: "/") { trimmed.unicodeScalars.removeLast() }
            result.append(trimmed)
        }
        return result
    }

    private static func identityValue(
        _ name: String, of identity: [String: String], in template: String
    ) throws(DeliveryError) -> String {
        guard let value = identity[name], !value.isEmpty else {
            throw missing("identity", name, identity.keys.sorted(), template)
        }
        guard value != ".", value != "..", !value.utf8.contains(UInt8(ascii: "/")), !value.utf8.contains(0) else {
            throw problem(
                template,
                "can't be filled: the identity's \(name), \(DeliveryError.quoted(value)), must be a plain name "
                    + "without \"/\" and \"..\" to be part of a path")
        }
        return value
    }

    private static func missing(_ kind: String, _ name: String, _ known: [String], _ template: String) -> DeliveryError
    {
        let held = known.isEmpty ? "it has none" : "it has \(known.joined(separator: ", "))"
        return problem(
            template,
            "needs the \(kind)'s \(DeliveryError.quoted(name)), which is not given; \(held); "
                + "set it with --\(kind) \(name)=VALUE")
    }

    private static func problem(_ template: String, _ text: String) -> DeliveryError {
        DeliveryError(.unsafePath, template, "the template \(DeliveryError.quoted(template)) \(text)")
    }
}
