import Foundation

/// The normal distribution.
enum Normal {
    /// The probability of a value of at most `z`.
    static func probability(below z: Double) -> Double { 0.5 * erfc(-z * 0.5.squareRoot()) }

    /// The value that is not exceeded with a probability, 0 to 1 exclusive.
    ///
    /// After P. J. Acklam's rational approximation (relative error below 1.2e-9).
    static func quantile(_ probability: Double) -> Double {
        guard probability < 0.5 else { return probability == 0.5 ? 0 : -quantile(1 - probability) }
        if probability < 0.02425 {
            let q = (-2 * log(probability)).squareRoot()
            let over = polynomial(
                q, -7.784894002430293e-3, -3.223964580411365e-1, -2.400758277161838, -2.549732539343734,
                4.374664141464968, 2.938163982698783)
            return over
                / polynomial(q, 7.784695709041462e-3, 3.224671290700398e-1, 2.445134137142996, 3.754408661907416, 1)
        }
        let q = probability - 0.5
        let over = polynomial(
            q * q, -3.969683028665376e1, 2.209460984245205e2, -2.759285104469687e2, 1.383577518672690e2,
            -3.066479806614716e1, 2.506628277459239)
        return over * q
            / polynomial(
                q * q, -5.447609879822406e1, 1.615858368580409e2, -1.556989798598866e2, 6.680131188771972e1,
                -1.328068155288572e1, 1)
    }

    private static func polynomial(_ x: Double, _ coefficients: Double...) -> Double {
        coefficients.reduce(0) { $0 * x + $1 }
    }
}

/// Numbers that look random and are the same in every run (SplitMix64: Steele, Lea, Flood 2014).
struct FixedNumbers {
    private var state: UInt64

    init(seed: UInt64) { state = seed }

    /// Above 0 and below 1.
    mutating func unit() -> Double {
        state &+= 0x9E37_79B9_7F4A_7C15
        var mixed = state
        mixed = (mixed ^ (mixed >> 30)) &* 0xBF58_476D_1CE4_E5B9
        mixed = (mixed ^ (mixed >> 27)) &* 0x94D0_49BB_1331_11EB
        return (Double((mixed ^ (mixed >> 31)) >> 11) + 0.5) * 0x1p-53
    }

    mutating func normal() -> Double { Normal.quantile(unit()) }
}
