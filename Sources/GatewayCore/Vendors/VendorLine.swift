import AdapterKit
import Foundation
import GatewayProfiles
import GatewayStore
import GatewayTransport
import Synchronization

/// The way to the vendors: sends what adapters ask for, tries again what may be tried again, and hands on only what
/// passed the checks that the request asked for.
final class VendorLine: Sendable {
    private let client = Lazily {
        try HTTPClient(limits: .init(maxTransfers: mostTransfers, maxTransfersPerHost: mostTransfers))
    }
    private let breakers: Breakers
    private let probes: Probes
    private let surroundings: Surroundings
    /// The address that was taken apart last: of many requests in a row most go to the same.
    private let latest = Mutex((address: "", host: ""))

    /// The most requests under way at once.
    static let mostTransfers = 256
    /// How often a request that may be repeated is sent at most.
    static let attempts = 3
    /// The first pause between two attempts, in milliseconds; each further one is twice as long.
    static let firstPause = 200
    /// The largest answer, in bytes after decompression.
    static let largestAnswer = 256 * 1024

    init(store: Store, surroundings: Surroundings) {
        self.surroundings = surroundings
        breakers = Breakers(store: store, surroundings: surroundings)
        probes = Probes(store: store, surroundings: surroundings)
    }

    func close() { client.ifMade?.shutdown() }

    /// The raw answer to a request.
    ///
    /// - Parameter isUrgent: Whether it is worth nothing later: a host that is left alone is asked all the same, and one that
    ///   fails is not left alone for it.
    /// - Throws: ``AdapterError``; ``OutOfOrder`` where the vendor's server says so; ``LostAnswer`` where a request
    ///   that is made only once may have arrived; `CancellationError` where the task was cancelled.
    func send(_ request: Request, to vendor: Profile.Vendor, isUrgent: Bool = false) async throws -> RawAnswer {
        let wire = try wireRequest(request, vendor)
        let client = try client.get()
        let host = hostName(of: vendor.address ?? wire.url)
        var attempt = 1
        while true {
            if !isUrgent { try await breakers.admit(host) }
            let internet = vendor.probe == nil ? nil : await probes.finding(for: vendor, by: client)
            let failure: any Error
            do {
                let response = try await client.send(wire)
                guard let refusal = OutOfOrder(response, at: surroundings.now()) else {
                    await breakers.succeeded(host)
                    return RawAnswer(status: response.status, body: response.body)
                }
                if !isUrgent { await breakers.failed(host, refusal.error.message) }
                // A server that names a later time is not asked before it.
                if request.once || refusal.comeBack != nil || attempt == Self.attempts { throw refusal }
                failure = refusal
            } catch let error as TransportError {
                if error.code == .cancelled {
                    if !isUrgent { breakers.abandoned(host) }
                    throw CancellationError()
                }
                let reach = internet.map { Reach($0, vendor, host: host) }
                let told = Self.failure(error, reach)
                switch error.code {
                // Nothing was sent: that says nothing of the host.
                case _ where isUrgent: break
                case .invalidRequest, .insecureURL, .clientClosed: breakers.abandoned(host)
                default: await breakers.failed(host, told.message)
                }
                if request.once, error.requestMayHaveArrived { throw LostAnswer(message: error.message) }
                if request.once || told.code != .unreachable || !error.isRetryable || attempt == Self.attempts
                    || reach?.hasInternet == false
                {
                    throw told
                }
                failure = told
            }
            do {
                try await surroundings.pause(surroundings.jittered(Self.firstPause << (attempt - 1)))
            } catch {
                throw Task.isCancelled ? CancellationError() : failure
            }
            attempt += 1
        }
    }

    /// What the adapter may see of an answer.
    ///
    /// - Throws: ``AdapterError`` where it is not proven, or no answer of the protocol.
    func verify(
        _ answer: RawAnswer, to request: Request, from vendor: Profile.Vendor, nonce: String
    ) throws(AdapterError) -> Response {
        switch request.trust {
        case .plain, .keySet:
            return Response(status: answer.status, body: answer.body)
        case .signed(let purpose):
            guard answer.status == 200 else {
                let said = Self.shown(answer.body)
                throw AdapterError(
                    .malformed,
                    "The vendor's server answered with status \(answer.status), which this protocol has no use for"
                        + (said.isEmpty ? "." : ": \(said)"))
            }
            let payload = try SignatureCheck(keys: vendor.keys).payload(
                of: answer.body, purpose: purpose, nonce: nonce)
            return Response(status: 200, body: payload, document: answer.body)
        }
    }

    private func hostName(of address: String) -> String {
        if let host = latest.withLock({ $0.address == address ? $0.host : nil }) { return host }
        let host = Self.host(of: address)
        latest.withLock { $0 = (address, host) }
        return host
    }

    /// Host and port of an address, as breakers and people know it.
    static func host(of address: String) -> String {
        let parts = URLComponents(string: address)
        let host = parts?.host ?? address
        return parts?.port.map { "\(host):\($0)" } ?? host
    }

    private func wireRequest(_ request: Request, _ vendor: Profile.Vendor) throws(AdapterError) -> HTTPRequest {
        guard let address = vendor.address else {
            let variable = vendor.unset.map { "set \($0)" } ?? "write it into the profile"
            throw AdapterError(
                .unreachable, "The profile names no address of the vendor's server: \(variable), and try again.")
        }
        guard let method = HTTPRequest.Method(rawValue: request.method) else {
            throw AdapterError(.malformed, "The adapter asks for the unknown method \(request.method).")
        }
        return HTTPRequest(
            method: method, url: request.endpoint ?? address + request.path,
            headers: request.headers.sorted { $0.key < $1.key }.map { HTTPHeader($0.key, $0.value) },
            body: request.body, totalTimeout: .milliseconds(vendor.timeout), maxResponseBytes: Self.largestAnswer,
            proxy: vendor.proxy.map(HTTPProxy.init), pinnedPublicKey: vendor.pin, caFile: vendor.authorities,
            isSentOnce: request.once)
    }

    private static func failure(_ error: TransportError, _ reach: Reach?) -> AdapterError {
        switch error.code {
        case .pinMismatch: AdapterError(.untrusted, error.message)
        case .tooLarge, .protocolError: AdapterError(.malformed, error.message)
        case .invalidRequest, .insecureURL: AdapterError(.rejected, error.message)
        // The proxy is neither the Internet nor the vendor.
        case .proxy: AdapterError(.unreachable, error.message)
        default: AdapterError(.unreachable, error.isRetryable ? reach?.message(error) ?? error.message : error.message)
        }
    }

    /// The beginning of an unproven answer, for a person to read.
    private static func shown(_ body: [UInt8]) -> String {
        let text = String(decoding: body.prefix(200), as: UTF8.self)
        return String(text.unicodeScalars.map { $0.properties.generalCategory == .control ? " " : Character($0) })
            .trimmingSpace()
    }
}

extension HTTPProxy {
    /// A profile's proxy.
    init(_ proxy: Profile.Vendor.Proxy) {
        self.init(url: proxy.url, user: proxy.user, password: proxy.password)
    }
}

/// A vendor's answer as it came, not yet trusted.
struct RawAnswer: Codable, Hashable, Sendable {
    /// The HTTP status.
    var status: Int
    /// The body.
    @Base64 var body: [UInt8]
}
