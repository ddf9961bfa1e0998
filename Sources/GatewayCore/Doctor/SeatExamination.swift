import GatewayAPI
import GatewayStore

extension Examination {
    /// The count of seats, by which claims are decided, against the sessions.
    func seats(_ store: StoreExamination) -> [Finding] {
        check(.seats) {
            let (found, sessions) = try store.seatDifferences()
            guard found.isEmpty else {
                return Self.shortened(
                    found.map { installation, what in
                        Finding(
                            .seats, .problem,
                            "The count of seats is not what the sessions say. "
                                + what.joined(separator: " "), place: installation,
                            advice: "gatehouse seats recount \(installation)")
                    })
            }
            return [
                Finding(
                    .seats, .ok,
                    sessions == 1
                        ? "One session is open, and counted." : "\(sessions) sessions are open, and all are counted.")
            ]
        }
    }
}
