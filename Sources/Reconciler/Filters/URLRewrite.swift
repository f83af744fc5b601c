import GatewayAPI
import KubernetesTypes
import Routing

/// Translates `urlRewrite`.
enum URLRewriteTranslation {
    static func translate(
        _ filter: HTTPURLRewriteFilter, matches: [HTTPRouteMatch], at path: FieldPath, _ findings: inout RuleFindings
    ) -> URLRewrite? {
        if let hostname = filter.hostname, DNSName(hostname) == nil {
            findings.problems.append(.notAHostname(hostname, at: path.field("hostname")))
            return nil
        }
        guard let modifier = filter.path else { return URLRewrite(hostname: filter.hostname) }
        let translated = PathModifierTranslation.translate(
            modifier, matches: matches, at: path.field("path"), &findings)
        return translated.map { URLRewrite(hostname: filter.hostname, path: $0) }
    }
}

extension RuleProblem {
    static func notAHostname(_ text: String, at path: FieldPath) -> RuleProblem {
        .unsupported(
            .notAHostname, path, "\"\(text)\" is not a DNS name.",
            help: "Write a name such as www.example.com; wildcards and IP addresses are not allowed.")
    }
}
