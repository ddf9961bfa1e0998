import AdapterKit
import GatewayTransport

/// The vendor's server says that it is out of order, or too busy.
struct OutOfOrder: Error, Hashable, Sendable {
    /// The same as adapters and people know it.
    var error: AdapterError
    /// Before when it asks not to be asked again; nil where it does not say.
    var comeBack: Instant?

    /// What an answer says of its server; nil where that is in order.
    init?(_ response: HTTPResponse, at now: Instant) {
        guard response.status >= 500 || [408, 425, 429].contains(response.status) else { return nil }
        comeBack = response[header: "retry-after"].flatMap { Self.time($0, at: now) }
        let later = comeBack.map { " It asks not to be asked before \($0)." } ?? ""
        error = AdapterError(
            .unreachable, "The vendor's server is out of order: it answered with status \(response.status).\(later)")
    }

    /// `Retry-After` (RFC 9110, section 10.2.3): seconds, or a date such as `Sun, 06 Nov 1994 08:49:37 GMT`.
    static func time(_ text: String, at now: Instant) -> Instant? {
        if let seconds = Int(text) { return (0...31_536_000).contains(seconds) ? now.adding(seconds: seconds) : nil }
        let parts = text.split(separator: " ").map(String.init)
        let months = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"]
        guard parts.count == 6, parts[5] == "GMT", let month = months.firstIndex(of: parts[2]) else { return nil }
        let number = month + 1 < 10 ? "0\(month + 1)" : "\(month + 1)"
        return Instant("\(parts[3])-\(number)-\(parts[1])T\(parts[4])Z")
    }
}

/// A request that is made only once may have arrived, and its answer did not.
struct LostAnswer: Error, Hashable, Sendable {
    /// What happened on the way.
    var message: String
}
