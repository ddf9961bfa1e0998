import MarkedYAML
import Synchronization

/// How a vendor is broken on purpose.
final class Fault: Sendable {
    /// The connection ends without an answer.
    let isDown: Bool
    /// How long every answer takes, in milliseconds.
    let latency: Int
    /// The status of the answer, which then has no document.
    let status: Int?
    /// How many bytes of the answer's body are sent before the connection ends.
    let truncate: Int?
    /// Signatures are wrong by one bit.
    let badSignature: Bool
    /// The answer is worked out, with all that it changes at the vendor; then the connection ends without it.
    let isLost: Bool
    /// The one path below the vendor's whose requests count; nil where all do.
    private let path: String?
    private let everyNth: Int
    private let requests = Atomic(0)

    private init(
        isDown: Bool, latency: Int, status: Int?, truncate: Int?, badSignature: Bool, isLost: Bool, path: String?,
        everyNth: Int
    ) {
        self.isDown = isDown
        self.latency = latency
        self.status = status
        self.truncate = truncate
        self.badSignature = badSignature
        self.isLost = isLost
        self.path = path
        self.everyNth = everyNth
    }

    /// Counts a request, from the reading of the book on, and says whether it is one that goes wrong.
    ///
    /// - Parameter path: Below the vendor's.
    func strikes(at path: String) -> Bool {
        if let only = self.path, only != path { return false }
        return requests.add(1, ordering: .relaxed).newValue % everyNth == 0
    }

    /// 1xx is no answer yet.
    private static var statusShape: Shape<Int> {
        .int(in: 200...599).checked { $0 == 204 || $0 == 304 ? "an answer of status \($0) has no body" : nil }
    }

    static var shape: Shape<Fault> {
        .mapping { fields in
            Fault(
                isDown: fields.optional("down", .bool, default: false),
                latency: fields.optional("latency", .int(in: 0...600_000), default: 0),
                status: fields.optional("status", Self.statusShape),
                truncate: fields.optional("truncate", .int(in: 0...)),
                badSignature: fields.optional("badSignature", .bool, default: false),
                isLost: fields.optional("lost", .bool, default: false),
                path: fields.optional("path", .path),
                everyNth: fields.optional("everyNth", .int(in: 1...), default: 1))
        }
    }
}

extension Shape where Value == String {
    fileprivate static var path: Shape {
        .text("a path below the vendor's, such as /token") { $0.utf8.first == UInt8(ascii: "/") ? $0 : nil }
    }
}
