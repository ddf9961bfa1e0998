import AdapterKit
import GatewayAPI
import GatewayCore

/// Renewals as people and their spreadsheets read them.
enum RenewalText {
    static func table(_ renewals: [Renewal]) -> Table {
        var table = Table("day", "in", "customer", "installation", "product", "price", "owner", "what happens then")
        for renewal in renewals {
            table.add(
                .init("\(renewal.day)" + (renewal.isUnverified ? ", unverified" : "")), .init("\(renewal.days) d"),
                .init(renewal.customer),
                .init(renewal.installation), .init(renewal.what, renewal.level.style), .init(renewal.cost ?? "–"),
                .init(renewal.owner ?? "–"),
                .init((renewal.then.map(\.phrase) + [renewal.order].compactMap { $0 }).joined(separator: "; ")))
        }
        return table
    }

    /// What it costs together.
    static func sums(_ list: RenewalList) -> [String] {
        guard !list.sums.isEmpty else { return [] }
        let sums = list.sums.map { "\($0.amount) \($0.currency) (\($0.count))" }.joined(separator: ", ")
        let unpriced = list.unpriced > 0 ? "; \(list.unpriced) without a price" : ""
        return ["", "Together: \(sums)\(unpriced)."]
    }

    /// How many renewals are made into text by one task.
    private static let chunk = 512

    static func writeCSV(_ renewals: [Renewal]) async {
        Console.write(Array(ReportCSV(headings).text.utf8))
        let chunks = stride(from: 0, to: renewals.count, by: chunk).map { $0..<min($0 + chunk, renewals.count) }
        await SideBySide.write(chunks) { range in
            var csv = ReportCSV()
            for renewal in renewals[range] { csv.add(fields(of: renewal)) }
            return Array(csv.text.utf8)
        }
    }

    private static let headings = [
        "day", "days", "customer", "customer_name", "installation", "installation_name", "product", "profile", "date",
        "module", "term", "amount", "currency", "owner", "level", "then", "order_until", "unverified",
    ]

    private static func fields(of renewal: Renewal) -> [String] {
        [
            renewal.day.description, "\(renewal.days)", renewal.customer, renewal.customerName, renewal.installation,
            renewal.installationName, renewal.product, renewal.profile, renewal.date, renewal.module ?? "",
            renewal.term?.rawValue ?? "", renewal.price?.amount ?? "", renewal.price?.currency ?? "",
            renewal.owner ?? "", renewal.level.rawValue,
            renewal.then.map(\.phrase).joined(separator: "; "), renewal.orderUntil?.description ?? "",
            renewal.isUnverified ? "yes" : "no",
        ]
    }
}

extension Renewal {
    /// What renews: the product, or one module of it.
    var what: String {
        guard let module else { return product }
        return "\(product), module \(module)"
    }

    /// What it costs, and how long that is for; nil where neither is on record.
    var cost: String? {
        guard price != nil || term != nil else { return nil }
        return [price?.description, term?.rawValue].compactMap { $0 }.joined(separator: ", ")
    }

    /// How an open order stands, in a few words; nil for none.
    var order: String? { orderUntil.map { "ordered, expected by \($0.short)" } }
}

extension Renewal.Stage {
    /// `2027-03-18 Read-only (restricted, read-only access)`.
    var phrase: String { "\(day) \(label) (\(level.rawValue), \(level.access.phrase))" }
}
