import Testing

@testable import Routing

@Suite struct RegularExpressionDifferentialTests {
    /// A pattern with a meaning of its own: the set of places where a match that starts at a given place can end.
    indirect enum Model {
        case character(Character)
        case any
        case oneOf([Character], negated: Bool)
        case sequence([Model])
        case either([Model])
        case repeated(Model, Int, Int?)
        case start, end, boundary, notBoundary

        func ends(in text: [Character], from start: Int) -> Set<Int> {
            switch self {
            case .character(let character): return one(text, start) { $0 == character }
            case .any: return one(text, start) { $0 != "\n" }
            case .oneOf(let characters, let negated): return one(text, start) { characters.contains($0) != negated }
            case .sequence(let parts):
                return parts.reduce(into: [start]) { ends, part in
                    ends = Set(ends.flatMap { part.ends(in: text, from: $0) })
                }
            case .either(let parts): return Set(parts.flatMap { $0.ends(in: text, from: start) })
            case .repeated(let body, let minimum, let maximum):
                var current: Set<Int> = [start]
                var all: Set<Int> = minimum == 0 ? current : []
                // Without limit nothing new can come after as many rounds as there are places.
                for count in 1...max(minimum + text.count + 1, 1) where maximum.map({ count <= $0 }) ?? true {
                    current = Set(current.flatMap { body.ends(in: text, from: $0) })
                    if count >= minimum { all.formUnion(current) }
                }
                return all
            case .start: return start == 0 ? [start] : []
            case .end: return start == text.count ? [start] : []
            case .boundary: return isBoundary(text, start) ? [start] : []
            case .notBoundary: return isBoundary(text, start) ? [] : [start]
            }
        }

        private func one(_ text: [Character], _ start: Int, _ condition: (Character) -> Bool) -> Set<Int> {
            start < text.count && condition(text[start]) ? [start + 1] : []
        }

        private func isBoundary(_ text: [Character], _ place: Int) -> Bool {
            func isWord(_ index: Int) -> Bool {
                text.indices.contains(index) && (text[index].isASCII && (text[index].isLetter || text[index].isNumber))
            }
            return isWord(place - 1) != isWord(place)
        }

        var pattern: String {
            switch self {
            case .character(let character): character == "." ? "\\." : String(character)
            case .any: "."
            case .oneOf(let characters, let negated): "[" + (negated ? "^" : "") + String(characters) + "]"
            case .sequence(let parts): "(?:" + parts.map(\.pattern).joined() + ")"
            case .either(let parts): "(" + parts.map(\.pattern).joined(separator: "|") + ")"
            case .repeated(let body, 0, nil): "(?:\(body.pattern))*"
            case .repeated(let body, 1, nil): "(?:\(body.pattern))+?"
            case .repeated(let body, 0, 1): "(?:\(body.pattern))?"
            case .repeated(let body, let minimum, nil): "(?:\(body.pattern)){\(minimum),}"
            case .repeated(let body, let minimum, let maximum?): "(?:\(body.pattern)){\(minimum),\(maximum)}"
            case .start: "^"
            case .end: "$"
            case .boundary: "\\b"
            case .notBoundary: "\\B"
            }
        }
    }

    struct Random {
        var generator: SeededGenerator
        static let alphabet: [Character] = ["a", "b", "é", ".", "\n", "日"]

        mutating func model(depth: Int) -> Model {
            switch number(depth > 0 ? 0...11 : 0...4) {
            case 0, 1: return .character(character())
            case 2: return .any
            case 3: return .oneOf((0...number(0...2)).map { _ in character() }, negated: number(0...1) == 0)
            case 4: return [.start, .end, .boundary, .notBoundary][number(0...3)]
            case 5, 6, 7: return .sequence((0...number(0...2)).map { _ in model(depth: depth - 1) })
            case 8, 9: return .either((0...number(0...2)).map { _ in model(depth: depth - 1) })
            default:
                let minimum = number(0...2)
                return .repeated(model(depth: depth - 1), minimum, number(0...1) == 0 ? nil : minimum + number(0...2))
            }
        }

        mutating func text() -> String { String((0..<number(0...6)).map { _ in character() }) }
        mutating func character() -> Character { Self.alphabet[number(0...Self.alphabet.count - 1)] }
        mutating func number(_ range: ClosedRange<Int>) -> Int { Int.random(in: range, using: &generator) }
    }

    @Test(arguments: [false, true], 0..<8)
    func `an expression matches what its meaning says`(_ simulated: Bool, _ block: Int) throws {
        var random = Random(generator: SeededGenerator(seed: UInt64(block)))
        var matches = 0
        for _ in 0..<(simulated ? 20 : 250) {
            let model = random.model(depth: 4)
            // The second alternative begins with a character that no text has, and has too many subsets for a table.
            let pattern = simulated ? "(?:\(model.pattern)|Z\(RegularExpressionLimitsTests.explosive))" : model.pattern
            let expression = try RegularExpression(pattern)
            if simulated { #expect(expression.automaton.program.table == nil) }
            for _ in 0..<20 {
                let text = random.text()
                let expected = model.ends(in: Array(text), from: 0).contains(text.count)
                #expect(expression.matches(text) == expected, "\(pattern) on \(text.debugDescription)")
                if expected { matches += 1 }
            }
        }
        #expect(matches > 20)
    }
}
