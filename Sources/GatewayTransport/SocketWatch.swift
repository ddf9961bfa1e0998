import CCurl
import Foundation

#if os(Linux)
    import CLinux

    /// Which of libcurl's sockets are ready, as the kernel tells: libcurl itself would look at every transfer under way
    /// whenever anything happened to one. Made, used and ended on the transfer thread; lives
    /// longer than the multi handle.
    final class SocketWatch {
        /// What wakes the thread when it is written to.
        let event: Int32
        private let multi: UnsafeMutableRawPointer
        private let epoll: Int32
        private var ready = [gatehouse_ready](repeating: gatehouse_ready(), count: 64)
        private var readyCount = 0
        /// When libcurl wants to look at the time, in milliseconds of a clock that only goes forward; nil for never.
        private var deadline: Int?

        /// The longest that the thread sleeps, in milliseconds.
        private static let longestSleep = 60_000

        /// Nil where the system has no descriptors left.
        init?(_ multi: UnsafeMutableRawPointer) {
            self.multi = multi
            epoll = gatehouse_epoll()
            event = gatehouse_event()
            let context = Unmanaged.passUnretained(self).toOpaque()
            guard epoll >= 0, event >= 0, gatehouse_epoll_want(epoll, event, 1, 0) == 0,
                gatehouse_multi_watch(multi, Self.socketChanged, Self.timerChanged, context) == CURLM_OK
            else {
                _ = gatehouse_multi_watch(multi, nil, nil, nil)
                return nil
            }
        }

        deinit {
            for descriptor in [epoll, event] where descriptor >= 0 { close(descriptor) }
        }

        private static let socketChanged: gatehouse_socket_callback = { _, socket, what, context, _ in
            guard let context else { return 0 }
            let epoll = Unmanaged<SocketWatch>.fromOpaque(context).takeUnretainedValue().epoll
            let isReading = what == CURL_POLL_IN || what == CURL_POLL_INOUT
            let isWriting = what == CURL_POLL_OUT || what == CURL_POLL_INOUT
            // One that was closed is forgotten already.
            let result = gatehouse_epoll_want(epoll, socket, isReading ? 1 : 0, isWriting ? 1 : 0)
            return result == 0 || what == CURL_POLL_REMOVE ? 0 : -1
        }

        private static let timerChanged: gatehouse_timer_callback = { _, milliseconds, context in
            guard let context else { return 0 }
            let watch = Unmanaged<SocketWatch>.fromOpaque(context).takeUnretainedValue()
            watch.deadline = milliseconds < 0 ? nil : SocketWatch.now() + milliseconds
            return 0
        }

        /// Has libcurl go on with what was found ready, and with what is due.
        func perform() -> CURLMcode {
            var running: Int32 = 0
            for index in 0..<readyCount {
                let found = ready[index]
                guard found.descriptor != event else {
                    var count: UInt64 = 0
                    _ = read(event, &count, 8)
                    continue
                }
                let mask =
                    (found.readable != 0 ? CURL_CSELECT_IN : 0) | (found.writable != 0 ? CURL_CSELECT_OUT : 0)
                    | (found.broken != 0 ? CURL_CSELECT_ERR : 0)
                let result = curl_multi_socket_action(multi, found.descriptor, mask, &running)
                guard result == CURLM_OK else { return result }
            }
            readyCount = 0
            guard let deadline, deadline <= Self.now() else { return CURLM_OK }
            self.deadline = nil
            return curl_multi_socket_action(multi, CURL_SOCKET_TIMEOUT, 0, &running)
        }

        /// Waits until a socket is ready, something is due or the thread is woken; or only looks.
        func wait(sleeping: Bool) {
            let left = deadline.map { min(max(0, $0 - Self.now()), Self.longestSleep) } ?? Self.longestSleep
            let count = gatehouse_epoll_wait(epoll, &ready, sleeping ? Int32(left) : 0)
            readyCount = max(0, Int(count))
        }

        private static func now() -> Int {
            var time = timespec()
            clock_gettime(CLOCK_MONOTONIC, &time)
            return Int(time.tv_sec) * 1000 + Int(time.tv_nsec) / 1_000_000
        }
    }
#endif
