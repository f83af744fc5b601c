import GatewayAPI
import KubernetesTypes

/// Values of matches that look like patterns of another kind than they are.
enum MatchValueLint: Lint {
    static func diagnostics(_ context: LintContext) -> [Diagnostic] {
        context.rules.flatMap { rule in
            rule.rule.matches.enumerated().flatMap { index, match in
                let path = rule.path.field("matches").index(index)
                return [self.path(match.path, rule, at: path.field("path").field("value"))].compactMap(\.self)
                    + headers(match.headers, rule, at: path.field("headers"))
            }
        }
    }

    private static func path(_ match: HTTPPathMatch, _ rule: LintRule, at path: FieldPath) -> Diagnostic? {
        switch match.type {
        case .exact, .pathPrefix:
            guard match.value.contains("*") else { return nil }
            return rule.warning(
                .literalPattern, at: path,
                "* in \(Validator.quoted(match.value)) stands for itself: \(match.type) matches have no wildcards.",
                help: match.type == .pathPrefix
                    ? "A prefix takes everything below it as it is; or use `type: RegularExpression`."
                    : "Use `type: PathPrefix`, or `type: RegularExpression`.")
        case .regularExpression: return expression(match.value, rule, at: path)
        case .unrecognized: return nil
        }
    }

    private static func expression(_ pattern: String, _ rule: LintRule, at path: FieldPath) -> Diagnostic? {
        let body = pattern.hasPrefix("^") ? pattern.dropFirst() : pattern[...]
        if let first = body.first, first.isASCII, first.isLetter || first.isNumber, !body.contains("|") {
            return rule.warning(
                .expressionNeverMatches, at: path,
                "No path matches \(Validator.quoted(pattern)): every path begins with /.", help: "Put a / in front.")
        }
        let isOpen = !["$", "*", "+", "}", "?"].contains { pattern.hasSuffix($0) }
        guard pattern.hasPrefix("^"), isOpen, !pattern.contains("|") else { return nil }
        return rule.warning(
            .expressionIsFullMatch, at: path,
            "\(Validator.quoted(pattern)) must match the whole path, not only its beginning.",
            help: "Put .* behind it if more may follow, or use `type: PathPrefix`; ^ and $ are not needed.")
    }

    private static func headers(_ headers: [HTTPHeaderMatch], _ rule: LintRule, at path: FieldPath) -> [Diagnostic] {
        headers.enumerated().flatMap { index, header -> [Diagnostic] in
            let path = path.index(index)
            let name = header.name.lowercased()
            var result: [Diagnostic] = []
            if name == "host" {
                result.append(
                    rule.warning(
                        .hopByHopMatch, at: path.field("name"),
                        "A match on the header Host comes after the choice of listener and hostname, and sees the port "
                            + "if the client sends one.",
                        help: "Use spec.hostnames."))
            } else if connectionFields.contains(name) {
                result.append(
                    rule.warning(
                        .hopByHopMatch, at: path.field("name"),
                        "\(header.name) belongs to one connection; what a client sends in it says nothing about the "
                            + "request, and HTTP/2 has no such field.",
                        help: "Match another header."))
            }
            if header.type == .exact, looksLikePattern(header.value, name: name) {
                result.append(
                    rule.warning(
                        .literalPattern, at: path.field("value"),
                        "\(Validator.quoted(header.value)) is compared as it stands: Exact matches have no wildcards.",
                        help: "Use `type: RegularExpression`."))
            }
            return result
        }
    }

    /// RFC 9110 section 7.6.1, without Upgrade, on which WebSocket routes match.
    private static let connectionFields: Set<String> = [
        "connection", "keep-alive", "proxy-connection", "te", "trailer", "transfer-encoding",
    ]

    private static func looksLikePattern(_ value: String, name: String) -> Bool {
        if value.contains(".*") || (value.hasPrefix("^") && value.hasSuffix("$") && value.count > 1) { return true }
        return value == "*" && !["if-match", "if-none-match"].contains(name)
    }
}
