import AdapterKit

/// What the pages show of a device's license.
enum DeviceState: Sendable {
    case notLicensed
    /// A person has agreed, and the server has not fetched its tokens yet.
    case authorized(until: Instant)
    case licensed(POSLicense)
    case requiresRenewal(POSLicense)
    case expired(POSLicense?)

    init(_ device: POSDevice, _ state: POSState, at now: Instant) {
        let license = state.licenses.license(of: device.serverID)
        if device.isExpired(on: now.day) {
            self = .expired(license)
        } else if let license {
            self = device.isNearRenewal(on: now.day) ? .requiresRenewal(license) : .licensed(license)
        } else if let end = state.codes.approval(of: device.serverID, at: now) {
            self = .authorized(until: end)
        } else {
            self = .notLicensed
        }
    }

    var label: String {
        switch self {
        case .notLicensed: "Not licensed"
        case .authorized: "Authorized, not completed yet"
        case .licensed: "Licensed"
        case .requiresRenewal: "Requires Renewal"
        case .expired(let license): license == nil ? "Expired" : "Expired Requires Renewal"
        }
    }

    var license: POSLicense? {
        switch self {
        case .licensed(let license), .requiresRenewal(let license): license
        case .expired(let license): license
        case .notLicensed, .authorized: nil
        }
    }

    /// Whether there is something to be removed.
    var isRemovable: Bool {
        if case .authorized = self { return true }
        return license != nil
    }

    /// Why the device can't be authorized now; nil where it can.
    func refusal(of device: POSDevice, at now: Instant) -> String? {
        switch self {
        case .notLicensed: nil
        case .authorized:
            "\(device.name) was authorized just now, and its server has not completed it yet. Choose Complete "
                + "Authorization there; or remove that under Devices first."
        case .licensed, .requiresRenewal:
            "\(device.name) is licensed. A device has one license at most: remove it under Devices first."
        case .expired(let license):
            "\(device.name) had to be renewed by \(device.renewsOn?.day(on: now.day).description ?? "a day gone by"). "
                + (license == nil ? "Have it renewed first." : "Remove its license and have it renewed first.")
        }
    }
}
