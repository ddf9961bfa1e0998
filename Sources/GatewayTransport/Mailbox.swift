import CCurl
import Foundation
import Synchronization

/// Where the tasks that ask and the transfer thread meet: what is to be started, what is to be canceled, and
/// whether the thread sleeps and must be woken.
final class Mailbox: Sendable {
    /// A request on its way to the thread, with the task that waits for the answer.
    struct Submission: Sendable {
        let ticket: UInt64
        let prepared: PreparedRequest
        let continuation: CheckedContinuation<Result<RawAnswer, TransportError>, Never>
    }

    /// How the thread is woken.
    enum Sleeper {
        /// By a multi handle's address: `curl_multi_wakeup` is the one call that libcurl allows from another thread.
        case multi(UInt)
        /// By an event's descriptor.
        case event(Int32)

        fileprivate func wake() {
            switch self {
            case .multi(let address): curl_multi_wakeup(UnsafeMutableRawPointer(bitPattern: address))
            case .event(let descriptor):
                var one: UInt64 = 1
                _ = write(descriptor, &one, 8)
            }
        }
    }

    private struct State {
        var submissions: [Submission] = []
        var cancellations: [UInt64] = []
        var isClosed = false
        var isAsleep = false
        /// What wakes the thread, while it lives. It is used under the lock, so that it can't end meanwhile.
        var sleeper: Sleeper?

        mutating func wake() {
            guard isAsleep, let sleeper else { return }
            isAsleep = false
            sleeper.wake()
        }
    }

    private let state = Mutex(State())
    private let lastTicket = Atomic<UInt64>(0)

    /// A number that no other request of this client has.
    func nextTicket() -> UInt64 {
        lastTicket.wrappingAdd(1, ordering: .relaxed).newValue
    }

    /// Hands a request to the thread; false, with the request left untouched, if the client is closed.
    func submit(_ submission: Submission) -> Bool {
        state.withLock { state in
            guard !state.isClosed else { return false }
            state.submissions.append(submission)
            state.wake()
            return true
        }
    }

    /// Asks the thread to give up on a request; without effect if it is already answered.
    func cancel(_ ticket: UInt64) {
        state.withLock { state in
            guard !state.isClosed else { return }
            state.cancellations.append(ticket)
            state.wake()
        }
    }

    /// Ends the client: takes no more requests, and has the thread fail what is under way.
    func close() {
        state.withLock { state in
            state.isClosed = true
            state.wake()
        }
    }

    // MARK: The thread's side

    /// Says how the thread is woken; nil before that ends.
    func setSleeper(_ sleeper: Sleeper?) { state.withLock { $0.sleeper = sleeper } }

    /// Empties the mailbox into two arrays, which must be empty; false once the client is closed.
    func collect(_ submissions: inout [Submission], _ cancellations: inout [UInt64]) -> Bool {
        var collected: ([Submission], [UInt64]) = (submissions, cancellations)
        submissions = []
        cancellations = []
        let isOpen = state.withLock { state in
            state.isAsleep = false
            swap(&state.submissions, &collected.0)
            swap(&state.cancellations, &collected.1)
            return !state.isClosed
        }
        (submissions, cancellations) = collected
        return isOpen
    }

    /// Whether the thread may go to sleep, since nothing waits here; whoever comes next wakes it.
    func fallAsleep() -> Bool {
        state.withLock { state in
            guard state.submissions.isEmpty, state.cancellations.isEmpty, !state.isClosed else { return false }
            state.isAsleep = true
            return true
        }
    }
}
