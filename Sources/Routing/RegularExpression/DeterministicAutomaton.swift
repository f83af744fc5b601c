/// The subset construction, done ahead of time as far as it stays small.
///
/// nil stands for "too large": the matcher then follows the nondeterministic automaton itself. The bounds limit memory
/// and the work spent, since a pattern of n characters can have 2^n subsets.
struct DeterministicAutomaton {
    static let maximumStates = 2_000
    /// Bound for states x classes, 2 bytes each.
    static let maximumTransitions = 128 * 1024
    /// Bound for visits of nondeterministic states during construction.
    static let maximumWork = 400_000

    /// Row-major, one row of `1 << rowShift` columns a state. State 0 is the dead one: no text leads out of it.
    private(set) var transitions: [UInt16] = []
    private(set) var isAccepting: [Bool] = []
    private(set) var start: UInt16 = 0
    let rowShift: UInt8

    /// A subset before the assertions in it are resolved, and what resolving them needs to know of the text before.
    private struct Subset: Hashable {
        var states: [UInt32]
        var isAtStart: Bool
        var followsWord: Bool
    }

    private var numbers: [Subset: UInt16] = [:]
    private var subsets: [Subset] = []

    init?(_ automaton: NondeterministicAutomaton, _ classes: ByteClasses) {
        var shift: UInt8 = 0
        while 1 << Int(shift) < classes.count { shift += 1 }
        rowShift = shift
        var closure = Closure(automaton)

        _ = number(of: Subset(states: [], isAtStart: false, followsWord: false))
        let first = Subset(states: [automaton.start], isAtStart: automaton.hasAssertions, followsWord: false)
        guard let start = number(of: first) else { return nil }
        self.start = start

        var next = 0
        while next < subsets.count {
            guard fillRow(of: next, automaton, classes, &closure), closure.work <= Self.maximumWork else { return nil }
            next += 1
        }
        numbers = [:]
        subsets = []
    }

    private mutating func number(of subset: Subset) -> UInt16? {
        if let known = numbers[subset] { return known }
        let number = subsets.count
        guard number < Self.maximumStates, (number + 1) << Int(rowShift) <= Self.maximumTransitions else { return nil }
        numbers[subset] = UInt16(number)
        subsets.append(subset)
        transitions.append(contentsOf: repeatElement(0, count: 1 << Int(rowShift)))
        isAccepting.append(false)
        return UInt16(number)
    }

    private mutating func fillRow(
        of number: Int, _ automaton: NondeterministicAutomaton, _ classes: ByteClasses, _ closure: inout Closure
    ) -> Bool {
        let subset = subsets[number]
        guard !subset.states.isEmpty else { return true }
        func resolve(nextIsWord: Bool, isAtEnd: Bool) -> [UInt32] {
            closure.resolve(
                subset.states,
                Closure.Context(
                    isAtStart: subset.isAtStart, isAtEnd: isAtEnd, followsWord: subset.followsWord,
                    precedesWord: nextIsWord))
        }
        isAccepting[number] = resolve(nextIsWord: false, isAtEnd: true).contains(0)
        let beforeOther = resolve(nextIsWord: false, isAtEnd: false)
        let beforeWord = automaton.hasWordBoundaries ? resolve(nextIsWord: true, isAtEnd: false) : beforeOther
        for column in 0..<classes.count {
            let byte = classes.representatives[column]
            let isWord = automaton.hasWordBoundaries && ByteSet.isWord(byte)
            var targets: [UInt32] = []
            let sources = isWord ? beforeWord : beforeOther
            for source in sources {
                let state = automaton.states[Int(source)]
                if state.kind == .bytes, automaton.sets[Int(state.second)].contains(byte) {
                    targets.append(state.first)
                }
            }
            closure.work += sources.count
            guard !targets.isEmpty else { continue }
            targets = closure.normalize(targets)
            let successor = Subset(states: targets, isAtStart: false, followsWord: isWord)
            guard let target = self.number(of: successor) else { return false }
            transitions[number << Int(rowShift) + column] = target
        }
        return true
    }
}

/// Follows the empty transitions of an automaton.
private struct Closure {
    struct Context {
        var isAtStart: Bool
        var isAtEnd: Bool
        var followsWord: Bool
        var precedesWord: Bool
    }

    private let automaton: NondeterministicAutomaton
    private var mark: [UInt32]
    private var generation: UInt32 = 0
    private var stack: [UInt32] = []
    /// States visited so far.
    var work = 0

    init(_ automaton: NondeterministicAutomaton) {
        self.automaton = automaton
        mark = [UInt32](repeating: 0, count: automaton.states.count)
    }

    /// The states that take bytes or match and that can be reached at a position with this context.
    mutating func resolve(_ seeds: [UInt32], _ context: Context) -> [UInt32] {
        walk(seeds) { assertion in
            switch assertion {
            case .textStart: context.isAtStart
            case .textEnd: context.isAtEnd
            case .wordBoundary: context.followsWord != context.precedesWord
            case .notWordBoundary: context.followsWord == context.precedesWord
            }
        }
    }

    /// The states behind all splits, with assertions kept unresolved; sorted, so that equal subsets are equal arrays.
    mutating func normalize(_ seeds: [UInt32]) -> [UInt32] {
        walk(seeds, nil).sorted()
    }

    private mutating func walk(
        _ seeds: [UInt32], _ holds: ((RegularExpressionSyntax.Assertion) -> Bool)?
    ) -> [UInt32] {
        generation += 1
        var result: [UInt32] = []
        stack.append(contentsOf: seeds)
        while let number = stack.popLast() {
            work += 1
            guard mark[Int(number)] != generation else { continue }
            mark[Int(number)] = generation
            let state = automaton.states[Int(number)]
            switch state.kind {
            case .bytes, .match:
                result.append(number)
            case .split:
                stack.append(state.second)
                stack.append(state.first)
            case .assertion:
                guard let holds else {
                    result.append(number)
                    continue
                }
                let assertion = RegularExpressionSyntax.Assertion(rawValue: UInt8(truncatingIfNeeded: state.second))
                if let assertion, holds(assertion) { stack.append(state.first) }
            }
        }
        return result
    }
}
