import CCurl

/// The transfer thread's work: it owns libcurl's multi handle and every easy handle, from the first to the last.
final class TransferLoop {
    private typealias Outcome = Result<RawAnswer, TransportError>

    private let mailbox: Mailbox
    private let multi: UnsafeMutableRawPointer
    #if os(Linux)
        /// Nil where the system could not give it: then libcurl looks at its sockets itself.
        private var watch: SocketWatch?
    #endif
    private let authorities = SystemAuthorities()
    private var turnstile: Turnstile
    private var waiting: [UInt64: Mailbox.Submission] = [:]
    private var active: [UInt64: TransferSlot] = [:]
    private var idle: [TransferSlot] = []
    /// Answers found in one round; the tasks are resumed together, after the sockets were served.
    private var outcomes: [(continuation: CheckedContinuation<Outcome, Never>, outcome: Outcome)] = []

    /// Runs until the mailbox is closed. To be called on a thread of its own.
    static func run(_ mailbox: Mailbox, _ limits: HTTPClient.Limits) {
        if let multi = curl_multi_init() {
            let loop = TransferLoop(multi, mailbox, limits)
            let breakdown = loop.serve()
            mailbox.close()
            mailbox.setSleeper(nil)
            loop.end(breakdown)
        } else {
            mailbox.close()
            failLeftovers(in: mailbox, "libcurl could not be started")
        }
    }

    private init(_ multi: UnsafeMutableRawPointer, _ mailbox: Mailbox, _ limits: HTTPClient.Limits) {
        self.multi = multi
        self.mailbox = mailbox
        self.turnstile = Turnstile(limit: limits.maxTransfers, limitPerHost: limits.maxTransfersPerHost)
        gatehouse_multi_setopt_long(multi, CURLMOPT_MAXCONNECTS, limits.maxConnections)
        gatehouse_multi_setopt_long(multi, CURLMOPT_PIPELINING, Int(CURLPIPE_NOTHING))
        var sleeper = Mailbox.Sleeper.multi(UInt(bitPattern: multi))
        #if os(Linux)
            watch = SocketWatch(multi)
            if let watch { sleeper = .event(watch.event) }
        #endif
        mailbox.setSleeper(sleeper)
    }

    // MARK: Rounds

    /// Serves until the client is closed (nil) or libcurl itself breaks down (its text).
    private func serve() -> String? {
        var submissions: [Mailbox.Submission] = []
        var cancellations: [UInt64] = []
        while mailbox.collect(&submissions, &cancellations) {
            for submission in submissions { enqueue(submission) }
            submissions.removeAll(keepingCapacity: true)
            for ticket in cancellations { cancel(ticket) }
            cancellations.removeAll(keepingCapacity: true)
            startEligible()

            let result = perform()
            guard result == CURLM_OK else { return String(cString: curl_multi_strerror(result)) }
            harvest()
            let hasStarted = startEligible()
            deliver()

            // New transfers want a first step at once, which to sleep would only delay.
            let waited = wait(sleeping: !hasStarted && mailbox.fallAsleep())
            guard waited == CURLM_OK else { return String(cString: curl_multi_strerror(waited)) }
        }
        for submission in submissions { enqueue(submission) }
        return nil
    }

    private func perform() -> CURLMcode {
        #if os(Linux)
            if let watch { return watch.perform() }
        #endif
        var running: Int32 = 0
        return curl_multi_perform(multi, &running)
    }

    private func wait(sleeping: Bool) -> CURLMcode {
        #if os(Linux)
            if let watch {
                watch.wait(sleeping: sleeping)
                return CURLM_OK
            }
        #endif
        return sleeping ? curl_multi_poll(multi, nil, 0, 60_000, nil) : CURLM_OK
    }

    private func enqueue(_ submission: Mailbox.Submission) {
        waiting[submission.ticket] = submission
        turnstile.enqueue(submission.ticket, host: submission.prepared.url.origin)
    }

    /// Starts what the limits allow; true if anything was started.
    @discardableResult
    private func startEligible() -> Bool {
        var hasStarted = false
        while let (ticket, host) = turnstile.next() {
            // Nil if it was canceled while it waited.
            if let submission = waiting.removeValue(forKey: ticket), start(submission) {
                hasStarted = true
            } else {
                turnstile.leave(host: host)
            }
        }
        return hasStarted
    }

    private func start(_ submission: Mailbox.Submission) -> Bool {
        let host = submission.prepared.url.host
        guard let slot = idle.popLast() ?? TransferSlot(authorities: authorities) else {
            let message = "The request to \(host) was not sent: libcurl could not set up a transfer."
            outcomes.append(
                (submission.continuation, .failure(TransportError(code: .other, host: host, message: message))))
            return false
        }
        do {
            try slot.prepare(submission)
        } catch {
            outcomes.append((submission.continuation, .failure(error)))
            recycle(slot)
            return false
        }
        let result = curl_multi_add_handle(multi, slot.handle)
        guard result == CURLM_OK else {
            let message = "The request to \(host) was not sent (\(String(cString: curl_multi_strerror(result))))."
            outcomes.append(
                (submission.continuation, .failure(TransportError(code: .other, host: host, message: message))))
            recycle(slot)
            return false
        }
        active[submission.ticket] = slot
        return true
    }

    /// Takes the finished transfers off libcurl's hands.
    private func harvest() {
        var left: Int32 = 0
        while let message = curl_multi_info_read(multi, &left) {
            guard message.pointee.msg == CURLMSG_DONE else { continue }
            let result = gatehouse_message_result(message)
            var context: UnsafeMutableRawPointer?
            _ = gatehouse_getinfo_pointer(message.pointee.easy_handle, CURLINFO_PRIVATE, &context)
            guard let context else { continue }
            let slot = Unmanaged<TransferSlot>.fromOpaque(context).takeUnretainedValue()
            guard let submission = slot.submission else { continue }
            let failure = result == CURLE_OK && !slot.inbox.isWhole ? CURLE_PARTIAL_FILE : result
            let outcome: Outcome =
                failure == CURLE_OK
                ? .success(slot.takeAnswer()) : .failure(slot.failure(failure, submission.prepared))
            finish(slot, submission, outcome)
        }
    }

    private func finish(_ slot: TransferSlot, _ submission: Mailbox.Submission, _ outcome: Outcome) {
        curl_multi_remove_handle(multi, slot.handle)
        active[submission.ticket] = nil
        turnstile.leave(host: submission.prepared.url.origin)
        outcomes.append((submission.continuation, outcome))
        recycle(slot)
    }

    private func recycle(_ slot: TransferSlot) {
        slot.clear()
        idle.append(slot)
    }

    private func deliver() {
        for (continuation, outcome) in outcomes { continuation.resume(returning: outcome) }
        outcomes.removeAll(keepingCapacity: true)
    }

    // MARK: Ends

    private func cancel(_ ticket: UInt64) {
        if let submission = waiting.removeValue(forKey: ticket) {
            outcomes.append((submission.continuation, .failure(.cancelled(submission.prepared.url.host))))
        } else if let slot = active[ticket], let submission = slot.submission {
            let error = TransportError.cancelled(
                submission.prepared.url.host, requestMayHaveArrived: slot.requestMayHaveArrived)
            finish(slot, submission, .failure(error))
        }
    }

    /// Fails what is under way and gives every handle back to libcurl.
    private func end(_ breakdown: String?) {
        let reason = breakdown.map { "libcurl broke down: \($0)" } ?? TransportError.shutDown
        for slot in active.values {
            guard let submission = slot.submission else { continue }
            outcomes.append(
                (
                    submission.continuation,
                    .failure(.closed(submission, reason, requestMayHaveArrived: slot.requestMayHaveArrived))
                ))
            curl_multi_remove_handle(multi, slot.handle)
        }
        for submission in waiting.values {
            outcomes.append((submission.continuation, .failure(.closed(submission, reason))))
        }
        active = [:]
        waiting = [:]
        idle = []
        curl_multi_cleanup(multi)
        deliver()
        Self.failLeftovers(in: mailbox, reason)
    }

    /// Fails what came in before the mailbox was closed and was not collected.
    private static func failLeftovers(in mailbox: Mailbox, _ reason: String) {
        var submissions: [Mailbox.Submission] = []
        var cancellations: [UInt64] = []
        _ = mailbox.collect(&submissions, &cancellations)
        for submission in submissions {
            submission.continuation.resume(returning: .failure(.closed(submission, reason)))
        }
    }
}

extension TransportError {
    static let shutDown = "the HTTP client was shut down"

    static func cancelled(_ host: String, requestMayHaveArrived: Bool = false) -> TransportError {
        TransportError(
            code: .cancelled, host: host, message: "The request to \(host) was canceled.",
            requestMayHaveArrived: requestMayHaveArrived)
    }

    fileprivate static func closed(
        _ submission: Mailbox.Submission, _ reason: String, requestMayHaveArrived: Bool = false
    ) -> TransportError {
        .closed(submission.prepared.url.host, reason, requestMayHaveArrived: requestMayHaveArrived)
    }

    static func closed(_ host: String, _ reason: String, requestMayHaveArrived: Bool = false) -> TransportError {
        TransportError(
            code: .clientClosed, host: host, message: "The request to \(host) has no answer: \(reason).",
            requestMayHaveArrived: requestMayHaveArrived)
    }
}
