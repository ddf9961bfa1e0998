/// A document that carries its own proof: a payload, and in its last line an XML comment with an Ed25519
/// signature.
///
///     …payload…\n
///     <!--signature v1 purpose="P" nonce="N" key="K" ed25519="S"-->\n
///
/// `N` and `S` are lower-case hexadecimal: base64 could hold the double hyphen that an XML comment may not.
///
/// What is signed is ``signedBytes(purpose:nonce:payload:)``: the purpose, so that a document of one kind is
/// never taken for another, the nonce of the request that it answers, so that an old one is never taken for a
/// new one, and the payload's exact bytes. An XML document stays one with its signature. The payload is not
/// looked at before the signature is checked.
public struct SignedDocument: Hashable, Sendable {
    /// What kind of document it says it is.
    public let purpose: String
    /// The nonce of the request that it says it answers.
    public let nonce: String
    /// The ID of the key that it says signed it.
    public let keyID: String
    /// The signature, 64 bytes.
    public let signature: [UInt8]
    /// Everything before the last line, its line feed included.
    public let payload: ArraySlice<UInt8>

    /// The last line is never longer, in bytes.
    static let maximumTrailer = 1024

    /// Takes a document apart without trusting any of it.
    ///
    /// - Throws: ``AdapterError`` `untrusted` where it does not end with a signature.
    public init(_ document: [UInt8]) throws(AdapterError) {
        guard document.last == UInt8(ascii: "\n"),
            let previous = document.dropLast().suffix(Self.maximumTrailer).lastIndex(of: UInt8(ascii: "\n"))
        else { throw Self.unsigned }
        var line = document[(previous + 1)..<(document.count - 1)]
        func value(_ before: String) throws(AdapterError) -> ArraySlice<UInt8> {
            guard line.starts(with: before.utf8) else { throw Self.unsigned }
            line = line.dropFirst(before.utf8.count)
            guard let end = line.firstIndex(of: UInt8(ascii: "\"")) else { throw Self.unsigned }
            defer { line = line[(end + 1)...] }
            return line[..<end]
        }
        let purpose = try value("<!--signature v1 purpose=\"")
        let nonce = try value(" nonce=\"")
        let key = try value(" key=\"")
        let signature = try value(" ed25519=\"")
        guard line.elementsEqual("-->".utf8), purpose.allSatisfy(Self.isPlain), nonce.allSatisfy(Self.isPlain),
            key.allSatisfy(Self.isPlain), let bytes = Hex.decode(signature), bytes.count == 64
        else { throw Self.unsigned }
        self.purpose = String(decoding: purpose, as: UTF8.self)
        self.nonce = String(decoding: nonce, as: UTF8.self)
        keyID = String(decoding: key, as: UTF8.self)
        self.signature = bytes
        payload = document[...previous]
    }

    /// The bytes that a signature is over: `gatehouse-signature-v1`, the purpose and the nonce, each followed
    /// by a line feed, then the payload.
    public static func signedBytes(purpose: String, nonce: String, payload: some Collection<UInt8>) -> [UInt8] {
        var bytes: [UInt8] = []
        bytes.reserveCapacity(payload.count + purpose.utf8.count + nonce.utf8.count + 25)
        bytes += "gatehouse-signature-v1\n".utf8
        bytes += purpose.utf8
        bytes.append(UInt8(ascii: "\n"))
        bytes += nonce.utf8
        bytes.append(UInt8(ascii: "\n"))
        bytes += payload
        return bytes
    }

    /// A whole document of a payload that ends with a line feed, and a signature made elsewhere. Purpose,
    /// nonce and key ID hold only letters, digits and `-._~/:`, or the document is refused where it is read.
    public static func assemble(
        payload: [UInt8], purpose: String, nonce: String, keyID: String, signature: [UInt8]
    ) -> [UInt8] {
        let trailer =
            "<!--signature v1 purpose=\"\(purpose)\" nonce=\"\(nonce)\" key=\"\(keyID)\" "
            + "ed25519=\"\(Hex.encode(signature))\"-->\n"
        return payload + trailer.utf8
    }

    /// Letters, digits and `-._~/:`.
    private static func isPlain(_ byte: UInt8) -> Bool {
        switch byte {
        case 48...57, 65...90, 97...122: true
        case UInt8(ascii: "-"), UInt8(ascii: "."), UInt8(ascii: "_"), UInt8(ascii: "~"), UInt8(ascii: "/"),
            UInt8(ascii: ":"):
            true
        default: false
        }
    }

    private static var unsigned: AdapterError {
        AdapterError(
            .untrusted, "The vendor's answer does not end with a signature, so nothing in it was read.")
    }
}
