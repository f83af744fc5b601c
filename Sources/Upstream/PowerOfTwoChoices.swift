/// Load balancing by two random candidates of which the less loaded one is taken: nearly as even as asking all, at the
/// cost of two.
package enum PowerOfTwoChoices {
    /// What a candidate says about itself.
    package enum Candidate: Sendable, BitwiseCopyable {
        /// Its requests in flight.
        case load(Int)
        /// To be left alone while there are others.
        case avoided
        /// Just failed for this very request: the last resort.
        case failed
    }

    /// The position of the candidate to take, in `0..<count`; `count` is at least 1.
    ///
    /// - Parameter random: evenly distributed over all 64-bit values.
    @inlinable
    package static func choose(count: Int, random: UInt64, candidate: (Int) -> Candidate) -> Int {
        if count <= 1 { return 0 }
        // Two different positions from the two halves of the random number.
        let first = Int(((random & 0xffff_ffff) &* UInt64(count)) >> 32)
        var second = Int(((random >> 32) &* UInt64(count - 1)) >> 32)
        if second >= first { second += 1 }
        switch (candidate(first), candidate(second)) {
        case (.load(let a), .load(let b)): return a <= b ? first : second
        case (.load, _): return first
        case (_, .load): return second
        default: return chooseAnyUsable(count: count, from: first, candidate: candidate)
        }
    }

    /// Neither of the two will do: any other that does, else one that at least did not just fail.
    @usableFromInline
    static func chooseAnyUsable(count: Int, from first: Int, candidate: (Int) -> Candidate) -> Int {
        var fallback = first
        for offset in 0..<count {
            let position = (first + offset) % count
            switch candidate(position) {
            case .load: return position
            case .avoided: fallback = position
            case .failed: break
            }
        }
        return fallback
    }
}
