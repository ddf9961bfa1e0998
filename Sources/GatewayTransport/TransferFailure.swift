import CCurl

extension TransferSlot {
    /// Whether bytes of the request, and not only of the tunnel to it, were written.
    var requestMayHaveArrived: Bool {
        guard info(CURLINFO_REQUEST_SIZE) > 0 else { return false }
        return submission?.prepared.request.proxy == nil || !isStuckAtProxy
    }

    /// Whether the transfer has a proxy and has not come past it. A kept connection has its tunnel already.
    private var isStuckAtProxy: Bool {
        guard submission?.prepared.request.proxy != nil else { return false }
        let status = info(CURLINFO_HTTP_CONNECTCODE)
        return status == 0 ? info(CURLINFO_NUM_CONNECTS) > 0 || info(CURLINFO_REQUEST_SIZE) == 0 : status / 100 != 2
    }

    /// Says in plain English why the transfer failed.
    func failure(_ result: CURLcode, _ prepared: PreparedRequest) -> TransportError {
        let host = prepared.url.host
        let detail = errorMessage(result)
        let arrived = requestMayHaveArrived
        func error(_ code: TransportError.Code, _ text: String, retryable: Bool? = nil) -> TransportError {
            TransportError(
                code: code, host: host, message: "\(text) (\(detail)).", isRetryable: retryable,
                requestMayHaveArrived: arrived && code != .tls && code != .pinMismatch)
        }

        switch inbox.overflow {
        case .headers:
            return error(.tooLarge, "The answer of \(host) has more than \(Inbox.maxHeaderBytes) bytes of headers")
        case .body:
            return error(.tooLarge, Self.tooLarge(prepared))
        case nil:
            break
        }
        if let error = proxyFailure(result, prepared, detail) { return error }

        switch result {
        case CURLE_COULDNT_RESOLVE_HOST:
            return error(.resolve, "The name \(host) has no address; check the name and this machine's DNS")
        case CURLE_COULDNT_CONNECT, CURLE_INTERFACE_FAILED:
            return error(.connect, "\(host) accepts no connection; check its address, port and the firewall")
        case CURLE_OPERATION_TIMEDOUT:
            return error(
                .timeout,
                arrived
                    ? "\(host) gave no complete answer within \(prepared.totalMilliseconds) ms"
                    : "There was no connection to \(host) within "
                        + "\(min(prepared.connectMilliseconds, prepared.totalMilliseconds)) ms")
        case CURLE_SSL_PINNEDPUBKEYNOTMATCH:
            return error(.pinMismatch, "\(host) showed a key that is not the pinned one; nothing was sent")
        case CURLE_SSL_CONNECT_ERROR:
            // Behind a load balancer an outage looks like this too.
            return error(.tls, "The TLS handshake with \(host) failed; TLS 1.2 or later is needed", retryable: true)
        case CURLE_PEER_FAILED_VERIFICATION, CURLE_SSL_ISSUER_ERROR, CURLE_SSL_INVALIDCERTSTATUS:
            return error(.tls, "The certificate of \(host) is not trusted, or is another host's; nothing was sent")
        case CURLE_SSL_CACERT_BADFILE, CURLE_SSL_CRL_BADFILE:
            return error(.tls, "The file of trusted certificates can't be read; check the CA file's path and content")
        case CURLE_SSL_CERTPROBLEM, CURLE_SSL_CIPHER, CURLE_USE_SSL_FAILED, CURLE_SSL_ENGINE_NOTFOUND,
            CURLE_SSL_ENGINE_SETFAILED, CURLE_SSL_ENGINE_INITFAILED, CURLE_SSL_SHUTDOWN_FAILED:
            return error(.tls, "TLS with \(host) failed")
        case CURLE_GOT_NOTHING, CURLE_SEND_ERROR, CURLE_RECV_ERROR:
            return inbox.hasBegun
                ? error(.truncated, "\(host) broke off in the middle of its answer")
                : error(.disconnected, "\(host) closed the connection without an answer")
        case CURLE_PARTIAL_FILE:
            return error(.truncated, "\(host) broke off in the middle of its answer")
        case CURLE_FILESIZE_EXCEEDED:
            return error(.tooLarge, Self.tooLarge(prepared))
        case CURLE_UNSUPPORTED_PROTOCOL, CURLE_WEIRD_SERVER_REPLY, CURLE_BAD_CONTENT_ENCODING, CURLE_WRITE_ERROR,
            CURLE_HTTP2, CURLE_HTTP2_STREAM, CURLE_HTTP_RETURNED_ERROR:
            return error(.protocolError, "What \(host) answered is not valid HTTP")
        case CURLE_URL_MALFORMAT, CURLE_BAD_FUNCTION_ARGUMENT:
            return error(.invalidRequest, "The request to \(host) is malformed")
        default:
            return error(.other, "The request to \(host) failed")
        }
    }

    /// Says so if it was the proxy that failed, before the tunnel to the host stood.
    private func proxyFailure(
        _ result: CURLcode, _ prepared: PreparedRequest, _ detail: String
    ) -> TransportError? {
        guard let proxy = prepared.request.proxy, isStuckAtProxy else { return nil }
        let host = prepared.url.host
        let status = info(CURLINFO_HTTP_CONNECTCODE)
        let reason: String
        let isRetryable: Bool
        switch (status, result) {
        // Some proxies answer 401 to wrong credentials, though it is not theirs to give (RFC 9110, section 15.5.8).
        case (407, _), (401, _):
            reason = "wants other credentials (status \(status)); check the proxy's user name and password"
            isRetryable = false
        case (1..., _):
            reason = "refused the tunnel with status \(status)"
            isRetryable = status >= 500
        case (_, CURLE_OPERATION_TIMEDOUT):
            return nil
        case (_, CURLE_PEER_FAILED_VERIFICATION), (_, CURLE_SSL_CACERT_BADFILE):
            reason = "has a certificate that is not trusted"
            isRetryable = false
        default:
            reason = "could not be used; check its address and port"
            isRetryable = true
        }
        return TransportError(
            code: .proxy, host: host, message: "The proxy \(proxy.url) on the way to \(host) \(reason) (\(detail)).",
            isRetryable: isRetryable)
    }

    private static func tooLarge(_ prepared: PreparedRequest) -> String {
        "The answer of \(prepared.url.host) is larger than the \(prepared.request.maxResponseBytes) bytes allowed"
    }
}
