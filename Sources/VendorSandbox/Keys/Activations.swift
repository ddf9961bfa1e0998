import AdapterKit
import Crypto
import Synchronization
import VendorFormats

/// What was activated, by the operation that asked for it, for as long as the stand-in runs.
///
/// It is handed on from one version of the book to the next: an operation's answer is what it was when it was made.
final class Activations: Sendable {
    private struct Known {
        /// Tells the keys and whom they were for from any others.
        var digest: [UInt8]
        var payload: EntitlementPayload
        /// The nonces of the requests that were answered with it; whoever asks what became of one knows its nonce.
        var nonces: [String]
    }

    private struct State {
        var known: [String: Known] = [:]
        /// The operations, oldest first.
        var order: [String] = []
    }

    /// How many are kept: far more than one tries out in a day.
    private static let most = 10_000

    private let state = Mutex(State())

    /// What the operation activated; nil where it has not activated anything.
    ///
    /// - Throws: `AdapterError` `malformed` where it activated other keys.
    func payload(of question: ActivationQuestion) throws(AdapterError) -> EntitlementPayload? {
        let digest = Self.digest(question)
        let found = state.withLock { state -> (EntitlementPayload, isSame: Bool)? in
            guard let known = state.known[question.operation] else { return nil }
            let isSame = known.digest == digest
            if isSame, !known.nonces.contains(question.nonce) {
                state.known[question.operation]?.nonces = known.nonces.suffix(9) + [question.nonce]
            }
            return (known.payload, isSame)
        }
        guard let found else { return nil }
        guard found.isSame else {
            throw AdapterError(
                .malformed, "The operation has activated other keys. One that activates these has an ID of its own.")
        }
        return found.0
    }

    /// What the operation activated; nil where it activated nothing, and where whoever asks does not know the nonce.
    func payload(of question: InspectionQuestion) -> EntitlementPayload? {
        state.withLock { state in
            guard let known = state.known[question.operation], known.nonces.contains(question.asked) else { return nil }
            return known.payload
        }
    }

    /// Keeps what an operation activated.
    ///
    /// - Returns: what it activated: this, or what another request of the same operation activated meanwhile.
    func remember(_ payload: EntitlementPayload, _ question: ActivationQuestion) -> EntitlementPayload {
        let digest = Self.digest(question)
        return state.withLock { state in
            if let known = state.known[question.operation], known.digest == digest { return known.payload }
            state.known[question.operation] = Known(digest: digest, payload: payload, nonces: [question.nonce])
            state.order.append(question.operation)
            if state.order.count > Self.most { state.known[state.order.removeFirst()] = nil }
            return payload
        }
    }

    private static func digest(_ question: ActivationQuestion) -> [UInt8] {
        var hash = SHA256()
        for values in [question.before, question.keys] {
            for (name, value) in values.sorted(by: { $0.key < $1.key }) {
                // Neither holds a control character, so the two ends can't be part of them.
                hash.update(data: Array(name.utf8) + [0] + Array(value.utf8) + [0])
            }
            hash.update(data: [1])
        }
        return Array(hash.finalize())
    }
}
