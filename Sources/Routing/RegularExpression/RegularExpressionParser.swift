/// Recursive descent over the scalars of a pattern. Time is linear in the pattern, depth is bounded.
struct RegularExpressionParser {
    /// RE2's bound for `{m,n}`.
    static let maximumRepetition = 1000
    static let maximumDepth = 250

    let scalars: [UInt32]
    var position = 0
    var flags = Flags()
    /// Between `\Q` and `\E`, where every character stands for itself.
    var isQuoting = false
    private var depth = 0

    struct Flags: Equatable {
        var ignoresCase = false
        var dotTakesNewline = false
    }

    init(_ pattern: String) {
        scalars = pattern.unicodeScalars.map(\.value)
    }

    mutating func parse() throws(RegularExpressionError) -> RegularExpressionSyntax {
        let syntax = try parseAlternation()
        // Only a closing parenthesis stops an alternation before the end.
        guard position == scalars.count else { throw error(.unexpectedClosingParenthesis) }
        return syntax
    }

    // MARK: Grammar

    private mutating func parseAlternation() throws(RegularExpressionError) -> RegularExpressionSyntax {
        var alternatives = [try parseConcatenation()]
        while take("|") {
            alternatives.append(try parseConcatenation())
        }
        return alternatives.count == 1 ? alternatives[0] : .alternation(alternatives)
    }

    private mutating func parseConcatenation() throws(RegularExpressionError) -> RegularExpressionSyntax {
        var parts: [RegularExpressionSyntax] = []
        while let next = peek, isQuoting || (next != "|" && next != ")") {
            guard let atom = try parseAtom() else { continue }
            parts.append(isQuoting ? atom : try parseRepetition(of: atom))
        }
        return switch parts.count {
        case 0: .empty
        case 1: parts[0]
        default: .concatenation(parts)
        }
    }

    /// nil for something that takes no character itself: a flag group or the start of a quotation.
    private mutating func parseAtom() throws(RegularExpressionError) -> RegularExpressionSyntax? {
        let start = position
        guard let scalar = peek else { return nil }
        if isQuoting {
            position += 1
            endQuotation()
            return literal(scalar.value)
        }
        switch scalar {
        case "(": return try parseGroup()
        case "[": return .character(try parseBracketExpression())
        case "\\": return try parseEscape()
        case "*", "+", "?": throw error(.nothingToRepeat(String(scalar)))
        case "{":
            if try parseBounds() != nil { throw error(.nothingToRepeat("{"), at: start) }
        case ".":
            position += 1
            return .character(flags.dotTakesNewline ? .all : .allButNewline)
        case "^":
            position += 1
            return .assertion(.textStart)
        case "$":
            position += 1
            return .assertion(.textEnd)
        default: break
        }
        position += 1
        return literal(scalar.value)
    }

    func literal(_ scalar: UInt32) -> RegularExpressionSyntax {
        let set = ScalarSet(scalar)
        return .character(flags.ignoresCase ? set.ignoringASCIICase : set)
    }

    private mutating func parseRepetition(
        of atom: RegularExpressionSyntax
    ) throws(RegularExpressionError) -> RegularExpressionSyntax {
        guard let bounds = try parseRepetitionSign() else { return atom }
        // Lazy: prefers shorter matches, which makes no difference when the whole text must match.
        _ = take("?")
        let start = position
        if let sign = peek, try parseRepetitionSign() != nil {
            throw error(.doubleRepetition(String(sign)), at: start)
        }
        return .repetition(atom, minimum: bounds.minimum, maximum: bounds.maximum)
    }

    private mutating func parseRepetitionSign() throws(RegularExpressionError) -> (minimum: Int, maximum: Int?)? {
        switch peek {
        case "*":
            position += 1
            return (0, nil)
        case "+":
            position += 1
            return (1, nil)
        case "?":
            position += 1
            return (0, 1)
        case "{":
            return try parseBounds()
        default:
            return nil
        }
    }

    /// `{m}`, `{m,}` or `{m,n}`; as in RE2 a brace that begins none of these is an ordinary character (nil, and the
    /// position is unchanged).
    private mutating func parseBounds() throws(RegularExpressionError) -> (minimum: Int, maximum: Int?)? {
        let start = position
        guard take("{"), let minimum = parseNumber() else {
            position = start
            return nil
        }
        var maximum: Int? = minimum
        if take(",") {
            maximum = parseNumber()
        }
        guard take("}") else {
            position = start
            return nil
        }
        guard max(minimum, maximum ?? 0) <= Self.maximumRepetition else { throw error(.repetitionTooLarge, at: start) }
        if let maximum, maximum < minimum { throw error(.repetitionReversed, at: start) }
        return (minimum, maximum)
    }

    /// A decimal number, held at a value beyond every bound when it is larger than that.
    private mutating func parseNumber() -> Int? {
        var value: Int?
        while let digit = peek, ("0"..."9").contains(digit) {
            value = min((value ?? 0) * 10 + Int(digit.value - 0x30), Self.maximumRepetition + 1)
            position += 1
        }
        return value
    }

    // MARK: Groups

    private mutating func parseGroup() throws(RegularExpressionError) -> RegularExpressionSyntax? {
        let start = position
        position += 1
        let outer = flags
        if take("?") {
            guard try parseGroupPrefix(start) else { return nil }
        }
        guard depth < Self.maximumDepth else { throw error(.nestedTooDeeply, at: start) }
        depth += 1
        let body = try parseAlternation()
        depth -= 1
        guard take(")") else { throw error(.missingClosingParenthesis, at: start) }
        flags = outer
        return body
    }

    /// What follows `(?`. True when a group body follows, false when this was only a flag setting `(?i)`, which holds
    /// up to the end of the enclosing group.
    private mutating func parseGroupPrefix(_ start: Int) throws(RegularExpressionError) -> Bool {
        switch peek {
        case "=", "!":
            throw error(.lookaround(text(from: start, count: 3)), at: start)
        case "<" where peek(1) == "=" || peek(1) == "!":
            throw error(.lookaround(text(from: start, count: 4)), at: start)
        case "P" where peek(1) == "=":
            throw error(.backreference(text(from: start, count: 4)), at: start)
        case "P" where peek(1) == "<":
            position += 2
            try parseGroupName()
            return true
        case "<":
            position += 1
            try parseGroupName()
            return true
        default:
            return try parseFlags(start)
        }
    }

    private mutating func parseGroupName() throws(RegularExpressionError) {
        let start = position
        while let scalar = peek, scalar != ">" {
            guard ScalarSet.word.ranges.contains(where: { $0.contains(scalar.value) }) else {
                throw error(.invalidGroupName, at: start)
            }
            position += 1
        }
        guard position > start, take(">") else { throw error(.invalidGroupName, at: start) }
    }

    private mutating func parseFlags(_ start: Int) throws(RegularExpressionError) -> Bool {
        var value = true
        while let scalar = peek {
            switch scalar {
            case ":":
                position += 1
                return true
            case ")" where position > start + 2:
                position += 1
                return false
            case "-" where value: value = false
            case "i": flags.ignoresCase = value
            case "s": flags.dotTakesNewline = value
            case "U": break  // Exchanges greedy and lazy: no difference here.
            case "a"..."z", "A"..."Z": throw error(.unsupportedFlag(String(scalar)))
            default: throw error(.unsupportedGroup(text(from: start, count: position - start + 1)), at: start)
            }
            position += 1
        }
        throw error(.missingClosingParenthesis, at: start)
    }

    // MARK: Scalars

    var peek: Unicode.Scalar? { peek(0) }

    func peek(_ distance: Int) -> Unicode.Scalar? {
        position + distance < scalars.count ? Unicode.Scalar(scalars[position + distance]) : nil
    }

    mutating func take(_ scalar: Unicode.Scalar) -> Bool {
        guard peek == scalar else { return false }
        position += 1
        return true
    }

    func text(from start: Int, count: Int) -> String {
        var text = ""
        for scalar in scalars[start..<min(start + count, scalars.count)] {
            if let scalar = Unicode.Scalar(scalar) { text.unicodeScalars.append(scalar) }
        }
        return text
    }

    func error(_ reason: RegularExpressionError.Reason, at position: Int? = nil) -> RegularExpressionError {
        RegularExpressionError(position: position ?? self.position, reason: reason)
    }
}
