/// Measures of spread that single odd values don't move.
enum Spread {
    /// The standard deviation that values of a normal distribution around zero would have, from the smaller
    /// four fifths of their magnitudes; zero of none.
    ///
    /// Unlike the median of the magnitudes it doesn't vanish where half of the values are equal, as with few
    /// seats they often are.
    static func deviation(of values: [Double]) -> Double {
        guard !values.isEmpty else { return 0 }
        let magnitudes = values.map(\.magnitude).sorted()
        let kept = max(1, magnitudes.count * 4 / 5)
        return magnitudes[..<kept].reduce(0, +) / Double(kept) / meanOfSmallerFourFifths
    }

    /// The mean of a standard normal's magnitude where it is below the quantile of 0.9: 2 (φ(0) − φ(1.2816)) / 0.8.
    private static let meanOfSmallerFourFifths = 0.5586

    /// The middle value, or the mean of the two in the middle; zero of none.
    static func median(of values: some Collection<Double>) -> Double {
        guard !values.isEmpty else { return 0 }
        let sorted = values.sorted()
        let middle = sorted.count / 2
        return sorted.count % 2 == 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2
    }

    /// The standard deviation of peaks about their level, from the differences of neighbors, which growth,
    /// seasons and steps hardly change.
    static func ofNeighbors(_ peaks: [Double]) -> Double {
        let differences = zip(peaks.dropFirst(), peaks).map { $0 - $1 }
        let usual = median(of: differences)
        return deviation(of: differences.map { $0 - usual }) * 0.5.squareRoot()
    }
}
