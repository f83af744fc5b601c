/// A Thompson automaton over bytes: the pattern, translated without any loss. Its size is bounded, so whatever is done
/// with it is bounded by (states x text).
struct NondeterministicAutomaton {
    /// Patterns that would need more are refused.
    static let maximumStates = 20_000

    /// One state. Plain data, since the matcher keeps the automaton in raw memory.
    struct State: BitwiseCopyable {
        enum Kind: UInt8, BitwiseCopyable {
            /// Takes a byte of the set number `second` and goes on to `first`.
            case bytes
            /// Goes on to both `first` and `second`.
            case split
            /// Goes on to `first` where the assertion with the raw value `second` holds.
            case assertion
            case match
        }

        var kind: Kind
        var first: UInt32 = 0
        var second: UInt32 = 0
    }

    private(set) var states: [State] = [State(kind: .match)]
    private(set) var sets: [ByteSet] = []
    private(set) var start: UInt32 = 0
    private(set) var hasAssertions = false
    private(set) var hasWordBoundaries = false

    private var setNumbers: [ByteSet: UInt32] = [:]
    private var steps = 0

    /// Throws only `tooLarge`.
    init(_ syntax: RegularExpressionSyntax) throws(RegularExpressionError) {
        start = try compile(syntax, next: 0)
        setNumbers = [:]
    }

    // MARK: Construction, from the end of the pattern to its start: every state knows where it goes on.

    private mutating func compile(
        _ syntax: RegularExpressionSyntax, next: UInt32
    ) throws(RegularExpressionError) -> UInt32 {
        // Counts visits, not states: nested repetitions of nothing make no states but would take forever.
        steps += 1
        guard steps <= 10 * Self.maximumStates else { throw RegularExpressionError(position: 0, reason: .tooLarge) }
        switch syntax {
        case .empty:
            return next
        case .character(let set):
            return try compile(set, next: next)
        case .concatenation(let parts):
            var next = next
            for part in parts.reversed() { next = try compile(part, next: next) }
            return next
        case .alternation(let alternatives):
            var entry: UInt32?
            for alternative in alternatives.reversed() {
                let own = try compile(alternative, next: next)
                entry = try entry.map { other throws(RegularExpressionError) in try addSplit(own, other) } ?? own
            }
            return entry ?? next
        case .repetition(let body, let minimum, let maximum):
            return try compileRepetition(of: body, minimum: minimum, maximum: maximum, next: next)
        case .assertion(let assertion):
            hasAssertions = true
            if assertion == .wordBoundary || assertion == .notWordBoundary { hasWordBoundaries = true }
            return try add(State(kind: .assertion, first: next, second: UInt32(assertion.rawValue)))
        }
    }

    private mutating func compileRepetition(
        of body: RegularExpressionSyntax, minimum: Int, maximum: Int?, next: UInt32
    ) throws(RegularExpressionError) -> UInt32 {
        var entry = next
        var copies = minimum
        if let maximum {
            for _ in minimum..<max(maximum, minimum) {
                entry = try addSplit(try compile(body, next: entry), next)
            }
        } else {
            let loop = try addSplit(0, next)
            let first = try compile(body, next: loop)
            states[Int(loop)].first = first
            if minimum == 0 {
                entry = loop
            } else {
                entry = first
                copies -= 1
            }
        }
        for _ in 0..<copies { entry = try compile(body, next: entry) }
        return entry
    }

    /// A character: alternative byte sequences that share their tails and, where they go on alike, their first state.
    private mutating func compile(_ set: ScalarSet, next: UInt32) throws(RegularExpressionError) -> UInt32 {
        var tails: [Tail: UInt32] = [:]
        var heads: [(target: UInt32, set: ByteSet)] = []
        var failure: RegularExpressionError?
        for range in set.ranges {
            UTF8Sequences.forEach(in: range) { sequence in
                guard failure == nil else { return }
                do throws(RegularExpressionError) {
                    var target = next
                    for bytes in sequence.dropFirst().reversed() {
                        let tail = Tail(bytes: bytes, target: target)
                        if let known = tails[tail] {
                            target = known
                        } else {
                            target = try addBytes(ByteSet(bytes), target)
                            tails[tail] = target
                        }
                    }
                    guard let head = sequence.first else { return }
                    if let index = heads.firstIndex(where: { $0.target == target }) {
                        heads[index].set.insert(head)
                    } else {
                        heads.append((target, ByteSet(head)))
                    }
                } catch {
                    failure = error
                }
            }
        }
        if let failure { throw failure }
        // An empty class matches nothing: a state that takes no byte.
        var entry = heads.isEmpty ? try addBytes(ByteSet(), next) : nil
        for head in heads.reversed() {
            let own = try addBytes(head.set, head.target)
            entry = try entry.map { other throws(RegularExpressionError) in try addSplit(own, other) } ?? own
        }
        return entry ?? next
    }

    private struct Tail: Hashable {
        var bytes: UTF8Sequences.ByteRange
        var target: UInt32
    }

    private mutating func addBytes(_ set: ByteSet, _ next: UInt32) throws(RegularExpressionError) -> UInt32 {
        let number: UInt32
        if let known = setNumbers[set] {
            number = known
        } else {
            number = UInt32(sets.count)
            sets.append(set)
            setNumbers[set] = number
        }
        return try add(State(kind: .bytes, first: next, second: number))
    }

    private mutating func addSplit(_ first: UInt32, _ second: UInt32) throws(RegularExpressionError) -> UInt32 {
        try add(State(kind: .split, first: first, second: second))
    }

    private mutating func add(_ state: State) throws(RegularExpressionError) -> UInt32 {
        guard states.count < Self.maximumStates else { throw RegularExpressionError(position: 0, reason: .tooLarge) }
        states.append(state)
        return UInt32(states.count - 1)
    }
}
