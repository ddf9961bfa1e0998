import GatewayAPI

/// Prices added up by currency, exactly: a binary number would lose cents.
struct PriceSums {
    private struct Sum {
        /// In ten-thousandths, the smallest part that a price has.
        var amount: Int128 = 0
        /// The most decimals that one of its prices was written with.
        var decimals = 0
        var count = 0
    }

    private var byCurrency: [String: Sum] = [:]

    /// How many decimals a price has at most.
    private static let mostDecimals = 4

    mutating func add(_ price: Price) {
        let parts = price.amount.split(separator: ".", omittingEmptySubsequences: false)
        let decimals = parts.count > 1 ? parts[1] : ""
        let padding = String(repeating: "0", count: max(0, Self.mostDecimals - decimals.count))
        guard let amount = Int128(String(parts[0]) + decimals + padding) else { return }
        var sum = byCurrency[price.currency] ?? Sum()
        sum.amount += amount
        sum.decimals = max(sum.decimals, decimals.count)
        sum.count += 1
        byCurrency[price.currency] = sum
    }

    /// By currency.
    var sums: [RenewalList.Sum] {
        byCurrency.sorted { $0.key < $1.key }.map { currency, sum in
            let digits = String(sum.amount)
            let padded = String(repeating: "0", count: max(0, Self.mostDecimals + 1 - digits.count)) + digits
            let point = padded.index(padded.endIndex, offsetBy: -Self.mostDecimals)
            let decimals = padded[point...].prefix(sum.decimals)
            return RenewalList.Sum(
                currency: currency, amount: padded[..<point] + (decimals.isEmpty ? "" : ".\(decimals)"),
                count: sum.count)
        }
    }
}
