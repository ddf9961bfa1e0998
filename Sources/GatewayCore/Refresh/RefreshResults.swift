import AdapterKit
import Foundation
import GatewayAPI
import GatewayStore

extension RefreshResult {
    /// That a person has to do something first.
    init(asked title: String, of operation: String, on installation: String) {
        self.init(
            installation: installation, outcome: .waiting,
            message: "It waits for a person: \(title). `gatehouse steps show \(operation)` says what to do.",
            operation: operation)
    }

    /// That a person is shown something to do elsewhere.
    init(shown notice: Notice, of operation: String, on installation: String) {
        self.init(
            installation: installation, outcome: .waiting,
            message: "It waits for a person: \(notice.title). Open \(notice.link) and type \(notice.code), before "
                + "\(notice.expires).", operation: operation)
    }

    /// The result of a refresh that applied these orders.
    func showing(_ orders: [OrderRecord]) -> RefreshResult {
        guard !orders.isEmpty else { return self }
        var result = self
        result.orders = orders.map(\.id)
        result.message += " " + OrderMessage.applied(orders)
        return result
    }
}

extension RefreshResult {
    /// A conversation that ended with an error.
    init(installation: String, error: AdapterError, operation: String? = nil) {
        self.init(
            installation: installation, outcome: Outcome(error.code), message: error.message, operation: operation,
            field: error.field)
    }

    /// What an operation that has ended came to.
    init(_ record: OperationRecord) {
        let outcome = record.outcome.flatMap { text in
            Outcome(rawValue: text) ?? AdapterError.Code(rawValue: text).map(Outcome.init)
        }
        self.init(
            installation: record.installation, outcome: outcome ?? .failed, message: record.message ?? "",
            operation: record.id)
    }
}

extension RefreshResult.Outcome {
    init(_ code: AdapterError.Code) {
        switch code {
        case .unreachable: self = .unreachable
        case .rejected: self = .rejected
        case .untrusted: self = .untrusted
        case .malformed, .expired, .conflict: self = .failed
        }
    }
}

extension AdapterError.Code {
    /// Whether an inspection that ends so has not told what became of the act.
    var leavesDoubt: Bool {
        switch self {
        case .unreachable, .untrusted, .malformed: true
        case .rejected, .expired, .conflict: false
        }
    }
}
