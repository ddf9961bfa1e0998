import AdapterKit
import GatewayProfiles
import GatewayStore
import GatewayTransport

/// Asks well-known hosts whether there is a way to the Internet.
///
/// What one says counts for a minute, for every installation and, by way of the store, for every process of the
/// gateway; callers that come meanwhile wait for the same answer. It decides nothing but the words in which a
/// vendor's silence is told.
actor Probes {
    private let store: Store
    private let surroundings: Surroundings
    private var found: [String: (at: Instant, finding: Finding)] = [:]
    private var asking: [String: Task<Finding, Never>] = [:]
    private var hasRead = false

    /// What a host has said.
    enum Finding: Hashable, Sendable {
        /// It answered, whatever it said.
        case answers
        /// It could not be reached.
        case fails
        /// Nothing was asked: the sentence says why.
        case unusable(String)
    }

    /// How long a finding counts, in milliseconds.
    static let interval: Int64 = 60_000
    /// How long an answer may take: whoever asks the vendor waits for it.
    static let patience = Duration.seconds(5)

    init(store: Store, surroundings: Surroundings) {
        self.store = store
        self.surroundings = surroundings
    }

    /// What a vendor's probe says; nil where it has none.
    func finding(for vendor: Profile.Vendor, by client: HTTPClient) async -> Finding? {
        guard let probe = vendor.probe else { return nil }
        let name = Self.record(probe)
        await read()
        // A finding of the future was made by a clock that has been set back since.
        let age = found[name].map { surroundings.now().milliseconds - $0.at.milliseconds }
        if let age, (0..<Self.interval).contains(age), let known = found[name] { return known.finding }
        if let task = asking[name] { return await task.value }
        let task = Task { await ask(probe, vendor.proxy, name, client) }
        asking[name] = task
        return await task.value
    }

    private func ask(
        _ probe: Profile.Vendor.Probe, _ proxy: Profile.Vendor.Proxy?, _ name: String, _ client: HTTPClient
    ) async -> Finding {
        let request = HTTPRequest(
            method: .head, url: probe.address, connectTimeout: Self.patience, totalTimeout: Self.patience,
            maxResponseBytes: VendorLine.largestAnswer, proxy: proxy.map(HTTPProxy.init))
        var record = VendorHostRecord(host: name)
        let finding: Finding
        do {
            _ = try await client.send(request)
            finding = .answers
        } catch {
            finding = Finding(error)
            if finding == .fails { record.lastFailure = error.message }
        }
        asking[name] = nil
        if case .unusable = finding { return finding }
        let now = surroundings.now()
        found[name] = (now, finding)
        if finding == .fails { record.lastFailureAt = now } else { record.lastContact = now }
        // A lost record costs one question more, no harm.
        try? await store.save(record)
        return finding
    }

    /// What earlier processes found.
    private func read() async {
        guard !hasRead else { return }
        hasRead = true
        for record in (try? await store.vendorHosts()) ?? [] where found[record.host] == nil {
            if let at = record.lastContact, at >= record.lastFailureAt ?? at {
                found[record.host] = (at, .answers)
            } else if let at = record.lastFailureAt {
                found[record.host] = (at, .fails)
            }
        }
    }

    /// The name under which the store keeps what a host says, apart from those of vendors.
    private static func record(_ probe: Profile.Vendor.Probe) -> String {
        "probe:" + VendorLine.host(of: probe.address)
    }
}

extension Probes.Finding {
    /// What a failure says: bytes that came back from beyond this machine's network prove the way there, whatever they
    /// were.
    fileprivate init(_ error: TransportError) {
        switch error.code {
        case .invalidRequest, .insecureURL, .clientClosed, .cancelled: self = .unusable(error.message)
        case .truncated, .tooLarge, .protocolError, .pinMismatch: self = .answers
        case .resolve, .connect, .proxy, .timeout, .disconnected, .other: self = .fails
        case .tls: self = error.isRetryable ? .fails : .answers
        }
    }
}

/// What is known of the way to a vendor whose server could not be reached.
struct Reach {
    private let finding: Probes.Finding
    private let vendor: String
    private let probe: String
    private let allow: [String]

    /// - Parameter host: The vendor's host and port.
    init(_ finding: Probes.Finding, _ profile: Profile.Vendor, host: String) {
        self.finding = finding
        vendor = host
        probe = profile.probe.map { VendorLine.host(of: $0.address) } ?? ""
        let named = profile.probe?.allow ?? []
        allow = named.isEmpty ? [host] : named
    }

    /// Whether there is a way to the Internet, as far as is known.
    var hasInternet: Bool { finding != .fails }

    /// The failure and what to do about it.
    func message(_ error: TransportError) -> String {
        switch finding {
        case .answers:
            "The licensing server \(vendor) is unavailable, although there is a connection to the Internet (\(probe) "
                + "answers). \(error.message) If it lasts, see that a firewall lets port 443 through to "
                + "\(Self.list(allow)), and ask the vendor."
        case .fails:
            "There is no connection to the Internet: neither \(probe) nor the licensing server \(vendor) can be "
                + "reached. \(error.message) Check this machine's network; a firewall must let port 443 through to "
                + "\(Self.list(allow + [probe]))."
        case .unusable(let why):
            "\(error.message) Whether there is a connection to the Internet is not known, since the profile's probe "
                + "can't be asked: \(why)"
        }
    }

    private static func list(_ hosts: [String]) -> String {
        guard hosts.count > 1, let last = hosts.last else { return hosts.first ?? "" }
        return hosts.dropLast().joined(separator: ", ") + " and " + last
    }
}
