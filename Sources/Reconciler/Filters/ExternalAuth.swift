import GatewayAPI
import KubernetesTypes
import Routing

/// Translates `externalAuth`. Whatever is wrong with it, nobody gets in unasked.
enum ExternalAuthTranslation {
    /// nil when there is a problem, and the rule answers 500 for it.
    static func translate(
        _ filter: HTTPExternalAuthFilter, _ context: FilterContext, at path: FieldPath, _ findings: inout RuleFindings
    ) -> ExternalAuth? {
        let backend = context.resolve(filter.backendRef, at: path.field("backendRef"), &findings)
        switch filter.protocol {
        case .http: break
        case .grpc:
            findings.problems.append(
                .unsupported(
                    .externalAuthOverGRPC, path.field("protocol"),
                    "Authorization servers are not asked over gRPC by this version, which does not speak HTTP/2.",
                    help: "Use protocol: HTTP if the server can.", failsClosed: true))
            return nil
        case .unrecognized(let name):
            findings.problems.append(
                .unsupported(
                    .externalAuthProtocol, path.field("protocol"), "Authorization servers are not asked over \(name).",
                    help: "Write HTTP or GRPC.", failsClosed: true))
            return nil
        }
        let before = findings.problems.count
        let http = filter.http ?? HTTPAuthConfig()
        let httpPath = path.field("http")
        let prefix = pathPrefix(http.path ?? "", at: httpPath.field("path"), &findings)
        let maximum = filter.forwardBody?.maxSize ?? 0
        if maximum < 0 {
            findings.problems.append(
                .unsupported(
                    .externalAuthBody, path.field("forwardBody").field("maxSize"),
                    "A body cannot have \(maximum) bytes.", help: "Write 0 or more.", failsClosed: true))
        }
        let allowed = names(http.allowedHeaders, at: httpPath.field("allowedHeaders"), &findings)
        let response = names(http.allowedResponseHeaders, at: httpPath.field("allowedResponseHeaders"), &findings)
        guard findings.problems.count == before else { return nil }
        return ExternalAuth(
            backend: backend, pathPrefix: prefix, allowedHeaders: allowed,
            // An empty list copies everything (CRD field text).
            allowedResponseHeaders: http.allowedResponseHeaders.isEmpty ? nil : response, maximumBodySize: maximum)
    }

    private static func pathPrefix(_ text: String, at path: FieldPath, _ findings: inout RuleFindings) -> String {
        guard text.utf8.allSatisfy(PathModifierTranslation.isPathByte), !text.contains("//"),
            !text.split(separator: "/").contains(where: { $0 == "." || $0 == ".." })
        else {
            findings.problems.append(
                .unsupported(
                    .externalAuthPath, path, "\"\(text)\" is not a path that can be put in front of another.",
                    help: "Write one such as /verify.", failsClosed: true))
            return ""
        }
        let elements = text.split(separator: "/")
        return elements.isEmpty ? "" : "/" + elements.joined(separator: "/")
    }

    private static func names(_ names: [String], at path: FieldPath, _ findings: inout RuleFindings) -> [String] {
        var usable: [String] = []
        for (index, name) in names.enumerated() {
            if !HeaderModifier.isValid(name: name) {
                findings.problems.append(
                    .unsupported(
                        .externalAuthHeader, path.index(index), "\"\(name)\" is not the name of a header.",
                        failsClosed: true))
            } else if HeaderModifier.isModifiable(name: name) {
                usable.append(name)
            } else if name.lowercased() != "host", name.lowercased() != "content-length" {
                findings.notes.append(
                    Finding(
                        .connectionHeader, path.index(index),
                        "\(name) belongs to the connection or the framing of the message and is not copied.",
                        help: "Remove the entry."))
            }
        }
        return usable
    }
}
