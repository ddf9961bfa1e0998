import AdapterKit
import MarkedYAML
import VendorFormats

/// What the vendor's server knows of one perpetual license: an entry of the book's section `sage300-perpetual`.
struct PerpetualRecord: Sendable {
    var serialNumber: String
    var release: String
    var company: String
    var reseller: String
    var edition: Edition
    var users: Int
    var modules: [PerpetualModule]
    /// The last day of the yearly maintenance plan, where there is one.
    var maintenanceUntil: BookDate?

    enum Edition: String, CaseIterable, Sendable {
        case standard = "Standard"
        case advanced = "Advanced"
        case premium = "Premium"
    }

    static func shape(at now: Instant) -> Shape<PerpetualRecord> {
        .mapping { fields in
            let serialNumber = fields.required("serialNumber", .identity)
            let release = fields.required("release", .identity)
            let company = fields.required("company", .iniValue)
            let reseller = fields.required("reseller", .iniValue)
            let edition = fields.required("edition", .enumeration(Edition.self))
            let users = fields.required("users", .count)
            let modules = fields.required("modules", .perpetualModules)
            let maintenanceUntil = fields.optional("maintenanceUntil", .date)
            guard let serialNumber, let release, let company, let reseller, let edition, let users, let modules else {
                return nil
            }
            return PerpetualRecord(
                serialNumber: serialNumber, release: release, company: company, reseller: reseller, edition: edition,
                users: users, modules: modules, maintenanceUntil: maintenanceUntil)
        }
    }
}

/// A module with its activation key.
struct PerpetualModule: Sendable {
    var code: String
    var name: String
    var activationKey: String
}

extension Shape where Value == [PerpetualModule] {
    /// At most 200 modules, each code once whatever the case of its letters.
    static var perpetualModules: Shape {
        Shape.list(of: module).checked { modules in
            if modules.count > 200 { return "more than 200 modules" }
            var codes: Set<String> = []
            return modules.first { !codes.insert($0.code.lowercased()).inserted }
                .map { "the module \($0.code) stands here twice" }
        }
    }

    private static var module: Shape<PerpetualModule> {
        .mapping { fields in
            let code = fields.required("code", .moduleCode)
            let name = fields.required("name", .text(bytes: 128))
            let activationKey = fields.required("activationKey", .token(characters: 128))
            guard let code, let name, let activationKey else { return nil }
            return PerpetualModule(code: code, name: name, activationKey: activationKey)
        }
    }
}

extension Shape where Value == String {
    /// What can stand behind `activationKey.`.
    static var moduleCode: Shape {
        token(characters: 32).checked { code in
            code.contains { ".~:/".contains($0) } ? "a module's code holds only letters, digits, - and _" : nil
        }
    }
}

extension PerpetualRecord: ActivatedRecord {
    static let fields = ["serialNumber", "release"]

    var identity: [(name: String, value: String)] { [("serialNumber", serialNumber), ("release", release)] }

    func write(on today: LocalDay, to writer: inout BoundedXML.Writer) {
        writer.element("company", text: company)
        writer.element("reseller", text: reseller)
        writer.element("edition", text: edition.rawValue)
        if let maintenanceUntil {
            writer.element("maintenanceUntil", text: maintenanceUntil.day(on: today).description)
        }
        writer.seats(users: users)
        writer.modules(modules.map { BookModule(code: $0.code, name: $0.name) }, on: today)
    }

    func registration(on today: LocalDay) throws -> [UInt8] {
        var writer = BoundedINI.Writer()
        writer.section("RegInfo")
        writer.entry("Company", company)
        writer.entry("Reseller", reseller)
        writer.entry("Serial", serialNumber)
        writer.entry("Release", release)
        writer.entry("Edition", edition.rawValue)
        writer.entry("Users", String(users))
        writer.section("Modules")
        for module in modules { writer.entry(module.code, module.activationKey) }
        return try writer.document()
    }
}
