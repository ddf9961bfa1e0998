import CCurl

/// One easy handle and the request it carries at the moment; made, used and ended on the transfer thread only.
///
/// Slots are kept for the next request. What never changes is set once; what a request decides is set for each
/// anew, so nothing of one request reaches another.
final class TransferSlot {
    let handle: UnsafeMutableRawPointer
    private let errorText: UnsafeMutablePointer<CChar>
    private let authorities: SystemAuthorities
    private var route: Route?
    private var headerList: UnsafeMutablePointer<curl_slist>?
    private(set) var submission: Mailbox.Submission?
    private(set) var inbox = Inbox()

    /// What decides which kept connections a request may use.
    private struct Route: Equatable {
        let scheme: VendorURL.Scheme
        let proxy: HTTPProxy?
        let pinnedPublicKey: String?
        let caFile: String?
    }

    /// Makes a slot; nil if libcurl has no memory for it, or refuses one of the options that keep requests safe.
    init?(authorities: SystemAuthorities) {
        guard let handle = curl_easy_init() else { return nil }
        self.handle = handle
        self.authorities = authorities
        self.errorText = .allocate(capacity: Int(CURL_ERROR_SIZE))
        errorText.initialize(repeating: 0, count: Int(CURL_ERROR_SIZE))
        guard setFixedOptions() else { return nil }
    }

    deinit {
        curl_easy_cleanup(handle)
        curl_slist_free_all(headerList)
        errorText.deallocate()
    }

    /// libcurl's text about the last failure.
    func errorMessage(_ result: CURLcode) -> String {
        let text = String(cString: errorText)
        return text.isEmpty ? String(cString: curl_easy_strerror(result)) : text
    }

    // MARK: Options

    private func setFixedOptions() -> Bool {
        var options = EasyOptions(handle)
        let context = Unmanaged.passUnretained(self).toOpaque()
        options.set(CURLOPT_PRIVATE, pointer: context)
        options.set(CURLOPT_ERRORBUFFER, pointer: UnsafeMutableRawPointer(errorText))
        options.set(CURLOPT_WRITEDATA, pointer: context)
        options.set(CURLOPT_HEADERDATA, pointer: context)
        options.set(CURLOPT_WRITEFUNCTION) { bytes, size, count, context in
            guard let bytes, let context else { return 0 }
            let slot = Unmanaged<TransferSlot>.fromOpaque(context).takeUnretainedValue()
            return slot.receiveBody(UnsafeRawBufferPointer(start: bytes, count: size * count))
        }
        options.set(CURLOPT_HEADERFUNCTION) { bytes, size, count, context in
            guard let bytes, let context else { return 0 }
            let slot = Unmanaged<TransferSlot>.fromOpaque(context).takeUnretainedValue()
            return slot.inbox.takeHeader(UnsafeRawBufferPointer(start: bytes, count: size * count))
        }
        options.note(CURLOPT_OPENSOCKETFUNCTION, gatehouse_setopt_close_on_exec(handle))

        options.set(CURLOPT_NOSIGNAL, 1)
        options.set(CURLOPT_TCP_NODELAY, 1)
        options.set(CURLOPT_TCP_KEEPALIVE, 1)
        // A transfer that is given up while its host's name is looked up must not hold up all others.
        options.set(CURLOPT_QUICK_EXIT, 1)
        options.set(CURLOPT_HTTP_VERSION, Int(CURL_HTTP_VERSION_1_1))
        options.set(CURLOPT_HTTP09_ALLOWED, 0)
        options.set(CURLOPT_ACCEPT_ENCODING, "gzip")

        options.set(CURLOPT_FOLLOWLOCATION, 0)
        options.set(CURLOPT_NETRC, Int(CURL_NETRC_IGNORED.rawValue))
        options.set(CURLOPT_DISALLOW_USERNAME_IN_URL, 1)
        options.set(CURLOPT_NOPROXY, "")
        options.set(CURLOPT_HTTPPROXYTUNNEL, 1)
        options.set(CURLOPT_SUPPRESS_CONNECT_HEADERS, 1)

        options.set(CURLOPT_SSL_VERIFYPEER, 1)
        options.set(CURLOPT_SSL_VERIFYHOST, 2)
        options.set(CURLOPT_SSLVERSION, Int(CURL_SSLVERSION_TLSv1_2))
        options.set(CURLOPT_PROXY_SSL_VERIFYPEER, 1)
        options.set(CURLOPT_PROXY_SSL_VERIFYHOST, 2)
        options.set(CURLOPT_PROXY_SSLVERSION, Int(CURL_SSLVERSION_TLSv1_2))
        options.set(CURLOPT_CA_CACHE_TIMEOUT, 300)
        return options.refused == nil
    }

    /// Sets the slot up for a request.
    func prepare(_ submission: Mailbox.Submission) throws(TransportError) {
        let prepared = submission.prepared
        let request = prepared.request
        self.submission = submission
        inbox = Inbox(maxBodyBytes: request.maxResponseBytes)
        errorText.pointee = 0

        var options = EasyOptions(handle)
        setRoute(of: prepared, &options)
        options.set(CURLOPT_URL, request.url)
        setMethod(of: request, &options)
        for line in prepared.headerLines {
            guard let list = curl_slist_append(headerList, line) else {
                throw failed(prepared, "there is not enough memory for its headers")
            }
            headerList = list
        }
        options.set(CURLOPT_HTTPHEADER, pointer: headerList)
        options.set(CURLOPT_CONNECTTIMEOUT_MS, prepared.connectMilliseconds)
        options.set(CURLOPT_TIMEOUT_MS, prepared.totalMilliseconds)
        options.set(CURLOPT_FRESH_CONNECT, request.isSentOnce ? 1 : 0)
        // The answer to HEAD names the length of a body that does not come. Zero means no limit, so an empty body
        // is left to the count of what arrives.
        options.set(CURLOPT_MAXFILESIZE_LARGE, large: request.method == .head ? 0 : request.maxResponseBytes)
        if let refused = options.refused {
            throw failed(prepared, "libcurl refused option \(refused.option.rawValue): \(errorMessage(refused.result))")
        }
    }

    private func setRoute(of prepared: PreparedRequest, _ options: inout EasyOptions) {
        let request = prepared.request
        let route = Route(
            scheme: prepared.url.scheme, proxy: request.proxy, pinnedPublicKey: request.pinnedPublicKey,
            caFile: request.caFile)
        guard route != self.route else { return }
        self.route = nil
        options.set(CURLOPT_PROTOCOLS_STR, route.scheme.rawValue)
        // An empty name keeps libcurl from looking into the environment.
        options.set(CURLOPT_PROXY, route.proxy?.url ?? "")
        options.set(CURLOPT_PROXYUSERNAME, route.proxy?.user)
        options.set(CURLOPT_PROXYPASSWORD, route.proxy?.password)
        options.set(CURLOPT_PINNEDPUBLICKEY, route.pinnedPublicKey)
        options.set(CURLOPT_CAINFO, route.caFile ?? authorities.file)
        options.set(CURLOPT_CAPATH, route.caFile == nil ? authorities.folder : nil)
        if options.refused == nil { self.route = route }
    }

    private func setMethod(of request: HTTPRequest, _ options: inout EasyOptions) {
        options.set(CURLOPT_NOBODY, request.method == .head ? 1 : 0)
        switch request.method {
        case .head:
            options.set(CURLOPT_CUSTOMREQUEST, nil)
        case .get:
            options.set(CURLOPT_HTTPGET, 1)
            options.set(CURLOPT_CUSTOMREQUEST, nil)
        case .delete where request.body.isEmpty:
            options.set(CURLOPT_HTTPGET, 1)
            options.set(CURLOPT_CUSTOMREQUEST, request.method.rawValue)
        case .post, .put, .patch, .delete:
            options.set(CURLOPT_POST, 1)
            options.set(CURLOPT_POSTFIELDSIZE_LARGE, large: request.body.count)
            if request.body.isEmpty {
                // Without an address libcurl would ask a callback for the body.
                options.set(CURLOPT_COPYPOSTFIELDS, "")
            } else {
                request.body.withUnsafeBytes { bytes in
                    let start = UnsafeMutableRawPointer(mutating: bytes.baseAddress)
                    options.set(CURLOPT_COPYPOSTFIELDS, pointer: start)
                }
            }
            options.set(CURLOPT_CUSTOMREQUEST, request.method == .post ? nil : request.method.rawValue)
        }
    }

    private func failed(_ prepared: PreparedRequest, _ what: String) -> TransportError {
        TransportError(
            code: .other, host: prepared.url.host, message: "The request to \(prepared.url.host) was not sent: \(what)."
        )
    }

    // MARK: Answer

    private func receiveBody(_ bytes: UnsafeRawBufferPointer) -> Int {
        if inbox.body.isEmpty {
            var length = curl_off_t(-1)
            _ = gatehouse_getinfo_large(handle, CURLINFO_CONTENT_LENGTH_DOWNLOAD_T, &length)
            inbox.expect(Int(length))
        }
        return inbox.takeBody(bytes)
    }

    /// A number libcurl keeps about the last transfer.
    func info(_ info: CURLINFO) -> Int {
        var value = 0
        return gatehouse_getinfo_long(handle, info, &value) == CURLE_OK ? value : 0
    }

    /// The answer of a transfer that ended well. The arrays move out; nothing is copied.
    func takeAnswer() -> RawAnswer {
        var address: UnsafePointer<CChar>?
        _ = gatehouse_getinfo_string(handle, CURLINFO_PRIMARY_IP, &address)
        let taken = inbox
        inbox = Inbox()
        return RawAnswer(
            status: info(CURLINFO_RESPONSE_CODE), headerBlock: taken.headerBlock, body: taken.body,
            primaryIP: address.flatMap { $0.pointee == 0 ? nil : String(cString: $0) })
    }

    /// Forgets the request, so that its body and headers don't stay in memory while the slot waits.
    func clear() {
        submission = nil
        inbox = Inbox()
        _ = gatehouse_setopt_pointer(handle, CURLOPT_POSTFIELDS, nil)
        _ = gatehouse_setopt_pointer(handle, CURLOPT_HTTPHEADER, nil)
        curl_slist_free_all(headerList)
        headerList = nil
    }
}

/// Where libcurl finds the system's certificate authorities unless told otherwise.
struct SystemAuthorities {
    let file: String?
    let folder: String?

    /// libcurl reads the file once for many connections, but only if no folder is searched as well, and both hold
    /// the same certificates: so the file alone, where there is one.
    init() {
        guard let handle = curl_easy_init() else {
            (file, folder) = (nil, nil)
            return
        }
        defer { curl_easy_cleanup(handle) }
        var text: UnsafePointer<CChar>?
        _ = gatehouse_getinfo_string(handle, CURLINFO_CAINFO, &text)
        file = text.map { String(cString: $0) }
        text = nil
        _ = gatehouse_getinfo_string(handle, CURLINFO_CAPATH, &text)
        folder = file == nil ? text.map { String(cString: $0) } : nil
    }
}
