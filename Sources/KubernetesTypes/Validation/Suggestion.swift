/// The candidate that somebody who wrote `text` most probably meant; nil when none is near.
///
/// Near is: equal but for case, or at most a third of the characters (two at least, for texts of more than three) have
/// to be inserted, left out, replaced or swapped with their neighbour.
package func suggestion(for text: String, among candidates: some Sequence<String>) -> String? {
    let lowercased = text.lowercased()
    let written = Array(lowercased.unicodeScalars)
    guard !written.isEmpty, written.count <= 64 else { return nil }
    let limit = written.count <= 3 ? 1 : max(2, written.count / 3)
    var best: (distance: Int, candidate: String)?
    for candidate in candidates {
        let scalars = Array(candidate.lowercased().unicodeScalars)
        guard abs(scalars.count - written.count) <= limit else { continue }
        let distance = editDistance(written, scalars)
        if distance <= limit, distance < scalars.count, distance < best?.distance ?? .max {
            best = (distance, candidate)
        }
    }
    return best?.candidate
}

/// Optimal string alignment distance.
private func editDistance(_ left: [Unicode.Scalar], _ right: [Unicode.Scalar]) -> Int {
    var beforePrevious: [Int] = []
    var previous = Array(0...right.count)
    for i in left.indices {
        var row = [i + 1]
        for j in right.indices {
            var cost = min(previous[j + 1] + 1, row[j] + 1, previous[j] + (left[i] == right[j] ? 0 : 1))
            if i > 0, j > 0, left[i] == right[j - 1], left[i - 1] == right[j] {
                cost = min(cost, beforePrevious[j - 1] + 1)
            }
            row.append(cost)
        }
        beforePrevious = previous
        previous = row
    }
    return previous[right.count]
}
