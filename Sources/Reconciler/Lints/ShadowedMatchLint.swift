import GatewayAPI
import KubernetesTypes
import Routing

/// Matches that can take no request, because an earlier match of the same route takes all of them.
enum ShadowedMatchLint: Lint {
    static func diagnostics(_ context: LintContext) -> [Diagnostic] {
        context.routes.flatMap { diagnostics($0) }
    }

    private static func diagnostics(_ route: RouteEvaluation) -> [Diagnostic] {
        var first: [MatchIdentity: (rule: Int, match: Int)] = [:]
        var result: [Diagnostic] = []
        for rule in route.rules {
            var taken: [(match: Int, by: (rule: Int, match: Int), identity: MatchIdentity)] = []
            for (index, match) in rule.matches.enumerated() {
                let identity = MatchIdentity(match)
                if let place = first[identity] {
                    taken.append((index, place, identity))
                } else {
                    first[identity] = (rule.index, index)
                }
            }
            let path = FieldPath("spec.rules").index(rule.index)
            if taken.count == rule.matches.count, let example = taken.first {
                result.append(
                    warning(
                        route, at: path,
                        "rules[\(rule.index)] can never match: rules[\(example.by.rule)] comes first and has the same "
                            + "match (\(example.identity.description)).",
                        help: "Merge the two rules, or give this one a more specific match."))
            } else {
                for match in taken {
                    result.append(
                        warning(
                            route, at: path.field("matches").index(match.match),
                            "This match can never take a request: matches[\(match.by.match)] of rules[\(match.by.rule)] "
                                + "is the same (\(match.identity.description)).",
                            help: "Take one of the two out."))
                }
            }
        }
        return result
    }

    private static func warning(
        _ route: RouteEvaluation, at path: FieldPath, _ message: String, help: String
    ) -> Diagnostic {
        Diagnostic(
            object: route.key, code: .matchTaken, severity: .warning, path: path, message: message,
            help: help)
    }
}
