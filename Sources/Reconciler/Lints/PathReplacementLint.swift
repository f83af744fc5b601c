import GatewayAPI
import KubernetesTypes
import Routing

/// New paths of rewrites and redirects that cannot be meant.
enum PathReplacementLint: Lint {
    static func diagnostics(_ context: LintContext) -> [Diagnostic] {
        context.rules.flatMap { rule in
            modifiers(of: rule).flatMap { diagnostics(rule, $0, at: $1, isRewrite: $2) }
        }
    }

    private static func modifiers(of rule: LintRule) -> [(HTTPPathModifier, FieldPath, isRewrite: Bool)] {
        var lists = [(rule.rule.filters, rule.path.field("filters"))]
        for (index, reference) in rule.rule.backendRefs.enumerated() {
            lists.append((reference.filters, rule.path.field("backendRefs").index(index).field("filters")))
        }
        return lists.flatMap { filters, path in
            filters.enumerated().flatMap { index, filter in
                [
                    filter.urlRewrite?.path.map {
                        ($0, path.index(index).field("urlRewrite").field("path"), isRewrite: true)
                    },
                    filter.requestRedirect?.path.map {
                        ($0, path.index(index).field("requestRedirect").field("path"), isRewrite: false)
                    },
                ].compactMap(\.self)
            }
        }
    }

    private static func diagnostics(
        _ rule: LintRule, _ modifier: HTTPPathModifier, at path: FieldPath, isRewrite: Bool
    ) -> [Diagnostic] {
        var result: [Diagnostic] = []
        let isPrefix = modifier.type == .replacePrefixMatch
        guard let value = isPrefix ? modifier.replacePrefixMatch : modifier.replaceFullPath else { return [] }
        let place = path.field(isPrefix ? "replacePrefixMatch" : "replaceFullPath")
        if let example = doubleSlash(in: value, isPrefix: isPrefix, rule) {
            result.append(
                rule.warning(
                    .doubleSlash, at: place, "The new path contains //: \(example).",
                    help: "Backends take // for another path; write single slashes."))
        }
        if let reference = captureReference(in: value) {
            result.append(
                rule.warning(
                    .captureReference, at: place,
                    "\(reference) in the new path stands for itself: paths are replaced without regular expressions.",
                    help: "Match a PathPrefix and replace it with ReplacePrefixMatch; the rest of the path stays."))
        }
        if isRewrite, isPrefix, let prefix = prefix(of: rule), trimmed(prefix) == trimmed(value) {
            result.append(
                rule.warning(
                    .rewriteWithoutEffect, at: place,
                    "The rewrite changes nothing: the rule matches the prefix \(prefix) and replaces it with itself.",
                    help: rule.hasMatches
                        ? "Write another prefix, or take the filter out."
                        : "A rule without matches matches the prefix /. Give it the match that the rewrite is for."))
        }
        return result
    }

    /// How the path of a request looks afterwards.
    private static func doubleSlash(in value: String, isPrefix: Bool, _ rule: LintRule) -> String? {
        guard isPrefix else { return value.contains("//") ? value : nil }
        let replacement = trimmed(value)
        guard replacement.contains("//") else { return nil }
        let from = prefix(of: rule).map { "\(trimmed($0))/x" } ?? "/x"
        return "\(from) becomes \(replacement)/x"
    }

    /// `$1` or `\1`, as other products write what a group of an expression matched.
    private static func captureReference(in value: String) -> String? {
        let characters = Array(value)
        for (index, character) in characters.enumerated().dropLast() where character == "$" || character == "\\" {
            let next = characters[index + 1]
            if next.isASCII, next.isNumber { return "\(character)\(next)" }
        }
        return nil
    }

    /// The prefix that is replaced.
    private static func prefix(of rule: LintRule) -> String? {
        guard rule.rule.matches.count <= 1 else { return nil }
        guard let path = rule.rule.matches.first?.path else { return "/" }
        return path.type == .pathPrefix ? path.value : nil
    }

    /// Slashes at the end of prefixes and replacements mean nothing.
    private static func trimmed(_ path: String) -> String { LintPath.withoutTrailingSlash(path) }
}
