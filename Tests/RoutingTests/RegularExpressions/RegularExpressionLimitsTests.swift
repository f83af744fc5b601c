import Testing

@testable import Routing

/// Patterns that make backtracking matchers take exponential or polynomial time, on texts so long that any of these
/// tests would not end in a lifetime.
@Suite struct RegularExpressionLimitsTests {
    @Test(arguments: [
        "(a*)*b", "(a+)+b", "(a|aa)+b", "(a|a)*b", "(a*a*a*a*a*)*b", "(.*)*b", "(a|a?)+b", "(([a-z])+.)+[A-Z]([a-z])+b",
        "a*a*a*a*a*a*a*a*b",
        "(?:a?){30}a{30}b", "(.*a){10}b", "((a{0,100}){0,10})*b",
    ])
    func `a pattern that invites backtracking is matched in one pass`(_ pattern: String) throws {
        let expression = try RegularExpression(pattern)
        let text = String(repeating: "a", count: 100_000)
        #expect(!expression.matches(text))
        #expect(!expression.matches(text + "!"))
    }

    /// Needs 2^13 subsets.
    static let explosive = "(?:a|b)*a(?:a|b){12}"

    @Test func `a pattern with too many subsets is simulated, with the same result`() throws {
        let expression = try RegularExpression(Self.explosive)
        #expect(expression.automaton.program.table == nil)
        #expect(expression.matches("a" + String(repeating: "b", count: 12)))
        #expect(expression.matches("bbba" + String(repeating: "b", count: 12)))
        #expect(!expression.matches("abab" + String(repeating: "b", count: 12)))
        #expect(!expression.matches(String(repeating: "b", count: 10_000)))
        #expect(expression.matches(String(repeating: "a", count: 10_000)))
    }

    @Test(arguments: [
        "/api/v[0-9]+/users/[^/]+(/.*)?", "(?i)(foo|bar|baz)-[a-z0-9]{8}", "[^/]{1,40}",
        "(?:[a-z0-9-]+\\.)+example\\.com",
    ])
    func `ordinary patterns become tables`(_ pattern: String) throws {
        #expect(try RegularExpression(pattern).automaton.program.table != nil)
    }

    @Test func `any bytes can be pattern and text`() {
        var generator = SeededGenerator(seed: 7)
        let pieces = [
            "(", ")", "[", "]", "{", "}", "*", "+", "?", "|", "\\", "^", "$", ".", "-", ":", "a", "b", "1", "0", ",",
            "(?", "(?:", "(?i", "P<",
            "[:", ":]", "\\x", "\\b", "\\d", "\\Q", "\\E", "é", "\0", "{2,3}", "{20}", "i", "s", "=", "!", "<", ">",
        ].map { Array($0.utf8) }
        var matched = 0
        for _ in 0..<15_000 {
            var bytes: [UInt8] = []
            for _ in 0..<Int.random(in: 0...12, using: &generator) {
                bytes += pieces.randomElement(using: &generator) ?? []
                if Int.random(in: 0..<50, using: &generator) == 0 {
                    bytes.append(UInt8.random(in: 0...255, using: &generator))
                }
            }
            if bytes.withUnsafeBytes({ RegularExpression.fuzz($0) }) { matched += 1 }
        }
        #expect(matched > 0)
    }
}
