import AdapterKit
import GatewayStore

/// What a standing says of open orders. It changes no level and no access: those follow the countdowns.
enum OrderMessage {
    /// What there is to say at an instant; nil where nothing was ordered by then.
    ///
    /// - Parameters:
    ///   - until: Until when the last of the open orders may be on its way.
    ///   - installation: The installation's ID.
    static func text(until: Instant, of installation: String, at now: Instant) -> String? {
        let placed = until.adding(hours: -OrderState.propagationHours)
        guard placed <= now else { return nil }
        guard OrderState(placed: placed, applied: nil, at: now) == .propagating else {
            return
                "An order of \(placed.toTheSecond) is overdue since \(until.toTheSecond): no refresh has shown it. Ask the vendor about it; "
                + "`gatehouse orders list --installation \(installation)` has its reference."
        }
        return
            "An order of \(placed.toTheSecond) is on its way, until \(until.toTheSecond) at the latest; access follows "
            + "what is held until a refresh shows it."
    }

    /// What a timeline says of an order from the time at which it was placed.
    static func placed(_ order: OrderRecord) -> String {
        "\(named(order)) is on its way, until \(OrderState.until(placed: order.placed).toTheSecond) at the latest."
    }

    /// What a timeline says of an order from the time at which it is overdue.
    static func overdue(_ order: OrderRecord) -> String {
        "\(named(order)) is overdue unless a refresh has shown it by then: ask the vendor about it."
    }

    /// What a list of what is coming says of the last of an installation's orders.
    static func overdue(until: Instant) -> String {
        let placed = until.adding(hours: -OrderState.propagationHours)
        return
            "The order of \(placed.toTheSecond) is overdue unless a refresh has shown it by then: ask the vendor about it."
    }

    /// What a refresh says of the orders that it applied.
    static func applied(_ orders: [OrderRecord]) -> String {
        orders.map { "It shows \(named($0, begins: false)), which is applied." }.joined(separator: " ")
    }

    private static func named(_ order: OrderRecord, begins: Bool = true) -> String {
        "\(begins ? "The" : "the") order \(order.reference.isEmpty ? order.id : "\"\(order.reference)\"")"
    }
}

extension Instant {
    /// The second that it lies in, as people write it.
    fileprivate var toTheSecond: Instant { Instant(milliseconds: milliseconds - milliseconds % 1000) }
}
