import Hummingbird

/// Why a client is refused, as RFC 6749, section 5.2, has it.
struct OAuthError: Error, Sendable {
    /// One of the standards' codes.
    let code: String
    /// For people.
    let description: String
    let status: Int
    var headers: HTTPFields = [:]

    init(_ code: String, _ description: String, status: Int = 400) {
        self.code = code
        self.description = description
        self.status = status
    }

    static func request(_ description: String, status: Int = 400) -> OAuthError {
        OAuthError("invalid_request", description, status: status)
    }

    static func grant(_ description: String) -> OAuthError { OAuthError("invalid_grant", description) }

    var answer: VendorAnswer {
        let claims: Claims = ["error": .text(code), "error_description": .text(Self.plain(description))]
        return .json(claims, status: status, headers: headers)
    }

    /// The standard lets a description have none but these characters.
    private static func plain(_ text: String) -> String {
        let bytes = text.unicodeScalars.map { scalar -> UInt8 in
            switch scalar.value {
            case 0x22: UInt8(ascii: "'")
            case 0x5C: UInt8(ascii: "/")
            case 0x20...0x7E: UInt8(scalar.value)
            default: UInt8(ascii: "?")
            }
        }
        return String(decoding: bytes, as: UTF8.self)
    }
}

extension VendorAnswer {
    /// A JSON object that nobody may keep.
    static func json(_ claims: Claims, status: Int = 200, headers: HTTPFields = [:]) -> VendorAnswer {
        // Claims are texts, numbers and lists of them: there is nothing that can't be written.
        .json((try? claims.json()) ?? [], status: status, headers: headers)
    }

    static func json(_ body: [UInt8], status: Int = 200, headers: HTTPFields = [:]) -> VendorAnswer {
        var headers = headers
        headers[.xContentTypeOptions] = "nosniff"
        // RFC 6749, section 5.1, wants it beside Cache-Control.
        if let pragma = HTTPFields.Element.Name("Pragma") { headers[pragma] = "no-cache" }
        return VendorAnswer(status: status, contentType: "application/json", body: body, headers: headers)
    }
}
