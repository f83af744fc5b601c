import Routing

/// The Path attribute of the cookies of a rule: what all requests that the rule takes have in common (GEP-1619).
enum SessionCookiePath {
    /// Whole path elements, without a slash at the end except for the root: a cookie for `/a` is sent with `/a` and
    /// `/a/b`, one for `/a/` is not sent with `/a` (RFC 6265 section 5.1.4).
    static func path(of matches: [RequestMatch]) -> String {
        var common: [Substring]?
        for match in matches {
            let elements = elements(of: match.path)
            common = common.map { zip($0, elements).prefix { $0 == $1 }.map(\.0) } ?? elements
        }
        return "/" + (common ?? []).joined(separator: "/")
    }

    private static func elements(of match: PathMatch) -> [Substring] {
        let elements: [Substring]
        switch match {
        case .exact(let path), .prefix(let path): elements = path.split(separator: "/")
        case .regularExpression(let expression): elements = literalElements(of: "\(expression)")
        case .rpc(.exact(let service?, let method)):
            elements = method.map { [service[...], $0[...]] } ?? [service[...]]
        case .rpc: elements = []
        }
        // The value of the attribute ends at a semicolon.
        return Array(elements.prefix { !$0.utf8.contains { $0 == UInt8(ascii: ";") || $0 <= 0x20 || $0 >= 0x7F } })
    }

    /// The elements that an expression begins with, up to the first that is not literal to its end.
    private static func literalElements(of expression: String) -> [Substring] {
        if hasAlternatives(expression) { return [] }
        var literal = expression.hasPrefix("^") ? expression.dropFirst() : expression[...]
        if let end = literal.firstIndex(where: { metacharacters.contains($0) }) {
            // A quantifier makes the character before it uncertain, and the rest of an element may be anything.
            literal = literal[..<(literal[..<end].lastIndex(of: "/") ?? literal.startIndex)]
        }
        return literal.hasPrefix("/") ? literal.split(separator: "/") : []
    }

    /// `$` too: nothing can come after it, but that is not worth knowing.
    private static let metacharacters: Set<Character> = [
        ".", "[", "]", "{", "}", "(", ")", "\\", "*", "+", "?", "|", "^", "$",
    ]

    /// Whether there is a `|` outside of groups and classes.
    private static func hasAlternatives(_ expression: String) -> Bool {
        var (depth, isClass, isEscaped) = (0, false, false)
        for character in expression {
            if isEscaped {
                isEscaped = false
                continue
            }
            switch character {
            case "\\": isEscaped = true
            case "[": isClass = true
            case "]": isClass = false
            case "(" where !isClass: depth += 1
            case ")" where !isClass: depth -= 1
            case "|" where !isClass && depth == 0: return true
            default: break
            }
        }
        return false
    }
}
