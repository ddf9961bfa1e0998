import MarkedYAML

extension Profile.Vendor {
    /// A well-known host that tells "no Internet" from "the licensing server is unavailable".
    public struct Probe: Hashable, Sendable {
        /// Its address.
        public var address: String
        /// The vendor's hosts that a firewall must let through; empty for that of the vendor's address.
        public var allow: [String]
    }
}

/// Reads a vendor's `probe`.
enum ProbeShape {
    static let shape = Shape<Profile.Vendor.Probe?>.mapping { fields in
        let address = fields.required(
            "address", VendorShape.url,
            help: "The URL of a well-known host, asked before the vendor is, at most once a minute. An empty one is "
                + "none.")
        let allow = fields.optional(
            "allow", .list(of: host), default: [],
            help: "The vendor's hosts that a firewall must let through, for advice; without it that of the address.")
        guard let address else { return nil }
        return .some(address.isEmpty ? nil : Profile.Vendor.Probe(address: address, allow: allow))
    }

    private static let host = Shape<String>.text(
        "a host's name such as licensing.example.com", pattern: "[A-Za-z0-9.-]{1,253}"
    ) { text in
        let isPlain = text.utf8.allSatisfy { byte in
            switch byte {
            case 48...57, 65...90, 97...122, UInt8(ascii: "."), UInt8(ascii: "-"): true
            default: false
            }
        }
        return isPlain && (1...253).contains(text.utf8.count) ? text : nil
    }
}
