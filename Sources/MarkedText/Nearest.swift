/// The candidate that a mistyped word most likely meant, if any is close. Case, hyphens and underscores count for
/// nothing.
public func nearest(to word: String, among candidates: some Sequence<String>) -> String? {
    // Longer words are no typing mistakes, and comparing costs the product of the lengths.
    let longest = 40
    let typed = folded(word)
    guard !typed.isEmpty, typed.count <= longest else { return nil }
    var best: (candidate: String, distance: Int)?
    for candidate in candidates {
        let known = folded(candidate)
        // A third of the letters; in the shortest words any other letter makes another word.
        let allowed = min(typed.count, known.count) / 3
        guard known.count <= longest, abs(known.count - typed.count) <= allowed else { continue }
        let distance = editDistance(typed, known)
        if distance <= allowed, distance < best?.distance ?? .max { best = (candidate, distance) }
    }
    return best?.candidate
}

/// A word without case and separators, so that `client_id` is near `clientID`.
private func folded(_ word: String) -> [Unicode.Scalar] {
    var result: [Unicode.Scalar] = []
    for scalar in word.unicodeScalars.prefix(64) where scalar != "_" && scalar != "-" {
        result.append(contentsOf: scalar.properties.lowercaseMapping.unicodeScalars)
    }
    return result
}

/// How many insertions, deletions, replacements and swaps of neighbors lead from one word to the other
/// (the optimal string alignment distance).
private func editDistance(_ left: [Unicode.Scalar], _ right: [Unicode.Scalar]) -> Int {
    var beforeLast: [Int] = []
    var last = Array(0...right.count)
    for row in left.indices {
        var current = [row + 1]
        for column in right.indices {
            let same = left[row] == right[column]
            var cost = min(last[column + 1] + 1, current[column] + 1, last[column] + (same ? 0 : 1))
            if row > 0, column > 0, left[row] == right[column - 1], left[row - 1] == right[column] {
                cost = min(cost, beforeLast[column - 1] + 1)
            }
            current.append(cost)
        }
        beforeLast = last
        last = current
    }
    return last[right.count]
}
