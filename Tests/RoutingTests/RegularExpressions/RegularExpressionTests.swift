import Routing
import Testing

@Suite struct RegularExpressionTests {
    @Test(arguments: [
        ("", [""], ["a"]), ("abc", ["abc"], ["ab", "abcd", "xabc", "ABC"]), ("a|b|", ["a", "b", ""], ["ab", "c"]),
        ("a.c", ["abc", "a/c", "aéc", "a😀c"], ["ac", "a\nc", "abbc"]), ("(?s)a.c", ["a\nc"], ["ac"]),
        ("ab*", ["a", "ab", "abbb"], ["b", "aba"]), ("ab+", ["ab", "abb"], ["a"]), ("ab?", ["a", "ab"], ["abb"]),
        ("a{2}", ["aa"], ["a", "aaa"]), ("a{2,}", ["aa", "aaaaa"], ["a"]),
        ("a{1,3}", ["a", "aa", "aaa"], ["", "aaaa"]),
        ("a{0}", [""], ["a"]), ("a{0,1}b", ["b", "ab"], ["aab"]), ("(ab){2}c", ["ababc"], ["abc"]),
        ("a{,3}", ["a{,3}"], ["aa"]), ("a{", ["a{"], ["a"]), ("a{1", ["a{1"], []), ("{", ["{"], []),
        ("a{x}", ["a{x}"], []), ("}", ["}"], []),
        ("a*?b+?c??", ["b", "aab", "abc"], ["a"]), ("a{1,2}?", ["a", "aa"], ["aaa"]),
        ("(a|b)*c", ["c", "abbac"], ["ab"]), ("(?:a|b)c", ["ac", "bc"], ["c"]),
        ("(?P<name>a)(?<other_2>b)", ["ab"], ["a"]),
        ("()", [""], ["a"]), ("(a*)*", ["", "aaa"], ["b"]), ("(a|b|)+", ["", "abba"], ["c"]),
        ("(|a){3}b", ["b", "ab", "aaab"], ["aaaab"]),
        ("^abc$", ["abc"], ["abcd"]), ("^*a", ["a"], ["^a"]), ("a^b", [], ["ab", "a^b"]), ("a$b", [], ["ab"]),
        ("$^", [""], ["a"]),
        ("\\Aabc\\z", ["abc"], ["ab"]), ("(^|/)a(/|$)", ["a", "/a", "a/", "/a/"], ["//a"]),
        ("\\bab\\b c", ["ab c"], []), ("a\\bb", [], ["ab"]), ("a\\Bb", ["ab"], []), ("a\\b/\\bb", ["a/b"], ["a/ b"]),
        ("\\b.*\\b", ["a", "a b"], ["", " a", "a "]), ("\\B", [""], ["a"]),
        (".*\\bb.*", ["b", "a b", "/b/"], ["ab", "a_b"]),
    ])
    func `operators`(_ pattern: String, _ matching: [String], _ others: [String]) throws {
        let expression = try RegularExpression(pattern)
        for text in matching { #expect(expression.matches(text), "\(pattern) has to match \(text)") }
        for text in others { #expect(!expression.matches(text), "\(pattern) must not match \(text)") }
    }

    @Test(arguments: [
        ("[abc]", ["a", "c"], ["d", "", "ab"]), ("[^abc]", ["d", "é", "\n"], ["a"]),
        ("[a-c0-2]", ["b", "1"], ["d", "3", "-"]),
        ("[]a]", ["]", "a"], ["b"]), ("[^]a]", ["b"], ["]", "a"]), ("[a-]", ["a", "-"], ["b"]),
        ("[-a]", ["-", "a"], ["b"]),
        ("[a\\-z]", ["a", "-", "z"], ["b"]), ("[a^]", ["a", "^"], []), ("[.*+?(){}|$]+", [".*+?(){}|$"], ["a"]),
        ("[[]", ["["], ["]"]), ("[\\]\\\\]", ["]", "\\"], []), ("[\\d_]+", ["1_2"], ["a"]), ("[^\\d]", ["a"], ["1"]),
        ("\\d\\D\\w\\W\\s\\S", ["1aa- a", "1aa-\ta"], ["aaa- a", "1aa-aa"]),
        ("\\s", [" ", "\t", "\n", "\r", "\u{0C}"], ["\u{0B}", "a"]),
        ("\\w+", ["aZ_09"], ["é", "-"]), ("[[:alpha:]]+", ["aZ"], ["1"]), ("[[:^alpha:]]", ["1", "é"], ["a"]),
        ("[[:digit:][:space:]x]+", ["1 x\u{0B}"], ["a"]),
        ("[[:xdigit:]]+", ["0aF"], ["g"]), ("[[:punct:]]+", ["!/:@[`{~"], ["a"]), ("[[:word:]]+", ["a_1"], ["-"]),
        ("[a[:]", ["a", "[", ":"], ["b"]),
        ("[à-ü]", ["é", "à", "ü"], ["e", "þ"]), ("[^à-ü]", ["e", "日"], ["é"]),
        (
            "[\u{7F}-\u{10FFFF}]", ["\u{7F}", "\u{80}", "\u{7FF}", "\u{800}", "\u{FFFF}", "\u{10000}", "\u{10FFFF}"],
            ["~"]
        ),
        ("[日-語]+", ["日本語"], ["a"]), ("é", ["é"], ["e\u{301}", "e"]), ("[^a]", ["\u{D7FF}", "\u{E000}"], ["a"]),
        ("[^\\x00-\\x{10FFFF}]", [], ["", "a", "é"]), ("[\\s\\S]", ["a", "\n"], [""]),
    ])
    func `classes`(_ pattern: String, _ matching: [String], _ others: [String]) throws {
        let expression = try RegularExpression(pattern)
        for text in matching { #expect(expression.matches(text), "\(pattern) has to match \(text)") }
        for text in others { #expect(!expression.matches(text), "\(pattern) must not match \(text)") }
    }

    @Test(arguments: [
        ("\\.\\*\\/\\-\\_", [".*/-_"], ["a"]), ("\\x41\\x{e9}\\x{1F600}", ["Aé😀"], []),
        ("\\t\\n\\r\\f\\v\\a", ["\t\n\r\u{0C}\u{0B}\u{07}"], []),
        ("\\0\\012", ["\0\n"], []), ("\\Qa.b*\\E+", ["a.b*", "a.b***"], ["aab"]), ("\\Q(|)", ["(|)"], []),
        ("a\\Q\\Eb", ["ab"], []),
        ("(?i)aBc", ["abc", "ABC", "AbC"], ["abd"]), ("a(?i)b|c", ["ab", "aB", "C"], ["Ab"]),
        ("(?i:a)b", ["Ab", "ab"], ["aB"]),
        ("((?i)a)b", ["Ab"], ["aB"]), ("(?i)a(?-i)b", ["Ab"], ["AB"]), ("(?i)[a-f]+", ["aF"], ["g"]),
        ("(?i)[^a]", ["b"], ["a", "A"]),
        ("(?is).", ["\n"], []), ("(?U)a+", ["aa"], []), ("(?i)É", ["É"], ["é"]), ("(?i-s:A.)", ["ab"], ["a\n"]),
    ])
    func `escapes and flags`(_ pattern: String, _ matching: [String], _ others: [String]) throws {
        let expression = try RegularExpression(pattern)
        for text in matching { #expect(expression.matches(text), "\(pattern) has to match \(text)") }
        for text in others { #expect(!expression.matches(text), "\(pattern) must not match \(text)") }
    }

    @Test(
        arguments: [
            ("(", 0, .missingClosingParenthesis), ("a(b", 1, .missingClosingParenthesis),
            ("a)", 1, .unexpectedClosingParenthesis),
            ("[a", 0, .missingClosingBracket), ("[]", 0, .missingClosingBracket), ("[a-", 0, .missingClosingBracket),
            ("[z-a]", 1, .emptyRange("z-a")), ("*a", 0, .nothingToRepeat("*")), ("a|+", 2, .nothingToRepeat("+")),
            ("(?)", 2, .unsupportedGroup("(?)")),
            ("{2}", 0, .nothingToRepeat("{")), ("a**", 2, .doubleRepetition("*")), ("a*+", 2, .doubleRepetition("+")),
            ("a++", 2, .doubleRepetition("+")),
            ("a{2}{3}", 4, .doubleRepetition("{")), ("a???", 3, .doubleRepetition("?")),
            ("a{1001}", 1, .repetitionTooLarge), ("a{1,1001}", 1, .repetitionTooLarge),
            ("a{99999999999999999999}", 1, .repetitionTooLarge), ("a{3,2}", 1, .repetitionReversed),
            ("a\\", 1, .trailingBackslash),
            ("\\y", 0, .unknownEscape("\\y")), ("\\é", 0, .unknownEscape("\\é")), ("\\x4", 0, .invalidCodePoint),
            ("\\x{110000}", 0, .invalidCodePoint), ("\\x{D800}", 0, .invalidCodePoint),
            ("\\x{}", 0, .invalidCodePoint), ("(a)\\1", 3, .backreference("\\1")),
            ("(?P=n)", 0, .backreference("(?P=")), ("\\k<n>", 0, .backreference("\\k")),
            ("a(?=b)", 1, .lookaround("(?=")), ("(?!b)", 0, .lookaround("(?!")), ("(?<=b)", 0, .lookaround("(?<=")),
            ("(?<!b)", 0, .lookaround("(?<!")),
            ("(?>a)", 2, .unsupportedGroup("(?>")), ("(?#a)", 2, .unsupportedGroup("(?#")),
            ("(?m)a", 2, .unsupportedFlag("m")), ("(?P<a b>c)", 4, .invalidGroupName),
            ("(?<>c)", 3, .invalidGroupName), ("\\pL", 0, .unicodeClass("\\pL")),
            ("\\p{Greek}", 0, .unicodeClass("\\p{Greek}")), ("[\\PN]", 1, .unicodeClass("\\PN")),
            ("\\C", 0, .anyByte), ("[[:foo:]]", 1, .unknownCharacterClass("[:foo:]")),
            ("(?i", 0, .missingClosingParenthesis), ("é(", 1, .missingClosingParenthesis),
        ] as [(String, Int, RegularExpressionError.Reason)])
    func `a pattern that is wrong or not supported is refused with its place and reason`(
        _ pattern: String, _ position: Int, _ reason: RegularExpressionError.Reason
    ) {
        let error = #expect(throws: RegularExpressionError.self) { try RegularExpression(pattern) }
        #expect(error?.reason == reason)
        if case .unsupportedGroup = reason {
        } else if case .unsupportedFlag = reason {
        } else {
            #expect(error?.position == position)
        }
        #expect(error?.description.isEmpty == false)
    }

    @Test func `errors say what to do`() {
        let error = #expect(throws: RegularExpressionError.self) { try RegularExpression("/a(?=b)") }
        #expect(error?.description.hasPrefix("at character 3: the assertion (?= is not supported") == true)
    }

    @Test(arguments: [
        "(((a{1000}){1000}){1000})", "((((){1000}){1000}){1000}){1000}",
        "[^a]{1000}{1}".replacing("{1}", with: "[^b]{1000}"), "((a|b){900}){30}",
    ])
    func `a pattern that would grow out of bounds is refused`(_ pattern: String) {
        let error = #expect(throws: RegularExpressionError.self) { try RegularExpression(pattern) }
        #expect(error?.reason == .tooLarge)
    }

    @Test func `nesting is bounded`() throws {
        let depth = 250
        let nested = String(repeating: "(", count: depth) + "a" + String(repeating: ")", count: depth)
        #expect(try RegularExpression(nested).matches("a"))
        let error = #expect(throws: RegularExpressionError.self) { try RegularExpression("(\(nested))") }
        #expect(error?.reason == .nestedTooDeeply)
    }

    @Test func `malformed UTF-8 is matched by nothing that takes characters`() throws {
        let anything = try RegularExpression("(?s).*")
        for bytes in [
            [0x80], [0xC3], [0xC0, 0x80], [0xED, 0xA0, 0x80], [0xF4, 0x90, 0x80, 0x80], [0xFF], [0x61, 0xE9],
        ] as [[UInt8]] {
            #expect(!bytes.withUnsafeBytes { anything.matches($0) })
        }
        #expect(anything.matches("aé日😀"))
        #expect(!(try RegularExpression("[^a]")).matches(""))
    }

    @Test func `equality is that of the pattern`() throws {
        #expect(try RegularExpression("a") == RegularExpression("a"))
        #expect(try RegularExpression("a|b") != RegularExpression("[ab]"))
        #expect(try RegularExpression("a+").hashValue == RegularExpression("a+").hashValue)
        #expect(try RegularExpression("a+").description == "a+")
    }
}
