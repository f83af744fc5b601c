import GatewayAPI
import KubernetesTypes
import Routing

/// Translates `cors`. What is wrong in it fails closed: it decides whose scripts may read the answers.
enum CORSPolicyTranslation {
    static func translate(
        _ filter: HTTPCORSFilter, at path: FieldPath, _ findings: inout RuleFindings
    ) -> CORSPolicy? {
        let before = findings.problems.count
        var policy = CORSPolicy(allowCredentials: filter.allowCredentials ?? false, maxAge: filter.maxAge)
        for (index, text) in filter.allowOrigins.enumerated() {
            if let origin = CORSOriginText.parse(text) {
                if !policy.allowOrigins.contains(origin) { policy.allowOrigins.append(origin) }
            } else {
                findings.problems.append(
                    .unsupported(
                        .corsOrigin, path.field("allowOrigins").index(index), "\"\(text)\" is not an origin.",
                        help: "Write *, or a scheme, a host and perhaps a port, such as https://*.example.com:8443.",
                        failsClosed: true))
            }
        }
        policy.allowMethods = names(filter.allowMethods, "a method", at: path.field("allowMethods"), &findings)
        policy.allowHeaders = names(filter.allowHeaders, "a header", at: path.field("allowHeaders"), &findings)
        policy.exposeHeaders = names(filter.exposeHeaders, "a header", at: path.field("exposeHeaders"), &findings)
        if policy.exposeHeaders == .any, policy.allowCredentials {
            findings.notes.append(
                Finding(
                    .corsExposeAll, path.field("exposeHeaders"),
                    "With credentials browsers take * for the name of a header: scripts see no further headers.",
                    help: "List the headers."))
        }
        if filter.maxAge < 1 {
            findings.problems.append(
                .unsupported(
                    .corsMaxAge, path.field("maxAge"), "A preflight cannot be kept for \(filter.maxAge) seconds.",
                    help: "Write at least 1.", failsClosed: true))
        }
        return findings.problems.count == before ? policy : nil
    }

    /// `*` among others means all of them.
    private static func names(
        _ names: [String], _ what: String, at path: FieldPath, _ findings: inout RuleFindings
    ) -> CORSPolicy.Names {
        for (index, name) in names.enumerated() where !HeaderModifier.isValid(name: name) {
            findings.problems.append(
                .unsupported(
                    .corsName, path.index(index), "\"\(name)\" is not the name of \(what).", failsClosed: true))
        }
        return names.contains("*") ? .any : .list(names)
    }
}

/// An entry of `cors.allowOrigins`.
enum CORSOriginText {
    /// nil for what is no origin.
    static func parse(_ text: String) -> CORSPolicy.Origin? {
        if text == "*" { return .any }
        guard let (scheme, defaultPort) = schemes.first(where: { text.hasPrefix($0.0 + "://") }) else { return nil }
        var host = text.dropFirst(scheme.count + 3)
        var port = defaultPort
        if let colon = host.lastIndex(of: ":") {
            let digits = host[host.index(after: colon)...]
            guard digits.utf8.allSatisfy({ (UInt8(ascii: "0")...UInt8(ascii: "9")).contains($0) }),
                let number = UInt16(digits), number > 0
            else { return nil }
            port = number
            host = host[..<colon]
        }
        if host == "*" { return .origin(scheme: scheme, host: "", isWildcard: true, port: port) }
        let isWildcard = host.hasPrefix("*.")
        if isWildcard { host = host.dropFirst(2) }
        // An address is a host as well, and has no names below it.
        let name = DNSName(host)?.text ?? (isWildcard || IPAddressText(String(host)) == nil ? nil : String(host))
        return name.map { .origin(scheme: scheme, host: $0, isWildcard: isWildcard, port: port) }
    }

    private static let schemes: [(String, UInt16)] = [("http", 80), ("https", 443)]
}
