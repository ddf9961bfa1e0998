import AdapterKit
import CCurl
import Crypto

/// One thread, one multi handle, so many easy handles, each used again as soon as its answer is there.
final class BareLoop {
    private let key: Curve25519.Signing.PublicKey
    /// What must stand in every payload, and where it stood in the first.
    private let status: [UInt8]
    private var statusPlace: Int?
    private let multi: UnsafeMutableRawPointer
    private var transfers: [Transfer] = []
    private let headers: UnsafeMutablePointer<curl_slist>?

    /// A transfer's handle and what has arrived of its answer.
    private final class Transfer {
        let handle: UnsafeMutableRawPointer
        var answer: [UInt8] = []
        /// Which request it carries.
        var request = 0

        init(_ handle: UnsafeMutableRawPointer) { self.handle = handle }

        deinit { curl_easy_cleanup(handle) }
    }

    init(url: String, key: [UInt8], status: String, concurrency: Int) throws {
        self.key = try Curve25519.Signing.PublicKey(rawRepresentation: key)
        self.status = Array("<entitlement version=\"1\" status=\"\(status)\">".utf8)
        guard gatehouse_global_init() == CURLE_OK, let multi = curl_multi_init() else {
            throw BenchError("libcurl can't be started.")
        }
        self.multi = multi
        gatehouse_multi_setopt_long(multi, CURLMOPT_MAXCONNECTS, concurrency * 2)
        gatehouse_multi_setopt_long(multi, CURLMOPT_PIPELINING, Int(CURLPIPE_NOTHING))
        var headers: UnsafeMutablePointer<curl_slist>?
        for line in ["Accept: application/xml", "Content-Type: application/xml", "User-Agent: Gatehouse", "Expect:"] {
            headers = curl_slist_append(headers, line)
        }
        self.headers = headers
        for _ in 0..<concurrency {
            guard let handle = curl_easy_init() else { throw BenchError("libcurl can't be started.") }
            transfers.append(Transfer(handle))
        }
        for transfer in transfers { setUp(transfer, url) }
    }

    deinit {
        transfers = []
        curl_multi_cleanup(multi)
        curl_slist_free_all(headers)
    }

    private func setUp(_ transfer: Transfer, _ url: String) {
        let handle = transfer.handle
        let context = Unmanaged.passUnretained(transfer).toOpaque()
        _ = gatehouse_setopt_string(handle, CURLOPT_URL, url)
        _ = gatehouse_setopt_long(handle, CURLOPT_POST, 1)
        _ = gatehouse_setopt_pointer(handle, CURLOPT_HTTPHEADER, headers)
        _ = gatehouse_setopt_long(handle, CURLOPT_HTTP_VERSION, Int(CURL_HTTP_VERSION_1_1))
        _ = gatehouse_setopt_long(handle, CURLOPT_NOSIGNAL, 1)
        _ = gatehouse_setopt_string(handle, CURLOPT_ACCEPT_ENCODING, "gzip")
        _ = gatehouse_setopt_string(handle, CURLOPT_NOPROXY, "*")
        _ = gatehouse_setopt_pointer(handle, CURLOPT_PRIVATE, context)
        _ = gatehouse_setopt_pointer(handle, CURLOPT_WRITEDATA, context)
        _ = gatehouse_setopt_data_callback(handle, CURLOPT_WRITEFUNCTION) { bytes, size, count, context in
            guard let bytes, let context else { return 0 }
            let transfer = Unmanaged<Transfer>.fromOpaque(context).takeUnretainedValue()
            transfer.answer.append(contentsOf: UnsafeRawBufferPointer(start: bytes, count: size * count))
            return size * count
        }
    }

    /// Sends all of the requests.
    ///
    /// - Throws: at the first answer that is missing, not signed by the key, or of another status.
    func run(_ file: UnsafeRawBufferPointer, _ places: [(nonce: Range<Int>, body: Range<Int>)]) throws {
        var next = 0
        var done = 0
        func start(_ transfer: Transfer) {
            guard next < places.count else { return }
            transfer.request = next
            transfer.answer.removeAll(keepingCapacity: true)
            let body = UnsafeRawBufferPointer(rebasing: file[places[next].body])
            _ = gatehouse_setopt_large(transfer.handle, CURLOPT_POSTFIELDSIZE_LARGE, curl_off_t(body.count))
            _ = gatehouse_setopt_pointer(
                transfer.handle, CURLOPT_POSTFIELDS, UnsafeMutableRawPointer(mutating: body.baseAddress))
            curl_multi_add_handle(multi, transfer.handle)
            next += 1
        }
        for transfer in transfers { start(transfer) }
        var running: Int32 = 0
        while done < places.count {
            guard curl_multi_perform(multi, &running) == CURLM_OK else { throw BenchError("libcurl broke down.") }
            var left: Int32 = 0
            var isMoving = false
            while let message = curl_multi_info_read(multi, &left) {
                guard message.pointee.msg == CURLMSG_DONE else { continue }
                var context: UnsafeMutableRawPointer?
                _ = gatehouse_getinfo_pointer(message.pointee.easy_handle, CURLINFO_PRIVATE, &context)
                guard gatehouse_message_result(message) == CURLE_OK, let context else {
                    throw BenchError("A request of the bare loop had no answer.")
                }
                let transfer = Unmanaged<Transfer>.fromOpaque(context).takeUnretainedValue()
                curl_multi_remove_handle(multi, transfer.handle)
                try verify(transfer.answer, nonce: file[places[transfer.request].nonce])
                done += 1
                start(transfer)
                isMoving = true
            }
            if !isMoving, running > 0 { curl_multi_poll(multi, nil, 0, 1000, nil) }
        }
    }

    /// Checks an answer's signature. Its last line has a fixed form and length but for the key's name.
    private func verify(_ answer: [UInt8], nonce: Slice<UnsafeRawBufferPointer>) throws {
        let digits = answer.dropLast(5).suffix(128)
        guard let end = answer.dropLast().lastIndex(of: UInt8(ascii: "\n")), let signature = Hex.decode(digits) else {
            throw BenchError("An answer to the bare loop is not signed: \(String(decoding: answer, as: UTF8.self))")
        }
        let payload = answer[...end]
        var signed: [UInt8] = []
        signed.reserveCapacity(payload.count + 80)
        signed += "gatehouse-signature-v1\nsubscription/answer\n".utf8
        signed += nonce
        signed.append(UInt8(ascii: "\n"))
        signed += payload
        let place = statusPlace ?? payload.indices.first { payload[$0...].starts(with: status) } ?? 0
        statusPlace = place
        guard key.isValidSignature(signature, for: signed), payload.dropFirst(place).starts(with: status) else {
            throw BenchError("An answer to the bare loop is another: \(String(decoding: answer, as: UTF8.self))")
        }
    }
}
