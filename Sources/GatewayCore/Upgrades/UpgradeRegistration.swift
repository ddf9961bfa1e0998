import AdapterKit
import GatewayProfiles
import GatewayStore

extension UpgradeRun {
    /// What the registration says with a grant in force: what its file says, and what that leaves out. What a person
    /// recorded is what counts, whatever the product's own file says of it.
    func registration(of grant: Grant) throws -> [RegistrationLine] {
        let file = grant.files.first.flatMap { try? keys.registration($0.contents) } ?? []
        let identity = adapter.descriptor.registration(installation.identity.merging(try plan().identity) { $1 })
        let granted = grant.entitlement.registration
        guard profile.vendor.isByHand else { return file.adding(identity + granted) }
        return file.filter { line in !granted.contains { $0.title == line.title } }.adding(identity + granted)
    }
}

extension [RegistrationLine] {
    /// These, and those of others whose title none of these has.
    func adding(_ others: [RegistrationLine]) -> [RegistrationLine] {
        self + others.filter { other in !contains { $0.title == other.title } }
    }
}

extension AdapterDescriptor {
    /// An identity as a registration page shows it, secrets masked.
    func registration(_ values: [String: String]) -> [RegistrationLine] {
        identity.compactMap { field in
            values[field.name].map { RegistrationLine(title: field.title, value: field.secret ? "********" : $0) }
        }
    }
}

extension Entitlement {
    /// What is granted, as a registration page shows it.
    var registration: [RegistrationLine] {
        var lines: [RegistrationLine] = []
        if let edition { lines.append(RegistrationLine(title: "Edition", value: edition)) }
        lines += seats.map { RegistrationLine(title: Self.title($0.name), value: "\($0.count)") }
        if !modules.isEmpty {
            lines.append(RegistrationLine(title: "Modules", value: modules.map(\.code).joined(separator: ",")))
        }
        lines += dates.sorted { $0.key < $1.key }.map {
            RegistrationLine(title: Self.title($0.key), value: $0.value.description)
        }
        return lines
    }

    /// A name in words: `maintenanceUntil` as `Maintenance until`.
    private static func title(_ name: String) -> String {
        let words = name.map { $0.isUppercase ? " \($0.lowercased())" : String($0) }.joined()
        return words.prefix(1).uppercased() + words.dropFirst()
    }
}
