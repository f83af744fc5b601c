/// Why a pattern is refused.
package struct RegularExpressionError: Error, Sendable, Hashable, CustomStringConvertible {
    /// Where the problem starts: the number of characters (Unicode scalars) before it.
    package var position: Int
    package var reason: Reason

    package enum Reason: Sendable, Hashable {
        case missingClosingParenthesis
        case unexpectedClosingParenthesis
        case missingClosingBracket
        case emptyRange(String)
        case nothingToRepeat(String)
        case doubleRepetition(String)
        case repetitionTooLarge
        case repetitionReversed
        case trailingBackslash
        case unknownEscape(String)
        case invalidCodePoint
        case backreference(String)
        case lookaround(String)
        case unsupportedGroup(String)
        case invalidGroupName
        case unsupportedFlag(String)
        case unicodeClass(String)
        case anyByte
        case unknownCharacterClass(String)
        case nestedTooDeeply
        case tooLarge
    }

    package var description: String { "at character \(position + 1): \(explanation)" }

    private var explanation: String {
        switch reason {
        case .missingClosingParenthesis: "this ( is never closed; add ) or write \\( for the character itself"
        case .unexpectedClosingParenthesis: "this ) closes nothing; write \\) for the character itself"
        case .missingClosingBracket: "this [ is never closed; add ] or write \\[ for the character itself"
        case .emptyRange(let range): "the range \(range) runs backwards; exchange its ends"
        case .nothingToRepeat(let sign):
            "there is nothing before \(sign) to repeat; write \\\(sign) for the character itself"
        case .doubleRepetition(let sign):
            "\(sign) follows another repetition; put the first into a group, as in (?:x*)\(sign) (possessive "
                + "repetitions do not exist here: matching never backtracks)"
        case .repetitionTooLarge:
            "a repetition count may be at most \(RegularExpressionParser.maximumRepetition); use * or + for more"
        case .repetitionReversed: "the minimum of this repetition is greater than its maximum; exchange them"
        case .trailingBackslash: "the pattern ends in a backslash; write \\\\ for the character itself"
        case .unknownEscape(let escape): "\(escape) is no known escape; leave out the backslash"
        case .invalidCodePoint: "this is no Unicode character; write \\xHH or \\x{H...} with a value up to 10FFFF"
        case .backreference(let text):
            "the backreference \(text) is not supported, since matching takes linear time; spell the text out or "
                + "write several matches"
        case .lookaround(let text):
            "the assertion \(text) is not supported, since matching takes linear time; write several matches, or "
                + "a rule with a more specific match before this one"
        case .unsupportedGroup(let text): "\(text) is not supported; write (?:...) for a group"
        case .invalidGroupName: "a group name consists of letters, digits and _; write (?:...) for a group without name"
        case .unsupportedFlag(let flag): "the flag \(flag) is not supported; i, s and U are"
        case .unicodeClass(let text): "the Unicode class \(text) is not supported; list the characters in [...]"
        case .anyByte: "\\C is not supported, as patterns match characters; write . or (?s:.)"
        case .unknownCharacterClass(let name):
            "there is no character class \(name); POSIX names such as [:alpha:] exist"
        case .nestedTooDeeply:
            "groups are nested more than \(RegularExpressionParser.maximumDepth) deep; write the pattern flatter"
        case .tooLarge:
            "the pattern needs more than \(NondeterministicAutomaton.maximumStates) states; use smaller repetition "
                + "counts or fewer alternatives"
        }
    }
}
