import HTTPSemantics

/// Escapes and bracket expressions.
extension RegularExpressionParser {
    /// What stands behind a backslash outside of brackets; nil for `\Q`, which only opens a quotation.
    mutating func parseEscape() throws(RegularExpressionError) -> RegularExpressionSyntax? {
        let start = position
        switch peek(1) {
        case "A": return takeAssertion(.textStart)
        case "z": return takeAssertion(.textEnd)
        case "b": return takeAssertion(.wordBoundary)
        case "B": return takeAssertion(.notWordBoundary)
        case "C": throw error(.anyByte)
        case "Q":
            position += 2
            isQuoting = true
            endQuotation()
            return nil
        case .some(let digit) where ("1"..."9").contains(digit):
            throw error(.backreference(text(from: start, count: 2)))
        case "k" where peek(2) == "<" || peek(2) == "{" || peek(2) == "'":
            throw error(.backreference(text(from: start, count: 2)))
        default: break
        }
        switch try parseCharacterEscape() {
        case .scalar(let scalar): return literal(scalar)
        case .set(let set): return .character(set)
        }
    }

    private mutating func takeAssertion(_ assertion: RegularExpressionSyntax.Assertion) -> RegularExpressionSyntax {
        position += 2
        return .assertion(assertion)
    }

    /// Leaves `\Q...\E` if its end is here.
    mutating func endQuotation() {
        guard isQuoting, peek == "\\", peek(1) == "E" else { return }
        position += 2
        isQuoting = false
    }

    private enum EscapedCharacter {
        case scalar(UInt32)
        case set(ScalarSet)
    }

    /// An escape that means the same inside and outside of brackets.
    private mutating func parseCharacterEscape() throws(RegularExpressionError) -> EscapedCharacter {
        let start = position
        guard let scalar = peek(1) else { throw error(.trailingBackslash) }
        position += 2
        switch scalar {
        case "d": return .set(.digits)
        case "D": return .set(ScalarSet.digits.inverted)
        case "s": return .set(.space)
        case "S": return .set(ScalarSet.space.inverted)
        case "w": return .set(.word)
        case "W": return .set(ScalarSet.word.inverted)
        case "a": return .scalar(0x07)
        case "f": return .scalar(0x0C)
        case "n": return .scalar(0x0A)
        case "r": return .scalar(0x0D)
        case "t": return .scalar(0x09)
        case "v": return .scalar(0x0B)
        case "x": return .scalar(try parseHexadecimal(start))
        case "0": return .scalar(parseOctal())
        case "p", "P":
            let isNamed = peek == "{"
            let length = isNamed ? (scalars[position...].firstIndex(of: 0x7D) ?? position) - start + 1 : 3
            throw error(.unicodeClass(text(from: start, count: max(length, 3))), at: start)
        default:
            let isAlphanumeric = ScalarSet.word.ranges.contains { $0.contains(scalar.value) } && scalar != "_"
            guard scalar.value < 0x80, !isAlphanumeric else {
                throw error(.unknownEscape(text(from: start, count: 2)), at: start)
            }
            return .scalar(scalar.value)
        }
    }

    private mutating func parseHexadecimal(_ start: Int) throws(RegularExpressionError) -> UInt32 {
        let isBraced = take("{")
        var value: UInt32 = 0
        var digits = 0
        while let digit = peek.flatMap({ $0.isASCII ? ASCII.hexadecimalValue(UInt8($0.value)) : nil }),
            isBraced || digits < 2
        {
            value = min(value << 4 | UInt32(digit), ScalarSet.maximum + 1)
            digits += 1
            position += 1
        }
        let isComplete = isBraced ? take("}") && digits > 0 : digits == 2
        guard isComplete, Unicode.Scalar(value) != nil else { throw error(.invalidCodePoint, at: start) }
        return value
    }

    /// Up to two more octal digits after `\0`.
    private mutating func parseOctal() -> UInt32 {
        var value: UInt32 = 0
        var digits = 0
        while digits < 2, let digit = peek, ("0"..."7").contains(digit) {
            value = value << 3 | (digit.value - 0x30)
            digits += 1
            position += 1
        }
        return value
    }

    /// `[...]` or `[^...]`; a `]` that comes first is an ordinary character.
    mutating func parseBracketExpression() throws(RegularExpressionError) -> ScalarSet {
        let start = position
        position += 1
        let isNegated = take("^")
        var ranges: [ClosedRange<UInt32>] = []
        var isFirst = true
        while isFirst || peek != "]" {
            guard peek != nil else { throw error(.missingClosingBracket, at: start) }
            isFirst = false
            let itemStart = position
            switch try parseBracketItem(start) {
            case .set(let set):
                ranges += set.ranges
            case .scalar(let low):
                guard peek == "-", let end = peek(1), end != "]" else {
                    ranges.append(low...low)
                    continue
                }
                position += 1
                guard case .scalar(let high) = try parseBracketItem(start), low <= high else {
                    let range = text(from: itemStart, count: position - itemStart)
                    throw error(.emptyRange(range), at: itemStart)
                }
                ranges.append(low...high)
            }
        }
        position += 1
        let set = ScalarSet(ranges)
        let folded = flags.ignoresCase ? set.ignoringASCIICase : set
        return isNegated ? folded.inverted : folded
    }

    private mutating func parseBracketItem(_ bracket: Int) throws(RegularExpressionError) -> EscapedCharacter {
        guard let scalar = peek else { throw error(.missingClosingBracket, at: bracket) }
        if scalar == "\\" { return try parseCharacterEscape() }
        if scalar == "[", peek(1) == ":", let set = try parsePOSIXClass() { return .set(set) }
        position += 1
        return .scalar(scalar.value)
    }

    /// `[:name:]` or `[:^name:]`; nil when there is no `:]`, then the bracket is an ordinary character.
    private mutating func parsePOSIXClass() throws(RegularExpressionError) -> ScalarSet? {
        let start = position
        var end = position + 2
        while end < scalars.count, scalars[end] != 0x3A, scalars[end] != 0x5D { end += 1 }
        guard end + 1 < scalars.count, scalars[end] == 0x3A, scalars[end + 1] == 0x5D else { return nil }
        position = end + 2
        var name = text(from: start + 2, count: end - start - 2)
        let isNegated = name.hasPrefix("^")
        if isNegated { name.removeFirst() }
        guard let set = ScalarSet.posix(name) else {
            throw error(.unknownCharacterClass(text(from: start, count: end + 2 - start)), at: start)
        }
        return isNegated ? set.inverted : set
    }
}
