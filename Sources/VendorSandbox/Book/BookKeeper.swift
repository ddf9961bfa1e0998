import AdapterKit
import MarkedText
import MarkedYAML
import Synchronization

/// Keeps the book that is in force, and reads it again when the file has changed.
///
/// Whoever asks after a change waits until the new version is read, so an edit shows in the very next answer. A
/// version that can't be used is reported once, and changes nothing.
final class BookKeeper: Sendable {
    private struct State {
        var book: Book
        /// The version of the file that was read last, usable or not; nil where there was none.
        var stamp: FileStamp?
        var isBroken = false
        var reading: Task<Book, Never>?
    }

    /// A file touched so recently may still be being written, or may be touched again without its times showing it.
    private static let settling = Duration.milliseconds(40)
    /// How often a file that keeps changing is waited for.
    private static let patience = 25

    private let path: String
    private let now: @Sendable () -> Instant
    private let report: @Sendable (String) -> Void
    private let state: Mutex<State>

    /// - Throws: `DiagnosticsError` where the book can't be used.
    init(
        path: String, now: @escaping @Sendable () -> Instant, report: @escaping @Sendable (String) -> Void
    ) throws(DiagnosticsError) {
        self.path = path
        self.now = now
        self.report = report
        let stamp = FileStamp(path)
        let book = try Book(path: path, after: nil, at: now())
        state = Mutex(State(book: book, stamp: stamp))
    }

    /// The book in force.
    func current() async -> Book {
        let stamp = FileStamp(path)
        let (book, reading) = state.withLock { state -> (Book, Task<Book, Never>?) in
            if state.stamp == stamp { return (state.book, nil) }
            // A task of its own: who asked first may be gone before the others have their answer.
            let reading = state.reading ?? Task { await reread() }
            state.reading = reading
            return (state.book, reading)
        }
        return await reading?.value ?? book
    }

    private func reread() async -> Book {
        let stamp = await settled()
        let (previous, wasBroken) = state.withLock { ($0.book, $0.isBroken) }
        var book = previous
        var problem: DiagnosticsError?
        do throws(DiagnosticsError) {
            book = try Book(path: path, after: previous, at: now())
        } catch {
            problem = error
        }
        if let problem {
            report("\(serverName): the changed book can't be used; the last good one stays in force.\n\(problem)")
        } else if wasBroken {
            report("\(serverName): \(path) is mended and in force again.")
        }
        let isBroken = problem != nil
        state.withLock { state in
            state = State(book: book, stamp: stamp, isBroken: isBroken)
        }
        return book
    }

    /// Waits until nobody has touched the file for a moment: some editors empty a file before they write it, others
    /// put another in its place.
    private func settled() async -> FileStamp? {
        var stamp = FileStamp(path)
        for _ in 0..<Self.patience {
            if let age = stamp?.age, Duration.nanoseconds(age) >= Self.settling { break }
            try? await Task.sleep(for: Self.settling)
            stamp = FileStamp(path)
        }
        return stamp
    }
}
