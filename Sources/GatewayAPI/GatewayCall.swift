/// One use case of the gateway: what is asked, and the type of its answer.
///
/// Calls and answers are plain `Codable` values, so that the command line, HTTP and a remote gateway all
/// perform the very same ones.
public protocol GatewayCall: Codable, Sendable {
    /// What comes back.
    associatedtype Answer: Codable & Sendable
    /// The call's name in the audit trail and the API: `customers.add`.
    static var name: String { get }
}

/// Something that performs calls: the gateway in this process, or one elsewhere.
public protocol CallPerformer: Sendable {
    /// Performs a call on somebody's behalf.
    ///
    /// - Parameter progress: Is told how far a long call has come, from any task.
    /// - Throws: ``CallError``.
    func perform<Call: GatewayCall>(
        _ call: Call, by caller: Caller, progress: @escaping @Sendable (Progress) -> Void
    ) async throws -> Call.Answer
}

extension CallPerformer {
    /// Performs a call that nobody watches.
    public func perform<Call: GatewayCall>(_ call: Call, by caller: Caller) async throws -> Call.Answer {
        try await perform(call, by: caller, progress: { _ in })
    }
}

/// How far a long call has come.
public struct Progress: Codable, Hashable, Sendable {
    /// What is done, of ``total``.
    public var done: Int
    /// How much there is; grows while it is still being found out.
    public var total: Int
    /// What was done last, in a few words.
    public var latest: String

    /// A state of progress.
    public init(done: Int, total: Int, latest: String) {
        self.done = done
        self.total = total
        self.latest = latest
    }
}

/// Why a call was not done.
public struct CallError: Error, Codable, Hashable, Sendable, CustomStringConvertible {
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
    public enum Code: String, Codable, Sendable, CaseIterable {
        /// The call's values are wrong.
        case invalid
        /// There is no such thing, or the caller may not see it.
        case notFound
        /// It exists already, or something else is in the way.
        case conflict
        /// The caller may not do this.
        case forbidden
        /// The vendor could not be reached.
        case unreachable
        /// It was tried and failed.
        case failed
        /// Somebody cancelled it.
        case cancelled
    }
}
