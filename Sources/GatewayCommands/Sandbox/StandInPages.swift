import GatewayAPI
import GatewayTransport
import VendorSandbox

/// The stand-in's POS pages, visited in a person's place.
enum StandInPages {
    /// Authorizes a device, or denies it, by the login that the book has for it.
    ///
    /// - Parameters:
    ///   - url: The stand-in's address. Nothing but its own pages gets the login: whoever answers without saying that it is
    ///     the stand-in is left alone.
    ///   - certificate: The file of its certificate; nil for one that this machine knows, or for none.
    static func authorize(
        _ device: String, userCode: String, isDenied: Bool = false, at url: String, knowing sandbox: Sandbox,
        certificate: String? = nil
    ) async throws(CallError) {
        do {
            guard let pass = try sandbox.visitorPass(device: device) else { throw unknown(device) }
            let client = try HTTPClient(limits: .init(maxTransfers: 1, maxTransfersPerHost: 1))
            defer { client.shutdown() }
            var visitor = SandboxVisitor(issuer: SandboxVisitor.issuer(of: url)) { request in
                try await send(request, by: client, certificate)
            }
            try await visitor.logIn(name: pass.name, password: pass.password)
            try await visitor.authorize(
                device: pass.device, userCode: userCode, organization: pass.organization, isDenied: isDenied)
        } catch let error as CallError {
            throw error
        } catch let error as TransportError {
            throw CallError(
                error.code == .insecureURL || error.code == .invalidRequest ? .invalid : .unreachable, error.message)
        } catch {
            throw CallError(.failed, "\(error)")
        }
    }

    /// That the book has no such device.
    static func unknown(_ device: String) -> CallError {
        CallError(
            .notFound,
            "The book has no device \(device), or several of that name: give its serverID, as the book's section pos has it."
        )
    }

    private static func send(
        _ request: SandboxVisitor.Request, by client: HTTPClient, _ certificate: String?
    ) async throws -> SandboxVisitor.Reply {
        let answer = try await client.send(
            HTTPRequest(
                method: request.form == nil ? .get : .post, url: request.url,
                headers: request.headers.map { HTTPHeader($0.key, $0.value) },
                body: Array((request.form ?? "").utf8), totalTimeout: .seconds(20), caFile: certificate))
        guard answer[header: "server"] == Sandbox.serverHeader else {
            throw CallError(
                .invalid,
                "\(request.url) is not answered by the stand-in vendor. This command is for the stand-in alone: at a real "
                    + "authorization server a person types the code.")
        }
        return SandboxVisitor.Reply(
            status: answer.status, location: answer[header: "location"],
            cookies: answer.headers.filter { $0.name == "set-cookie" }.map(\.value),
            html: String(decoding: answer.body, as: UTF8.self))
    }
}
