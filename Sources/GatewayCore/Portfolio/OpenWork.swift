import AdapterKit
import GatewayAPI
import GatewayStore

extension CallContext {
    /// Makes sure that nothing is under way on an installation that is to change under it. A delivery that its process
    /// left, perhaps to a machine that will never be there again, is given up where the change wants it.
    ///
    /// - Returns: That delivery; nil where nothing is open.
    /// - Throws: ``CallError`` `conflict` with what to do first.
    func deliveryToGiveUp(_ open: OperationRecord?) throws(CallError) -> OpenDelivery? {
        guard let open else { return nil }
        let what = "On \(open.installation) an operation is open (\(open.act.rawValue), since \(open.started))"
        if Recovery.isAlive(open.owner, of: gateway) {
            throw CallError(.conflict, "\(what). Try again when it has ended; nothing was changed.")
        }
        if open.act == .upgrade {
            throw CallError(
                .conflict,
                "\(what). `gatehouse upgrade resume \(open.installation)` goes on with it, and `gatehouse upgrade rollback "
                    + "\(open.installation)` puts everything back; then try again. Nothing was changed.")
        }
        switch open.status {
        case .delivering, .interrupted:
            return OpenDelivery(operation: open.id, owner: open.owner)
        case .running, .waiting, .asking, .planned, .done, .failed:
            let when = open.waitsUntil.map { $0 > now ? ", which goes on \($0)" : "" } ?? ""
            throw CallError(
                .conflict,
                "\(what)\(when). `gatehouse refresh \(open.installation)` goes on with it; then try again. Nothing was "
                    + "changed.")
        }
    }

    /// Repeats what others kept from being written, since they were quicker.
    func retryingChanges<Value>(of what: String, _ body: () async throws -> Value) async throws -> Value {
        for _ in 1...Self.mostTries {
            do {
                return try await body()
            } catch let error as StoreError where error.code == .changed {}
        }
        throw CallError(.conflict, "\(what) is being changed by others all the time: try again.")
    }

    /// How often an edit is decided anew because somebody else was quicker.
    private static let mostTries = 10
}
