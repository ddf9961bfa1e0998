import AdapterKit
import Hummingbird

/// Leads a request to the vendor that it is meant for, and breaks the answer where the book demands it.
struct StandInResponder: HTTPResponder {
    let keeper: BookKeeper
    let signer: Signer
    /// `http` or `https`.
    let scheme: String
    let now: @Sendable () -> Instant

    func respond(to request: Request, context: Connection) async throws -> Response {
        let book = await keeper.current()
        let path = request.uri.path
        guard let (name, below) = Self.place(path), let vendor = book.vendors[name] else {
            return response(to: path == "/" ? index(of: book, request.method) : Self.notFound(path))
        }
        guard let fault = vendor.fault, fault.strikes(at: below) else {
            return response(to: try await answer(request, below, from: vendor, signer))
        }
        if fault.latency > 0 { try await Task.sleep(for: .milliseconds(fault.latency)) }
        if fault.isDown {
            context.hangUp()
            return Response(status: .serviceUnavailable)
        }
        let answer =
            if let status = fault.status {
                VendorAnswer.text(status, "broken on purpose, by a fault in its book.")
            } else {
                try await answer(request, below, from: vendor, fault.badSignature ? signer.spoiled : signer)
            }
        if fault.isLost {
            context.hangUp()
            return Response(status: .serviceUnavailable)
        }
        return response(to: answer, truncatedTo: fault.truncate)
    }

    private func answer(
        _ request: Request, _ below: String, from vendor: Book.Vendor, _ signer: Signer
    ) async throws -> VendorAnswer {
        let path = request.uri.path
        let endpoints = vendor.endpoints.filter { $0.path == below }
        guard !endpoints.isEmpty else { return Self.notFound(path) }
        guard let endpoint = endpoints.first(where: { $0.method == request.method.rawValue }) else {
            let methods = endpoints.map(\.method)
            return .text(
                405, "\(path) is asked with \(methods.joined(separator: " or ")).",
                headers: [.allow: methods.joined(separator: ", ")])
        }
        let body = try await Self.body(of: request, upTo: endpoint.bodyLimit)
        let question = VendorRequest(
            contentType: request.headers[.contentType], body: body ?? [], now: now(), signer: signer,
            query: request.uri.query ?? "", headers: request.headers, origin: origin(of: request))
        do {
            if body != nil { return try endpoint.answer(question) }
            return try endpoint.tooLarge?(question)
                ?? .text(400, "the body has more than \(endpoint.bodyLimit) bytes.")
        } catch let error as AdapterError {
            return .text(400, error.message)
        }
    }

    /// The whole body; nil where it is larger than allowed, the rest of which the server then reads and drops.
    private static func body(of request: Request, upTo limit: Int) async throws -> [UInt8]? {
        var body: [UInt8] = []
        for try await part in request.body {
            guard body.count + part.readableBytes <= limit else { return nil }
            body.append(contentsOf: part.readableBytesView)
        }
        return body
    }

    private func response(to answer: VendorAnswer, truncatedTo limit: Int? = nil) -> Response {
        var headers = answer.headers
        headers[.contentType] = answer.contentType
        headers[.cacheControl] = "no-store"
        let status = HTTPResponse.Status(code: answer.status)
        guard let limit else {
            return Response(
                status: status, headers: headers, body: ResponseBody(byteBuffer: ByteBuffer(bytes: answer.body)))
        }
        let sent = ByteBuffer(bytes: answer.body.prefix(max(0, min(limit, answer.body.count - 1))))
        let body = ResponseBody(contentLength: answer.body.count) { writer in
            try await writer.write(sent)
            throw CutShort()
        }
        return Response(status: status, headers: headers, body: body)
    }

    private func index(of book: Book, _ method: HTTPRequest.Method) -> VendorAnswer {
        guard method == .get else { return .text(405, "/ is asked with GET.") }
        var lines = [
            "this server stands in for vendors' licensing servers. Nothing here comes from a vendor, and nothing that "
                + "is signed here is a license.", "",
        ]
        for (name, vendor) in book.vendors.sorted(by: { $0.key < $1.key }) {
            let count = vendor.standIn.count
            let customers = count == 1 ? "1 customer" : "\(count) customers"
            let isBroken = vendor.fault == nil ? "" : ", broken on purpose"
            lines.append("\(type(of: vendor.standIn).title): \(customers) in the book\(isBroken)")
            for endpoint in vendor.endpoints.sorted(by: { ($0.path, $0.method) < ($1.path, $1.method) }) {
                lines.append("    \(endpoint.method) /\(name)\(endpoint.path)")
            }
        }
        lines += [
            "", "Answers are signed with the Ed25519 key \"\(signer.keyID)\", whose public half is", signer.publicKey,
        ]
        return .text(200, lines.joined(separator: "\n"))
    }

    private static func notFound(_ path: String) -> VendorAnswer {
        .text(404, "there is nothing at \(path.prefix(200)); / says what there is.")
    }

    /// The vendor that a path is of, and the path below it.
    ///
    /// A well-known name may also be inserted before the vendor's: `/.well-known/NAME/VENDOR` is
    /// `/VENDOR/.well-known/NAME` (RFC 8414, section 3.1).
    private static func place(_ path: String) -> (vendor: String, below: String)? {
        let parts = path.split(separator: "/", omittingEmptySubsequences: false)
        guard parts.count > 1 else { return nil }
        if parts.count == 4, parts[1] == ".well-known" { return (String(parts[3]), "/.well-known/\(parts[2])") }
        return (String(parts[1]), String(path.dropFirst(parts[1].count + 1)))
    }

    /// By what a client reached the stand-in; nil where it does not say a host, or something else in its place.
    private func origin(of request: Request) -> String? {
        guard let host = request.head.authority, (1...255).contains(host.utf8.count) else { return nil }
        let isPlain = host.utf8.allSatisfy { byte in
            switch byte {
            case 48...57, 65...90, 97...122: true
            default: "-._:[]".utf8.contains(byte)
            }
        }
        return isPlain ? "\(scheme)://\(host)" : nil
    }
}

/// The connection that a request came over.
struct Connection: InitializableFromSource {
    /// Ends it at once.
    let hangUp: @Sendable () -> Void

    init(source: ApplicationRequestContextSource) {
        let channel = source.channel
        hangUp = { channel.close(promise: nil) }
    }
}

/// Ends a connection in the middle of an answer.
private struct CutShort: Error {}
