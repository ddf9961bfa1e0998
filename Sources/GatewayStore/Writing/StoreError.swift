/// Why the store could not do something.
public struct StoreError: Error, Hashable, Sendable, CustomStringConvertible {
    /// What kind of failure it is.
    public var code: Code
    /// What was wrong, where, and what to do next.
    public var message: String

    /// An error.
    public init(_ code: Code, _ message: String) {
        self.code = code
        self.message = message
    }

    /// The message.
    public var description: String { message }

    /// The kinds of failure.
    public enum Code: String, Sendable, CaseIterable {
        /// The file can't be opened or locked, or is no store.
        case cannotOpen
        /// A newer version of Gatehouse wrote it.
        case tooNew
        /// It exists already.
        case exists
        /// There is no such thing.
        case notFound
        /// What is stored can't be read.
        case corrupt
    }
}
