import AdapterKit
import GatewayAPI

/// The use of seats, drawn for a terminal, and as CSV.
enum UsageText {
    /// Each pool with its numbers, a bar a day, and the hours of the day.
    static func lines(_ usage: UsageView, width: Int, color: Bool) -> [String] {
        var lines = ["\(usage.installation), \(usage.from) to \(usage.to), days in \(usage.timeZone)"]
        for pool in usage.pools { lines += [""] + Self.lines(pool, usage, width: width, color: color) }
        let modules = usage.modules.filter { $0.peak > 0 || $0.inUse > 0 || $0.denials > 0 }
        if !modules.isEmpty {
            lines += ["", "modules"]
            for module in modules { lines.append("  \(headline(module, usage))") }
        }
        let seen = usage.users.filter { $0.lastSeen != nil }
        if !seen.isEmpty {
            let longest = seen.min {
                ($0.lastSeen ?? $0.assigned) ?? .distant < ($1.lastSeen ?? $1.assigned) ?? .distant
            }
            lines += ["", "\(seen.count) users were seen; `gatehouse seats users \(usage.installation)` lists them."]
            if let longest, let last = longest.lastSeen, !longest.user.isEmpty {
                lines.append("Not seen for the longest time: \(longest.user), since \(last.short).")
            }
        }
        if usage.pools.isEmpty, modules.isEmpty {
            lines += ["", "Nothing is licensed and nothing was seen in use."]
        }
        return lines
    }

    private static func headline(_ pool: UsageView.Pool, _ usage: UsageView) -> String {
        var parts = ["\(pool.inUse) in use" + (pool.seen.map { " (seen \($0.short))" } ?? "")]
        if let registered = pool.registered { parts.append("\(registered) registered") }
        if let purchased = pool.purchased {
            parts.append("\(purchased) purchased" + (usage.isUnverified ? " (unverified)" : ""))
        }
        parts.append(pool.peak > 0 ? "peak \(pool.peak)" : "not used in these days")
        if pool.denials > 0 { parts.append("\(pool.denials) refused") }
        if pool.overLimit > 0 { parts.append("\(pool.overLimit) granted over the limit") }
        return "\(pool.pool): \(parts.joined(separator: ", "))"
    }

    private static func lines(_ pool: UsageView.Pool, _ usage: UsageView, width: Int, color: Bool) -> [String] {
        var lines = [headline(pool, usage)]
        guard pool.peak > 0 || pool.denials > 0 else { return lines }
        let bars = Self.bars(pool, usage)
        let scale = max(pool.purchased ?? 0, pool.peak, 1)
        let label = bars.map { CellText.width($0.label) }.max() ?? 0
        let number = String(scale).count
        let room = max(10, min(60, width - label - number - 24))
        for bar in bars {
            let filled = bar.peak.map { Chart.bar($0, of: scale, room: room) } ?? ""
            let limit = pool.purchased.flatMap { $0 > 0 && $0 <= scale ? $0 * room / scale : nil }
            var cells = Array(filled)
            while cells.count < room { cells.append(" ") }
            // Where the purchased seats end, unless the bar passes it.
            if let limit, limit <= cells.count, limit >= 1, cells[limit - 1] == " " { cells[limit - 1] = "▏" }
            let style = Self.style(bar.peak ?? 0, of: pool.purchased)
            let text = String(cells)
            let drawn = color && bar.peak != nil ? "\u{1B}[\(style.rawValue)m\(text)\u{1B}[0m" : text
            let peak = bar.peak.map(String.init) ?? "–"
            let notes = [
                bar.denials > 0 ? "\(bar.denials) refused" : nil,
                bar.overLimit > 0 ? "\(bar.overLimit) over the limit" : nil,
            ].compactMap { $0 }.joined(separator: ", ")
            let padding = String(repeating: " ", count: label - CellText.width(bar.label))
            let gap = String(repeating: " ", count: max(0, number - peak.count))
            lines.append(
                "  \(bar.label)\(padding)  \(drawn) \(gap)\(peak)" + (notes.isEmpty ? "" : "  \(notes)"))
        }
        let hours = (0..<24).map { hour in
            pool.days.map { $0.hours.indices.contains(hour) ? $0.hours[hour] : 0 }.max() ?? 0
        }
        if hours.contains(where: { $0 > 0 }) {
            lines.append("  by hour  0 \(Chart.spark(hours, of: scale)) 23")
        }
        return lines
    }

    /// A day's bar, or a week's where there are many.
    private struct Bar {
        var label: String
        /// Nil where nothing was seen.
        var peak: Int?
        var denials = 0
        var overLimit = 0
    }

    /// From so many days on, a bar is a week's.
    private static let mostBars = 45

    private static func bars(_ pool: UsageView.Pool, _ usage: UsageView) -> [Bar] {
        let count = usage.to.number - usage.from.number + 1
        let step = count <= mostBars ? 1 : (count <= mostBars * 7 ? 7 : 28)
        var bars: [Bar] = []
        var days = pool.days[...]
        // The last bar ends today.
        var start = usage.to.number - (count + step - 1) / step * step + 1
        while start <= usage.to.number {
            let end = start + step - 1
            let first = LocalDay(number: max(start, usage.from.number))
            var bar = Bar(label: step == 1 ? "\(first)" : "\(first) +\(end - first.number)d")
            while let day = days.first, day.day.number <= end {
                bar.peak = max(bar.peak ?? 0, day.peak)
                bar.denials += day.denials
                bar.overLimit += day.overLimit
                days.removeFirst()
            }
            bars.append(bar)
            start = end + 1
        }
        // What lies before anything was seen is not drawn.
        return Array(bars.drop { $0.peak == nil && $0.denials == 0 })
    }

    private static func style(_ peak: Int, of purchased: Int?) -> Table.Style {
        guard let purchased, purchased > 0 else { return .good }
        if peak >= purchased { return .bad }
        return peak * 10 >= purchased * 8 ? .warning : .good
    }

    /// A row for each pool and day.
    static func csv(_ usage: UsageView) -> [UInt8] {
        var csv = ReportCSV(["installation", "pool", "day", "peak", "purchased", "refused", "over_limit"])
        for pool in usage.pools + usage.modules {
            for day in pool.days {
                csv.add([
                    usage.installation, pool.pool, "\(day.day)", "\(day.peak)",
                    pool.purchased.map(String.init) ?? "", "\(day.denials)", "\(day.overLimit)",
                ])
            }
        }
        return Array(csv.text.utf8)
    }
}

extension Instant {
    fileprivate static let distant = Instant(milliseconds: .max)
}
