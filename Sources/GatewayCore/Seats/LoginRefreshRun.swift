import AdapterKit
import GatewayAPI
import Synchronization

/// The refresh that the first login of a refresh window starts. The login waits for it, but not for long: when the vendor
/// is slow, people work.
struct LoginRefreshRun {
    let installation: String
    let context: CallContext

    /// Starts it, and waits.
    ///
    /// - Parameter time: How long at most, in milliseconds. After that it goes on by itself.
    /// - Throws: `CancellationError` where the login is cancelled; the refresh is, then, too.
    func run(waiting time: Int) async throws -> LoginRefresh {
        let refresh = Task { [context, installation] in
            try await Refresh(selection: .installations([installation]), trigger: .login).perform(in: context)
        }
        let (events, event) = AsyncStream.makeStream(of: Bool.self)
        context.gateway.background.add(
            {
                _ = await refresh.result
                event.yield(true)
            }, cancel: { refresh.cancel() })
        let pause = context.gateway.surroundings.pause
        let timer = Task {
            // Cancelled where the refresh was quicker: nobody listens any more.
            try? await pause(time)
            event.yield(false)
        }
        defer { timer.cancel() }
        for await hasEnded in events {
            guard hasEnded else {
                return LoginRefresh(
                    ended: false, outcome: nil,
                    message:
                        "The refresh that is due has not ended yet: it goes on, and what is held counts until then.")
            }
            return Self.told(await refresh.result)
        }
        // The stream ends early only where this task is cancelled.
        refresh.cancel()
        _ = await refresh.result
        throw CancellationError()
    }

    private static func told(_ result: Result<RefreshReport, any Error>) -> LoginRefresh {
        switch result {
        case .success(let report):
            let result = report.results.first
            return LoginRefresh(ended: true, outcome: result?.outcome, message: result?.message ?? "")
        case .failure(let error):
            return LoginRefresh(ended: true, outcome: .failed, message: Gateway.callError(error).message)
        }
    }
}

/// Work that goes on after the call that started it was answered.
final class BackgroundWork: Sendable {
    private struct Work {
        var task: Task<Void, Never>
        var cancel: @Sendable () -> Void
    }

    private let work = Mutex<(next: Int, tasks: [Int: Work])>((0, [:]))

    /// How much goes on.
    var count: Int { work.withLock { $0.tasks.count } }

    /// Does something in a task of its own, which is forgotten as it ends.
    func add(_ body: @escaping @Sendable () async -> Void, cancel: @escaping @Sendable () -> Void) {
        work.withLock { work in
            work.next += 1
            let key = work.next
            let task = Task {
                await body()
                remove(key)
            }
            work.tasks[key] = Work(task: task, cancel: cancel)
        }
    }

    private func remove(_ key: Int) { work.withLock { $0.tasks[key] = nil } }

    /// Cancels everything that goes on.
    func cancel() { for work in work.withLock({ Array($0.tasks.values) }) { work.cancel() } }

    /// Waits for everything that goes on.
    func wait() async { for work in work.withLock({ Array($0.tasks.values) }) { await work.task.value } }
}
