public import Foundation

extension Step {
    /// The step as JSON, for the journal: what `JSONEncoder` writes, in another order, and without the body of a request
    /// that holds secrets.
    ///
    /// Every conversation writes one down before each step. The step that nearly all of them make is put together by
    /// hand, in a tenth of the encoder's time.
    public func json() throws -> Data {
        guard case .send(var request) = self else { return try Self.encoder.encode(self) }
        let isPlain =
            request.endpoint == nil && request.form == nil && request.client == nil && request.withholds.isEmpty
        guard isPlain, !request.mayGoUnanswered else {
            if request.isSecret { request.body = [] }
            return try Self.encoder.encode(Step.send(request))
        }
        var text = JSONText()
        text.raw("{\"send\":{\"_0\":{\"method\":")
        text.string(request.method)
        text.raw(",\"path\":")
        text.string(request.path)
        text.raw(",\"headers\":{")
        var separator = ""
        for (name, value) in request.headers.sorted(by: { $0.key < $1.key }) {
            text.raw(separator)
            text.string(name)
            text.raw(":")
            text.string(value)
            separator = ","
        }
        text.raw("},\"body\":\"")
        // What is secret is made once: nothing goes on from it but the answer, or the question what became of it.
        if !request.isSecret { text.raw(Data(request.body).base64EncodedString()) }
        switch request.trust {
        case .signed(let purpose):
            text.raw("\",\"trust\":{\"signed\":{\"purpose\":")
            text.string(purpose)
            text.raw("}}")
        case .plain: text.raw("\",\"trust\":{\"plain\":{}}")
        case .keySet(let check):
            text.raw("\",\"trust\":")
            text.raw(try Self.encoder.encode(Request.Trust.keySet(check)))
        }
        text.raw(",\"withholds\":[],\"mayGoUnanswered\":false")
        text.raw(",\"isSecret\":\(request.isSecret),\"once\":\(request.once)}}}")
        return Data(text.bytes)
    }

    private static let encoder = JSONEncoder()
}

/// JSON that is put together by hand.
private struct JSONText {
    private(set) var bytes: [UInt8] = []

    init() { bytes.reserveCapacity(1024) }

    mutating func raw(_ text: String) { bytes.append(contentsOf: text.utf8) }

    mutating func raw(_ json: Data) { bytes.append(contentsOf: json) }

    /// A string as RFC 8259 wants it, section 7.
    mutating func string(_ text: String) {
        bytes.append(UInt8(ascii: "\""))
        for byte in text.utf8 {
            switch byte {
            case UInt8(ascii: "\""), UInt8(ascii: "\\"): bytes += [UInt8(ascii: "\\"), byte]
            case 0..<0x20: bytes += Array("\\u00".utf8) + Array(Hex.encode([byte]).utf8)
            default: bytes.append(byte)
            }
        }
        bytes.append(UInt8(ascii: "\""))
    }
}
