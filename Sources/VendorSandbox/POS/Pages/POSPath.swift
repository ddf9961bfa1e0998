/// The pages' paths, below the vendor's.
enum POSPath {
    static let start = "/"
    static let login = "/login"
    static let logout = "/logout"
    static let organization = "/organization"
    static let device = "/device"
    static let confirm = "/device/confirm"
    static let devices = "/devices"
    static let remove = "/devices/remove"

    /// As a link has it.
    static func link(_ path: String, _ query: KeyValuePairs<String, String> = [:]) -> String {
        let fields = query.map { "\($0.key)=\(encoded($0.value))" }.joined(separator: "&")
        return "/\(POSStandIn.name)\(path)" + (fields.isEmpty ? "" : "?" + fields)
    }

    /// A text as it stands in a query.
    static func encoded(_ text: String) -> String {
        text.utf8.map { byte in
            switch byte {
            case 48...57, 65...90, 97...122: String(UnicodeScalar(byte))
            default: "-._~".utf8.contains(byte) ? String(UnicodeScalar(byte)) : "%" + hex(byte)
            }
        }.joined()
    }

    private static func hex(_ byte: UInt8) -> String {
        let text = String(byte, radix: 16, uppercase: true)
        return text.utf8.count == 1 ? "0" + text : text
    }
}
