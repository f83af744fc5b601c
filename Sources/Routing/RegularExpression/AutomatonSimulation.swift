/// Follows all states of a nondeterministic automaton at once: at most (states x bytes) steps.
struct AutomatonSimulation: BitwiseCopyable {
    typealias State = NondeterministicAutomaton.State

    var states: UnsafeBufferPointer<State>
    var sets: UnsafePointer<ByteSet>
    var start: UInt32

    func matches(_ bytes: UnsafeRawBufferPointer) -> Bool {
        let count = states.count
        // Marks, the active states, the states that the next byte leads to, and a stack for the empty transitions,
        // which holds each state at most twice: a state pushes at most two, once.
        return withUnsafeTemporaryAllocation(of: UInt32.self, capacity: 5 * count + 1) { scratch in
            guard let base = scratch.baseAddress else { return false }
            base.update(repeating: 0, count: count)
            var run = Run(
                automaton: self, bytes: bytes, mark: base, active: base + count, pending: base + 2 * count,
                stack: base + 3 * count)
            return run.matches()
        }
    }

    private struct Run {
        let automaton: AutomatonSimulation
        let bytes: UnsafeRawBufferPointer
        let mark: UnsafeMutablePointer<UInt32>
        let active: UnsafeMutablePointer<UInt32>
        let pending: UnsafeMutablePointer<UInt32>
        let stack: UnsafeMutablePointer<UInt32>
        var activeCount = 0

        mutating func matches() -> Bool {
            pending[0] = automaton.start
            var pendingCount = 1
            for position in 0...bytes.count {
                if activate(pendingCount, at: position) { return position == bytes.count }
                guard position < bytes.count, activeCount > 0 else { return false }
                pendingCount = step(bytes[position])
            }
            return false
        }

        /// Where the active states go with this byte.
        private func step(_ byte: UInt8) -> Int {
            var count = 0
            for index in 0..<activeCount {
                let state = automaton.states[Int(active[index])]
                if automaton.sets[Int(state.second)].contains(byte) {
                    pending[count] = state.first
                    count += 1
                }
            }
            return count
        }

        /// Makes the pending states and everything behind empty transitions active. True if a match is reached at the
        /// end of the text.
        private mutating func activate(_ pendingCount: Int, at position: Int) -> Bool {
            // Positions are less than 2^32 - 1: no message head comes near.
            let generation = UInt32(truncatingIfNeeded: position + 1)
            activeCount = 0
            for index in 0..<pendingCount {
                var depth = 1
                stack[0] = pending[index]
                while depth > 0 {
                    depth -= 1
                    let number = Int(stack[depth])
                    guard mark[number] != generation else { continue }
                    mark[number] = generation
                    let state = automaton.states[number]
                    switch state.kind {
                    case .bytes:
                        active[activeCount] = UInt32(truncatingIfNeeded: number)
                        activeCount += 1
                    case .split:
                        stack[depth] = state.second
                        stack[depth + 1] = state.first
                        depth += 2
                    case .assertion:
                        if holds(state.second, at: position) {
                            stack[depth] = state.first
                            depth += 1
                        }
                    case .match:
                        if position == bytes.count { return true }
                    }
                }
            }
            return false
        }

        private func holds(_ rawValue: UInt32, at position: Int) -> Bool {
            switch RegularExpressionSyntax.Assertion(rawValue: UInt8(truncatingIfNeeded: rawValue)) {
            case .textStart: return position == 0
            case .textEnd: return position == bytes.count
            case .wordBoundary, .notWordBoundary:
                let before = position > 0 && ByteSet.isWord(bytes[position - 1])
                let after = position < bytes.count && ByteSet.isWord(bytes[position])
                let isBoundary = before != after
                return isBoundary == (rawValue == RegularExpressionSyntax.Assertion.wordBoundary.rawValue)
            case nil: return false
            }
        }
    }
}
