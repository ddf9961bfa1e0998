/// The names nearest to one that is not known, for errors that say what was probably meant.
public enum Spelling {
    /// The known names that are few edits away from `word`, nearest first, at most `limit`; none where
    /// nothing is near. Letters of either case are alike.
    public static func nearest(to word: String, among known: some Sequence<String>, limit: Int = 1) -> [String] {
        let greatest = max(2, word.utf8.count / 3)
        return known.map { (distance: distance(word, $0), name: $0) }
            .filter { $0.distance <= greatest && $0.distance < max(word.utf8.count, $0.name.utf8.count) }
            .sorted { ($0.distance, $0.name) < ($1.distance, $1.name) }
            .prefix(limit).map(\.name)
    }

    /// How many bytes must be put in, left out, changed or swapped with their neighbor to make one name the
    /// other (optimal string alignment). ASCII letters of either case are alike; a name is cut at 200 bytes.
    public static func distance(_ left: String, _ right: String) -> Int {
        let left = folded(left)
        let right = folded(right)
        var beforeLast: [Int] = []
        var last = Array(0...right.count)
        for (row, byte) in left.enumerated() {
            var current = [row + 1]
            current.reserveCapacity(right.count + 1)
            for (column, other) in right.enumerated() {
                var cost = min(last[column] + (byte == other ? 0 : 1), last[column + 1] + 1, current[column] + 1)
                if row > 0, column > 0, byte == right[column - 1], left[row - 1] == other {
                    cost = min(cost, beforeLast[column - 1] + 1)
                }
                current.append(cost)
            }
            (beforeLast, last) = (last, current)
        }
        return last[right.count]
    }

    private static func folded(_ text: String) -> [UInt8] {
        text.utf8.prefix(200).map { $0 >= 65 && $0 <= 90 ? $0 + 32 : $0 }
    }
}
