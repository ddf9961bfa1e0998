import CLinux
import Foundation
import Glibc
import Synchronization

/// A process of the real program: its output is gathered while it runs, and it is killed when its time is over.
final class Child: Sendable {
    /// What is known of it so far.
    struct Seen: Sendable {
        var out: [UInt8] = []
        var err: [UInt8] = []
        var ended: Finished?
    }

    private struct State {
        var seen = Seen()
        var isReaped = false
        var waiters: [(condition: @Sendable (Seen) -> Bool, continuation: CheckedContinuation<Seen, Never>)] = []
    }

    let pid: pid_t
    private let state = Mutex(State())

    /// Starts a program, without standard input.
    ///
    /// - Parameter limit: After so long it is killed.
    init(
        _ program: String, _ arguments: [String], environment: [String: String], folder: String, limit: Duration
    ) throws {
        // Sockets and not pipes: they can be made so that no other child that is started just now inherits them.
        let out = try Self.pair()
        let err = try Self.pair()
        var actions = posix_spawn_file_actions_t()
        posix_spawn_file_actions_init(&actions)
        defer { posix_spawn_file_actions_destroy(&actions) }
        posix_spawn_file_actions_addopen(&actions, 0, "/dev/null", O_RDONLY, 0)
        posix_spawn_file_actions_adddup2(&actions, out.theirs, 1)
        posix_spawn_file_actions_adddup2(&actions, err.theirs, 2)
        // Foundation opens files so that children inherit them: a stand-in that held a test's script open for writing
        // would keep everybody from running it.
        gatehouse_spawn_close_from(&actions, 3)
        // The folder is taken by env, which then becomes the program.
        let env = Program.found("env") ?? "/usr/bin/env"
        var words = ([env, "-C", folder, program] + arguments).map { strdup($0) } + [nil]
        var variables = environment.map { strdup("\($0.key)=\($0.value)") } + [nil]
        defer { for text in words + variables { free(text) } }
        var number: pid_t = 0
        let result = posix_spawn(&number, env, &actions, nil, &words, &variables)
        close(out.theirs)
        close(err.theirs)
        guard result == 0 else {
            close(out.ours)
            close(err.ours)
            throw Trouble("\(program) can't be started: \(String(cString: strerror(result)))")
        }
        pid = number
        let began = ContinuousClock.now
        Thread.detachNewThread { [self] in collect(out.ours, err.ours, since: began, limit: limit) }
    }

    /// Waits until what is known of it is as wanted, or it has ended.
    func seen(until condition: @escaping @Sendable (Seen) -> Bool) async -> Seen {
        await withCheckedContinuation { continuation in
            let now: Seen? = state.withLock { state in
                if condition(state.seen) || state.seen.ended != nil { return state.seen }
                state.waiters.append((condition, continuation))
                return nil
            }
            if let now { continuation.resume(returning: now) }
        }
    }

    /// Waits until it has ended.
    func finished() async throws -> Finished {
        guard let ended = await seen(until: { $0.ended != nil }).ended else { throw Trouble("it has no end") }
        return ended
    }

    /// Whether it has ended by now.
    var hasEnded: Bool { state.withLock { $0.seen.ended != nil } }

    /// Waits until a signal has stopped it.
    func stopped() async throws {
        let pid = pid
        let reason = await onThread {
            var information = siginfo_t()
            // Only looked at: the end is left for whoever gathers the output.
            while waitid(P_PID, id_t(pid), &information, WEXITED | WSTOPPED | WNOWAIT) != 0 {
                if errno != EINTR { return Int32(-1) }
            }
            return information.si_code
        }
        let stopped: Int32 = 5  // CLD_STOPPED
        guard reason == stopped else {
            throw Trouble("it was to stop, and ended: \(try await finished())")
        }
    }

    /// Sends it a signal, unless it has ended.
    func signal(_ number: Int32) {
        state.withLock { state in
            if !state.isReaped { kill(pid, number) }
        }
    }

    // MARK: Gathering

    private func collect(_ out: Int32, _ err: Int32, since began: ContinuousClock.Instant, limit: Duration) {
        var open = [out, err]
        var deadline = began + limit
        var isLate = false
        while !open.isEmpty {
            var ends = open.map { pollfd(fd: $0, events: Int16(POLLIN), revents: 0) }
            let left = (deadline - ContinuousClock.now) / .milliseconds(1)
            let count = poll(&ends, nfds_t(ends.count), Int32(max(0, min(left + 1, 1e6))))
            if count == 0 {
                // Whoever holds its output open after it was killed is no business of this test's.
                if isLate { break }
                isLate = true
                signal(SIGKILL)
                deadline = .now + .seconds(2)
            }
            for end in ends where end.revents != 0 {
                var buffer = [UInt8](repeating: 0, count: 1 << 16)
                let count = read(end.fd, &buffer, buffer.count)
                if count <= 0 {
                    open.removeAll { $0 == end.fd }
                    continue
                }
                note { seen in
                    if end.fd == out { seen.out += buffer[..<count] } else { seen.err += buffer[..<count] }
                }
            }
        }
        close(out)
        close(err)
        // Whether it is gone is asked without taking its number away, so that no signal goes astray.
        var information = siginfo_t()
        while waitid(P_PID, id_t(pid), &information, WEXITED | WNOWAIT) != 0, errno == EINTR {}
        var status: Int32 = 0
        state.withLock { state in
            while waitpid(pid, &status, 0) < 0, errno == EINTR {}
            state.isReaped = true
        }
        let took = ContinuousClock.now - began
        let code = status & 0x7F == 0 ? status >> 8 & 0xFF : 128 + status & 0x7F
        let (wasLate, ending) = (isLate, code)
        note { seen in
            seen.ended = Finished(
                code: ending, out: String(decoding: seen.out, as: UTF8.self),
                err: String(decoding: seen.err, as: UTF8.self), took: took, wasLate: wasLate)
        }
    }

    private func note(_ change: (inout Seen) -> Void) {
        let (ready, seen) = state.withLock { state in
            change(&state.seen)
            let seen = state.seen
            let isOver = seen.ended != nil
            let ready = state.waiters.filter { isOver || $0.condition(seen) }.map(\.continuation)
            state.waiters.removeAll { isOver || $0.condition(seen) }
            return (ready, seen)
        }
        for continuation in ready { continuation.resume(returning: seen) }
    }

    private static func pair() throws -> (ours: Int32, theirs: Int32) {
        var ends: [Int32] = [-1, -1]
        let kind = Int32(SOCK_STREAM.rawValue) | Int32(SOCK_CLOEXEC.rawValue)
        guard socketpair(AF_UNIX, kind, 0, &ends) == 0 else { throw Trouble("no more sockets can be made") }
        return (ends[0], ends[1])
    }
}

/// A process that has ended.
struct Finished: Sendable, CustomStringConvertible {
    /// Its exit code; 128 and the signal's number where a signal ended it, as shells have it.
    var code: Int32
    var out: String
    var err: String
    var took: Duration
    /// Whether it was killed because its time was over.
    var wasLate: Bool

    /// Its standard output as JSON.
    var json: JSON {
        get throws {
            do {
                return try JSON(out)
            } catch {
                throw Trouble("no JSON: \(self)")
            }
        }
    }

    var description: String {
        "exit code \(code)\(wasLate ? ", killed for its time was over" : "") after \(took)\n"
            + "--- output\n\(out.suffix(3000))\n--- errors\n\(err.suffix(3000))"
    }
}

/// Why a test can't go on.
struct Trouble: Error, CustomStringConvertible {
    var description: String

    init(_ description: String) { self.description = description }
}

/// Runs what blocks on a thread of its own: the threads that all tasks share are few.
func onThread<Value: Sendable>(_ work: @escaping @Sendable () -> Value) async -> Value {
    await withCheckedContinuation { continuation in
        Thread.detachNewThread { continuation.resume(returning: work()) }
    }
}
