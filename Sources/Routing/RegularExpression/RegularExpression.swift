/// A regular expression of a route match, compiled when it is created; comparing two compares their patterns.
///
/// Dialect: RE2's syntax without Unicode property classes (docs/adr/0002-regular-expressions.md). A match always covers
/// the whole text. Patterns and texts are UTF-8: `.` and negated classes take one well-formed character, so a text that
/// is not UTF-8 is matched only by patterns that do not get to the malformed bytes - none, as matches are full.
/// Matching costs time linear in the length of the text, whatever the pattern.
package struct RegularExpression: Sendable, Hashable, CustomStringConvertible {
    /// The pattern as it was written.
    package let pattern: String
    let automaton: Automaton

    /// Compiles `pattern`; the error says what is wrong, where, and what to write instead.
    package init(_ pattern: String) throws(RegularExpressionError) {
        var parser = RegularExpressionParser(pattern)
        let syntax = try parser.parse()
        self.pattern = pattern
        automaton = Automaton(try NondeterministicAutomaton(syntax))
    }

    package var description: String { pattern }

    /// Whether the pattern matches all of `bytes`. Never fails and needs no memory beyond a few words for each state
    /// of an unusually large pattern.
    package func matches(_ bytes: UnsafeRawBufferPointer) -> Bool {
        automaton.program.matches(bytes)
    }

    /// Whether the pattern matches all of `text`.
    package func matches(_ text: String) -> Bool {
        var text = text
        return text.withUTF8 { matches(UnsafeRawBufferPointer($0)) }
    }

    package static func == (lhs: RegularExpression, rhs: RegularExpression) -> Bool { lhs.pattern == rhs.pattern }

    package func hash(into hasher: inout Hasher) { hasher.combine(pattern) }
}

extension RegularExpression {
    /// Entry for fuzzing: everything before the first zero byte is a pattern, the rest a text. Returns whether they
    /// match, false for an invalid pattern; must return for every input.
    package static func fuzz(_ bytes: UnsafeRawBufferPointer) -> Bool {
        let end = bytes.firstIndex(of: 0) ?? bytes.count
        let pattern = String(decoding: bytes[..<end], as: UTF8.self)
        guard let expression = try? RegularExpression(pattern) else { return false }
        return expression.matches(UnsafeRawBufferPointer(rebasing: bytes[min(end + 1, bytes.count)...]))
    }
}
