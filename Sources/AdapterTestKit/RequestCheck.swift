import AdapterKit

/// What a request must be before the core sends it.
struct RequestCheck {
    let descriptor: AdapterDescriptor
    let facts: Facts
    let secrets: Secrets

    /// Headers that belong to the transport.
    private static let reserved: Set<String> = [
        "accept-encoding", "connection", "content-length", "expect", "host", "te", "transfer-encoding", "upgrade",
    ]

    func failures(_ request: Request, place: String) -> [ConformanceFailure] {
        var found: [ConformanceFailure] = []
        func require(_ check: ConformanceFailure.Check, _ holds: Bool, _ message: String) {
            if !holds { found.append(ConformanceFailure(check, place, message)) }
        }
        require(
            .step, ["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE"].contains(request.method),
            "\"\(request.method)\" is no method that a vendor is asked with")
        if let endpoint = request.endpoint {
            let isWeb = endpoint.hasPrefix("https://") || endpoint.hasPrefix("http://")
            require(
                .step, isWeb && request.path.isEmpty && endpoint.utf8.allSatisfy { $0 > 32 && $0 < 127 },
                "the endpoint \"\(endpoint)\" must be a whole web address, with no path besides")
        } else {
            require(.step, isPath(request.path), "the path \"\(request.path)\" must begin with one / and be encoded")
        }
        for (name, value) in request.headers {
            let isLegal =
                !name.isEmpty && name.utf8.allSatisfy { $0 > 32 && $0 < 127 && $0 != UInt8(ascii: ":") }
                && value.unicodeScalars.allSatisfy { $0.properties.generalCategory != .control }
            require(.step, isLegal, "the header \(name.debugDescription) is not legal")
            require(
                .step, !Self.reserved.contains(name.lowercased()), "the header \(name) belongs to the transport")
        }
        if case .signed(let purpose) = request.trust {
            require(
                .trust, descriptor.purposes.contains(purpose),
                "the purpose \"\(purpose)\" is not among those that the descriptor declares")
            require(
                .trust, holds(request, facts.nonce),
                "the request does not hold the nonce of its facts, so its answer cannot be signed over it")
        }
        for case .withheld(let name) in (request.form ?? [:]).values {
            require(
                .step, facts.withheld.contains(name), "the form wants \"\(name)\", which no answer gave to be withheld")
        }
        if request.once, !request.namesWithheld {
            require(
                .step, holds(request, facts.operation),
                "a request that must not be repeated does not hold the operation's ID, so it cannot be asked about")
        }
        let texts = (request.form ?? [:]).values.map { if case .text(let text) = $0 { text } else { "" } }
        let isOpen = ([request.path, request.endpoint ?? ""] + request.headers.values + texts).contains {
            secrets.name(in: $0) != nil
        }
        require(.secret, !isOpen, "a secret stands in its path or a header, which are written down")
        if let name = secrets.name(in: String(decoding: request.body, as: UTF8.self)) {
            require(.secret, request.isSecret, "the body holds the secret \(name), and the request does not say so")
        }
        require(.secret, !request.isSecret || request.once, "a request that holds secrets is made once")
        return found
    }

    private func isPath(_ path: String) -> Bool {
        path.hasPrefix("/") && !path.hasPrefix("//") && path.utf8.allSatisfy { $0 > 32 && $0 < 127 }
            && !path.contains("#") && !path.contains("\\")
            && !path.prefix { $0 != "?" }.split(separator: "/").contains { $0 == "." || $0 == ".." }
    }

    private func holds(_ request: Request, _ value: String) -> Bool {
        request.path.contains(value) || request.headers.values.contains { $0.contains(value) }
            || String(decoding: request.body, as: UTF8.self).contains(value)
    }
}

extension Request {
    /// Whether its form holds what was withheld: then that is what its server knows it again by.
    var namesWithheld: Bool {
        (form ?? [:]).values.contains { if case .withheld = $0 { true } else { false } }
    }
}
