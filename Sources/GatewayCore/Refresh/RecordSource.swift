import GatewayStore
import Synchronization

/// Installations one after the other, for many to take from. They are read a page at a time, the next page while this
/// one is worked on.
final class RecordSource: Sendable {
    /// An installation, with what Gatehouse delivered for it; nil where that is to be looked up.
    typealias Taken = (record: InstallationRecord, delivered: [DeliveredFile]?)

    struct Page: Sendable {
        var records: [InstallationRecord]
        /// What Gatehouse delivered, by installation; nil where that is to be looked up.
        var files: [String: [DeliveredFile]]?
    }

    private struct State {
        var page: Page
        var next = 0
        /// The page that is read ahead; nil after the last.
        var following: Task<Page, any Error>?
    }

    private let state: Mutex<State>
    private let pageSize: Int
    private let read: @Sendable (String?) async throws -> Page

    /// How many are read at once: enough to keep everything busy, few enough for any memory.
    private static let pageSize = 512

    /// These.
    init(_ records: [InstallationRecord]) {
        state = Mutex(State(page: Page(records: records)))
        pageSize = Self.pageSize
        read = { _ in Page(records: []) }
    }

    /// All of the pages that are read after an ID (nil for the first), up to one that is not full.
    init(pageSize: Int, read: @escaping @Sendable (String?) async throws -> Page) {
        state = Mutex(State(page: Page(records: [])))
        self.pageSize = pageSize
        self.read = read
        state.withLock { $0.following = reading(after: nil) }
    }

    /// All that a filter finds.
    convenience init(_ filter: InstallationFilter, context: CallContext) {
        self.init(pageSize: Self.pageSize) { last in
            let records = try await context.store.installations(
                filter, in: context.scope, after: last, limit: Self.pageSize)
            guard let end = records.last?.id else { return Page(records: []) }
            return Page(
                records: records, files: try await context.store.deliveredFiles(after: last, through: end))
        }
    }

    /// The next one; nil after the last.
    func next() async throws -> Taken? {
        while true {
            let (taken, following) = state.withLock { state -> (Taken?, Task<Page, any Error>?) in
                guard state.next < state.page.records.count else { return (nil, state.following) }
                defer { state.next += 1 }
                let record = state.page.records[state.next]
                return ((record, state.page.files.map { $0[record.id] ?? [] }), nil)
            }
            guard taken == nil, let following else { return taken }
            turn(to: try await following.value, from: following)
        }
    }

    /// Goes on with the page that was read ahead, and begins to read the one after it.
    private func turn(to page: Page, from task: Task<Page, any Error>) {
        state.withLock { state in
            // Of several that waited for it only the first turns to it.
            guard state.following == task else { return }
            state.page = page
            state.next = 0
            state.following =
                page.records.count < pageSize ? nil : page.records.last.map { reading(after: $0.id) }
        }
    }

    private func reading(after last: String?) -> Task<Page, any Error> {
        Task { [read] in try await read(last) }
    }
}
