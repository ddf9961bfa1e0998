public import AdapterKit
import Foundation
public import MarkedText
import MarkedYAML

/// Reads profile files, and says everything that is wrong with them, each thing at its place.
public struct ProfileReader: Sendable {
    private let adapters: [String: AdapterDescriptor]
    private let environment: [String: String]

    /// The largest profile is ``MarkedYAML/byteLimit``; a name is at most this long.
    static let maximumName = 64

    /// A reader for the protocols of these adapters.
    ///
    /// - Parameter environment: The variables that a profile may name as `${NAME}`.
    public init(adapters: [AdapterDescriptor], environment: [String: String]) {
        self.adapters = Dictionary(adapters.map { ($0.protocolName, $0) }, uniquingKeysWith: { first, _ in first })
        self.environment = environment
    }

    /// Reads one file.
    ///
    /// - Throws: Everything that is wrong with it.
    public func read(path: String) throws(DiagnosticsError) -> Profile {
        try read(MarkedYAML.parse(path: path), file: path)
    }

    /// Reads one file's bytes.
    ///
    /// - Throws: Everything that is wrong with them.
    public func read(_ bytes: [UInt8], file: String) throws(DiagnosticsError) -> Profile {
        try read(MarkedYAML.parse(bytes, file: file), file: file)
    }

    private func read(_ written: Node, file: String) throws(DiagnosticsError) -> Profile {
        var diagnostics = Diagnostics()
        let node = written.substituting(environment, into: &diagnostics)
        let profile = shape(file: file, written: written).read(node, into: &diagnostics)
        try diagnostics.throwIfErrors()
        guard let profile else { throw DiagnosticsError(diagnostics.all) }
        return profile
    }

    private func shape(file: String, written: Node) -> Shape<Profile> {
        .mapping { fields in
            let name = fields.required("name", Self.name)
            let product = fields.required("product", .string)
            let protocolName = fields.required("protocol", .choice(of: adapters.keys.sorted()))
            let place = fields.optional("where", .string, default: "")
            let vendor = fields.required("vendor", VendorShape(written: written).shape)
            let refreshDays = fields.optional("refresh", Self.refresh)
            let settings = fields.optional("settings", .map(of: .marked(.string)), default: [])
            let deliveries = fields.optional("deliver", .map(of: .marked(.string)), default: [])
            let dateFormat = fields.optional("dateFormat", .marked(.string))
            let countdowns = fields.required("countdowns", CountdownShape.list)
            guard let name, let product, let protocolName, let vendor, let countdowns,
                let adapter = adapters[protocolName]
            else { return nil }
            checkSettings(settings, of: adapter, at: fields.mark, in: &fields)
            checkDeliveries(deliveries, of: adapter, at: fields.mark, in: &fields)
            guard
                let rules = CountdownShape.rules(
                    countdowns, dateFormat: dateFormat, dates: adapter.dates.map(\.name), in: &fields)
            else { return nil }
            return Profile(
                name: name, nameMark: fields.mark(of: "name"), product: product, protocolName: protocolName,
                place: place, file: file, vendor: vendor,
                refreshDays: refreshDays,
                settings: Dictionary(
                    settings.map { ($0.key.text, $0.value.value) }, uniquingKeysWith: { first, _ in first }),
                deliveries: Dictionary(
                    deliveries.map { ($0.key.text, $0.value.value) }, uniquingKeysWith: { first, _ in first }),
                rules: rules)
        }
    }

    private static let name = Shape<String>.string.checked { name in
        let plain = name.utf8.allSatisfy { byte in
            (97...122).contains(byte) || (48...57).contains(byte) || byte == UInt8(ascii: "-")
        }
        return plain && name.utf8.count <= maximumName
            ? nil : "a profile's name is made of lower-case letters, digits and hyphens, at most \(maximumName)"
    }

    private static let refresh = Shape<Int>.mapping { fields in
        fields.required(
            "every",
            .text("a number of calendar days such as 14d") { text in
                guard case .days(let days)? = Countdown.Offset(text), (1...3660).contains(days) else { return nil }
                return days
            })
    }

    private func checkSettings(
        _ settings: [Member<Marked<String>>], of adapter: AdapterDescriptor, at mark: Mark, in fields: inout Fields
    ) {
        let values = Dictionary(
            settings.map { ($0.key.text, $0.value.value) }, uniquingKeysWith: { first, _ in first })
        for problem in adapter.settings.problems(with: values, kind: "setting") {
            let place = settings.first { $0.key.text == problem.field }?.key.mark ?? mark
            fields.error(problem.message, at: place)
        }
    }

    private func checkDeliveries(
        _ deliveries: [Member<Marked<String>>], of adapter: AdapterDescriptor, at mark: Mark, in fields: inout Fields
    ) {
        let known = adapter.deliveries.map(\.name).joined(separator: ", ")
        for delivery in deliveries where !adapter.deliveries.contains(where: { $0.name == delivery.key.text }) {
            fields.error(
                "unknown delivery \"\(delivery.key.text)\"", at: delivery.key.mark,
                help: known.isEmpty
                    ? "\(adapter.protocolName) delivers no files" : "\(adapter.protocolName) delivers: \(known)")
        }
        for delivery in adapter.deliveries where delivery.required {
            if !deliveries.contains(where: { $0.key.text == delivery.name }) {
                fields.error(
                    "no destination for \(delivery.name)", at: mark,
                    help: "add deliver: { \(delivery.name): \"{site.NAME}/FILE\" }")
            }
        }
    }
}
