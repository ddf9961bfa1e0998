import AdapterKit
import GatewayAPI
import ICalendar

/// Renewals as a calendar: the last day that each is covered.
struct RenewalCalendar {
    /// How many days before to remind.
    let reminder: Int
    /// When the calendar is made.
    let now: Instant

    /// How many events are made into text by one task.
    private static let chunk = 512

    func write(_ renewals: [Renewal]) async {
        let writer = CalendarWriter(
            name: "License renewals", product: "Gatehouse \(GatehouseCommand.version)", stamp: now)
        let reminder = reminder
        Console.write(writer.opening)
        let chunks = stride(from: 0, to: renewals.count, by: Self.chunk).map {
            $0..<min($0 + Self.chunk, renewals.count)
        }
        await SideBySide.write(chunks) { range in
            renewals[range].flatMap { writer.event(Self.event($0, reminder: reminder)) }
        }
        Console.write(writer.closing)
    }

    static func event(_ renewal: Renewal, reminder: Int) -> AllDayEvent {
        let name = renewal.installationName.isEmpty ? renewal.installation : renewal.installationName
        var details = ["\(renewal.what) for \(renewal.customerName) (\(name)) is covered through \(renewal.day)."]
        details += renewal.then.map { "From \($0.phrase)" }
        if let cost = renewal.cost { details.append("Price: \(cost)") }
        if let owner = renewal.owner { details.append("Owner: \(owner)") }
        if let order = renewal.order { details.append(order.prefix(1).uppercased() + order.dropFirst()) }
        details.append("gatehouse explain \(renewal.installation)")
        return AllDayEvent(
            id: id(of: renewal), day: renewal.day, summary: "\(renewal.what) renews: \(renewal.customerName)",
            details: details.joined(separator: "\n"), reminder: reminder)
    }

    /// The same for one thing that renews, whenever it does: once renewed, its entry moves on.
    private static func id(of renewal: Renewal) -> String {
        let parts = [renewal.installation, renewal.date] + (renewal.module.map { [$0] } ?? [])
        return parts.map(escaped).joined(separator: "/") + "@gatehouse"
    }

    /// A name without what has a meaning in the ID.
    private static func escaped(_ name: String) -> String {
        let digits = Array("0123456789ABCDEF")
        return name.utf8.reduce(into: "") { escaped, byte in
            switch byte {
            case 0x30...0x39, 0x41...0x5A, 0x61...0x7A, UInt8(ascii: "-"), UInt8(ascii: "."), UInt8(ascii: "_"):
                escaped.unicodeScalars.append(Unicode.Scalar(byte))
            default: escaped += "%\(digits[Int(byte >> 4)])\(digits[Int(byte & 15)])"
            }
        }
    }
}
