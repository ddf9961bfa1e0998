public import AdapterKit

/// A product's behavior, as a profile file gives it: the protocol it speaks, the vendor it asks, where its files
/// go, and the countdowns on its dates.
public struct Profile: Sendable {
    /// The name that installations select it by.
    public var name: String
    /// The profile that it extends, by name; nil for none.
    public var parent: String?
    /// The product's name, for people.
    public var product: String
    /// The protocol's name.
    public var protocolName: String
    /// The place in the product's own menus where its license is seen; empty where there is none.
    public var place: String
    /// The file it stands in.
    public var file: String
    /// The vendor's server.
    public var vendor: Vendor
    /// How often it is refreshed, in calendar days of the customer's, from the last success; nil for never.
    public var refreshDays: Int?
    /// How offline activations are made; nil where there are none.
    public var offline: OfflineRules?
    /// What a person does where the vendor is asked by hand, by the act, with the product's own words.
    public var instructions: [Act: String]
    /// How upgrades of license keys are made.
    public var upgrade: UpgradeRules
    /// Whether names below a site's folders are found whatever the case of their letters.
    public var ignoresCase: Bool
    /// How seats are given out.
    public var seats: SeatRules
    /// The adapter's settings.
    public var settings: [String: String]
    /// The names of the settings that are secrets.
    public var secretSettings: Set<String>
    /// Where each of the adapter's deliveries goes: a template of site and identity values.
    public var deliveries: [String: String]
    /// The same, split into their parts when the profile was read.
    public var templates: [String: DestinationTemplate]
    /// The countdowns, ready to be evaluated.
    public var rules: CountdownRules

    /// The vendor's server, and how it is trusted.
    public struct Vendor: Hashable, Sendable {
        /// Whether a person asks the vendor, and nothing else below is set.
        public var isByHand = false
        /// The address that requests go below, without a slash at its end; nil where none is set.
        public var address: String?
        /// The environment variable to set where ``address`` is nil; nil where the profile names none.
        public var unset: String?
        /// The Ed25519 public keys that are trusted, 32 bytes each, by their IDs.
        public var keys: [String: [UInt8]]
        /// How long an answer may take, in milliseconds.
        public var timeout: Int
        /// The proxy to go through; nil for none.
        public var proxy: Proxy?
        /// The server's pinned public key, in the form `sha256//BASE64`; nil for none.
        public var pin: String?
        /// A file of certificate authorities to trust instead of the system's; nil for the system's.
        public var authorities: String?
        /// What tells "no Internet" from "the server is unavailable"; nil for nothing.
        public var probe: Probe?
    }

    /// The settings as anybody may see them: of a secret one only that it is there.
    public var shownSettings: [String: String] {
        secretSettings.isEmpty
            ? settings
            : Dictionary(
                uniqueKeysWithValues: settings.map { name, value in
                    (name, secretSettings.contains(name) ? RegistrationLine.mask : value)
                })
    }

    /// How offline activations are made.
    public struct OfflineRules: Hashable, Sendable {
        /// After how many calendar days of the customer's, from the last success, the next request is due.
        public var dueDays: Int
        /// After how many calendar days a request that was sent, or made where that is not known, is told as unanswered.
        public var unansweredDays: Int
    }
}

extension Profile.Vendor {
    /// Nobody but a person asks the vendor.
    static let byHand = Profile.Vendor(isByHand: true, keys: [:], timeout: 30_000)
}
