import Foundation

/// A figure beside its ceiling, and whether its target is met.
struct Figure: Encodable {
    /// What is measured.
    var name: String
    /// Ours.
    var ours: String
    /// The ceiling.
    var ceiling: String
    /// Ours by the ceiling's; nil where the target is a number of its own.
    var ratio: Double?
    /// The target in words.
    var target: String
    /// Whether it is met.
    var met: Bool
    /// How it was measured, and what else is worth knowing.
    var notes: [String]
    /// What was measured.
    var series: [Series]

    /// What a ratio must be.
    enum Bound {
        case atLeast(Double)
        case atMost(Double)

        func holds(_ ratio: Double) -> Bool {
            switch self {
            case .atLeast(let bound): ratio >= bound
            case .atMost(let bound): ratio <= bound
            }
        }

        var text: String {
            switch self {
            case .atLeast(let bound): "ratio ≥ \(Figure.number(bound))"
            case .atMost(let bound): "ratio ≤ \(Figure.number(bound))"
            }
        }
    }

    /// A figure of two series whose medians are compared.
    init(
        _ name: String, _ ours: Series, against ceiling: Series, _ bound: Bound, unit: Unit, notes: [String] = []
    ) {
        let ratio = ours.median / ceiling.median
        self.init(
            name, ours: unit.text(ours.median), ceiling: unit.text(ceiling.median), ratio: ratio, target: bound.text,
            met: bound.holds(ratio),
            notes: ["against \(ceiling.name)", Self.processor(ours, ceiling)] + notes, series: [ours, ceiling])
    }

    /// A figure with a target of its own.
    init(
        _ name: String, ours: String, ceiling: String = "–", ratio: Double? = nil, target: String, met: Bool,
        notes: [String] = [], series: [Series] = []
    ) {
        self.name = name
        self.ours = ours
        self.ceiling = ceiling
        self.ratio = ratio
        self.target = target
        self.met = met
        self.notes = notes
        self.series = series
    }

    /// The most memory that a series ever had, under a limit in megabytes.
    static func memory(_ name: String, _ series: Series, below limit: Int, notes: [String] = []) -> Figure {
        Figure(
            name, ours: megabytes(series.peak), target: "< \(limit) MB", met: series.peak < limit * 1_000_000,
            notes: notes, series: [series])
    }

    static func megabytes(_ bytes: Int) -> String { String(format: "%.1f MB", Double(bytes) / 1e6) }

    private static func processor(_ ours: Series, _ ceiling: Series) -> String {
        let (left, right) = (ours.medianProcessor, ceiling.medianProcessor)
        return String(
            format: "processor time %.3f s against %.3f s; medians of %d and %d, in turn", left, right,
            ours.values.count,
            ceiling.values.count)
    }

    static func number(_ value: Double) -> String {
        String(format: value == value.rounded() ? "%.0f" : "%.1f", value)
    }

    /// What a series counts.
    enum Unit {
        case perSecond
        case milliseconds

        func text(_ value: Double) -> String {
            switch self {
            case .perSecond: value >= 1e5 ? String(format: "%.2f M/s", value / 1e6) : String(format: "%.0f/s", value)
            case .milliseconds: String(format: "%.1f ms", value * 1000)
            }
        }
    }
}

/// The figures as a table.
enum FigureTable {
    static func text(_ figures: [Figure]) -> String {
        let heading = ["figure", "gatehouse", "ceiling", "ratio", "target", "met"]
        let rows = figures.map {
            [
                $0.name, $0.ours, $0.ceiling, $0.ratio.map { String(format: "%.2f", $0) } ?? "–", $0.target,
                $0.met ? "yes" : "NO",
            ]
        }
        let widths = heading.indices.map { column in ([heading] + rows).map { $0[column].count }.max() ?? 0 }
        func line(_ cells: [String]) -> String {
            let padded = zip(cells, widths).enumerated().map { column, cell in
                let space = String(repeating: " ", count: cell.1 - cell.0.count)
                return (1...3).contains(column) ? space + cell.0 : cell.0 + space
            }
            return padded.joined(separator: "  ")
        }
        var lines = [line(heading), widths.map { String(repeating: "-", count: $0) }.joined(separator: "  ")]
        for (row, figure) in zip(rows, figures) {
            lines.append(line(row))
            lines += figure.notes.map { "    " + $0 }
        }
        return lines.joined(separator: "\n")
    }
}
