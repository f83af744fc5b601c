import GatewayAPI
import KubernetesTypes
import Routing

/// Translates `requestRedirect`.
enum RequestRedirectTranslation {
    static func translate(
        _ filter: HTTPRequestRedirectFilter, matches: [HTTPRouteMatch], at path: FieldPath,
        _ findings: inout RuleFindings
    ) -> RequestRedirect? {
        guard let status = UInt16(exactly: filter.statusCode), [301, 302, 303, 307, 308].contains(status) else {
            findings.problems.append(
                .unsupported(
                    .redirectStatus, path.field("statusCode"), "Status \(filter.statusCode) is not a redirect.",
                    help: "Write 301, 302, 303, 307 or 308."))
            return nil
        }
        if let hostname = filter.hostname, DNSName(hostname) == nil {
            findings.problems.append(.notAHostname(hostname, at: path.field("hostname")))
            return nil
        }
        var redirect = RequestRedirect(hostname: filter.hostname, port: filter.port, statusCode: status)
        switch filter.scheme {
        case .http: redirect.scheme = .http
        case .https: redirect.scheme = .https
        case nil: break
        case .unrecognized(let scheme):
            findings.problems.append(
                .unsupported(
                    .redirectScheme, path.field("scheme"), "Scheme \(scheme) is not served.",
                    help: "Write http or https."))
            return nil
        }
        if let modifier = filter.path {
            redirect.path = PathModifierTranslation.translate(
                modifier, matches: matches, at: path.field("path"), &findings)
            if redirect.path == nil { return nil }
        }
        return redirect
    }
}
