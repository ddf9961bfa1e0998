/// Bars and lines made of characters.
enum Chart {
    private static let eighths: [Character] = ["▏", "▎", "▍", "▌", "▋", "▊", "▉"]
    private static let levels: [Character] = ["▁", "▂", "▃", "▄", "▅", "▆", "▇", "█"]

    /// A bar from the left, to an eighth of a column.
    ///
    /// - Parameters:
    ///   - value: 0 to `whole`; what is above 0 shows.
    ///   - room: the columns of the whole.
    static func bar(_ value: Int, of whole: Int, room: Int) -> String {
        guard value > 0, whole > 0 else { return "" }
        let parts = max(1, min(room * 8, Int(Double(value) / Double(whole) * Double(room * 8))))
        var text = String(repeating: "█", count: parts / 8)
        if parts % 8 > 0 { text.append(eighths[parts % 8 - 1]) }
        return text
    }

    /// A column for each value.
    static func spark(_ values: [Int], of whole: Int) -> String {
        String(
            values.map { value in
                guard value > 0, whole > 0 else { return " " }
                return levels[min(levels.count - 1, max(0, value * levels.count / whole - (value == whole ? 1 : 0)))]
            })
    }
}
