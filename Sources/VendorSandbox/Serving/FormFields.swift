import AdapterKit

/// The fields of a form, `application/x-www-form-urlencoded`, or of an address's query.
///
/// None stands there twice (RFC 6749, section 3.2), and one without a value is as good as left out.
struct FormFields: Sendable {
    private let values: [String: String]

    /// How many fields there may be.
    private static let most = 40

    /// - Throws: `AdapterError` `malformed`.
    init(form request: VendorRequest) throws(AdapterError) {
        guard request.mediaType == "application/x-www-form-urlencoded" else {
            throw Self.refused("The body is no form: its Content-Type has to be application/x-www-form-urlencoded.")
        }
        guard let text = String(validating: request.body, as: UTF8.self) else {
            throw Self.refused("The form is not UTF-8.")
        }
        try self.init(text)
    }

    /// - Throws: `AdapterError` `malformed`.
    init(query request: VendorRequest) throws(AdapterError) { try self.init(request.query) }

    private init(_ text: String) throws(AdapterError) {
        var values: [String: String] = [:]
        let fields = text.split(separator: "&", omittingEmptySubsequences: true)
        guard fields.count <= Self.most else { throw Self.refused("There are more than \(Self.most) fields.") }
        for field in fields {
            let parts = field.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
            guard let name = Self.text(parts[0]), let value = Self.text(parts.count > 1 ? parts[1] : "") else {
                throw Self.refused("A field is not written as forms are: % without two digits, or no UTF-8.")
            }
            guard values.updateValue(value, forKey: name) == nil else {
                throw Self.refused("The field \(name.prefix(40)) stands there twice.")
            }
        }
        self.values = values
    }

    /// The value of a field; nil where it has none.
    subscript(name: String) -> String? { values[name].flatMap { $0.isEmpty ? nil : $0 } }

    /// A name or value of a form as it was before it was written in one; nil where it is not written so.
    static func text(_ written: Substring) -> String? {
        var bytes: [UInt8] = []
        var rest = written.utf8[...]
        while let byte = rest.popFirst() {
            switch byte {
            case UInt8(ascii: "+"): bytes.append(0x20)
            case UInt8(ascii: "%"):
                guard rest.count >= 2, let byte = Hex.decode(String(Substring(rest.prefix(2))).lowercased().utf8)?.first
                else { return nil }
                bytes.append(byte)
                rest = rest.dropFirst(2)
            default: bytes.append(byte)
            }
        }
        return String(validating: bytes, as: UTF8.self)
    }

    private static func refused(_ what: String) -> AdapterError { AdapterError(.malformed, what) }
}
