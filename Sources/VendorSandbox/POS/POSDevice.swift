import AdapterKit
import MarkedText
import MarkedYAML

/// A POS server that an organization may license: an entry of `devices` in the book.
struct POSDevice: Sendable {
    /// As the drop-down list shows it.
    var name: String
    var edition: Edition
    var serverID: String
    var features: [String]
    /// The server that this one connects to.
    var hubName: String?
    var hubURL: String?
    /// The last day before the license has to be renewed.
    var renewsOn: BookDate?
    /// Seconds that a token is good for.
    var tokenLifetime: Int

    enum Edition: String, CaseIterable, Sendable {
        case cloud = "Cloud"
        case corporate = "Corporate"
        case store = "Store"
    }

    /// Whether its renewal date has passed.
    func isExpired(on today: LocalDay) -> Bool { renewsOn.map { $0.day(on: today) < today } ?? false }

    /// Whether its renewal date is within thirty days.
    func isNearRenewal(on today: LocalDay) -> Bool {
        renewsOn.map { $0.day(on: today) < today.adding(days: 30) } ?? false
    }

    static var shape: Shape<POSDevice> {
        .mapping { fields in
            let name = fields.required("name", .text(bytes: 128))
            let edition = fields.required("edition", .enumeration(Edition.self))
            let serverID = fields.required("serverID", .token(characters: 128))
            let features = fields.optional(
                "features", .list(of: .token(characters: 64), atLeast: 1), default: ["xms"])
            let hubName = fields.optional("hubName", .text(bytes: 128))
            let hubURL = fields.optional("hubURL", .address)
            let renewsOn = fields.optional("renewsOn", .date)
            let tokenLifetime = fields.optional(
                "tokenLifetime", .seconds(in: 1...31_622_400), default: 7 * 86_400)
            if Set(features).count < features.count { fields.error("a feature stands here twice", at: "features") }
            guard let name, let edition, let serverID else { return nil }
            return POSDevice(
                name: name, edition: edition, serverID: serverID, features: features, hubName: hubName, hubURL: hubURL,
                renewsOn: renewsOn, tokenLifetime: tokenLifetime)
        }
    }
}

/// An organization with its login and its devices: an entry of `organizations` in the book.
struct POSOrganization: Sendable {
    var name: String
    var login: Login
    var devices: [POSDevice]
    /// Where each device stands in the book.
    var marks: [Mark]

    /// Who may authorize the organization's devices; one login may stand in several organizations.
    struct Login: Hashable, Sendable {
        var name: String
        var password: String

        static var shape: Shape<Login> {
            .mapping { fields in
                let name = fields.required("name", .identity)
                let password = fields.required("password", .text(bytes: 256))
                guard let name, let password else { return nil }
                return Login(name: name, password: password)
            }
        }
    }

    static var shape: Shape<POSOrganization> {
        .mapping { fields in
            let name = fields.required("name", .text(bytes: 128))
            let login = fields.required("login", Login.shape)
            let devices = fields.required("devices", .list(of: .marked(POSDevice.shape)))
            var names: [String: Int] = [:]
            for device in devices ?? [] {
                if let line = names.updateValue(device.mark.line, forKey: device.value.name) {
                    fields.error(
                        "a second device of the organization has the name of the one on line \(line)", at: device.mark,
                        help: "the list of devices shows names: give each one of its own")
                }
            }
            guard let name, let login, let devices else { return nil }
            return POSOrganization(name: name, login: login, devices: devices.map(\.value), marks: devices.map(\.mark))
        }
    }
}
