/// One thing measured several times.
struct Series: Encodable {
    /// What was measured.
    var name: String
    /// Seconds, or things per second.
    var values: [Double] = []
    /// The processor seconds of each.
    var processor: [Double] = []
    /// The most memory that any of them had, in bytes; 0 where it was not looked at.
    var peak = 0

    init(_ name: String) { self.name = name }

    /// The middle one.
    var median: Double { Self.median(values) }
    /// The middle one of the processor seconds.
    var medianProcessor: Double { Self.median(processor) }

    private static func median(_ values: [Double]) -> Double {
        guard !values.isEmpty else { return .nan }
        let sorted = values.sorted()
        let middle = sorted.count / 2
        return sorted.count.isMultiple(of: 2) ? (sorted[middle - 1] + sorted[middle]) / 2 : sorted[middle]
    }

    /// Adds a process's whole time.
    mutating func add(_ ending: Child.Ending) {
        values.append(ending.seconds)
        processor.append(ending.processor)
        peak = max(peak, ending.peak)
    }

    /// Adds a role's rate, in things per second.
    mutating func addRate(_ report: RoleReport) {
        values.append(Double(report.count) / report.seconds)
        processor.append(report.processor)
        peak = max(peak, report.peak)
    }

    /// Adds a role's time.
    mutating func addTime(_ report: RoleReport) {
        values.append(report.seconds)
        processor.append(report.processor)
        peak = max(peak, report.peak)
    }
}
