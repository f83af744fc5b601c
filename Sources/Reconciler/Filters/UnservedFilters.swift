import GatewayAPI
import KubernetesTypes

/// Filters that cannot be served where they stand.
enum UnservedFilters {
    static func problem(_ filter: HTTPRouteFilter, _ level: FilterList.Level, at path: FieldPath) -> RuleProblem? {
        switch filter.type {
        case .requestHeaderModifier: missing("requestHeaderModifier", filter.requestHeaderModifier, at: path)
        case .responseHeaderModifier: missing("responseHeaderModifier", filter.responseHeaderModifier, at: path)
        case .urlRewrite: missing("urlRewrite", filter.urlRewrite, at: path)
        case .requestRedirect:
            onlyAtRules(filter.type, level, at: path) ?? missing("requestRedirect", filter.requestRedirect, at: path)
        case .requestMirror:
            onlyAtRules(filter.type, level, at: path) ?? missing("requestMirror", filter.requestMirror, at: path)
        // These may decide who gets in; so may a filter that nothing is known about.
        case .cors:
            onlyAtRules(filter.type, level, at: path, failsClosed: true)
                ?? missing("cors", filter.cors, at: path, failsClosed: true)
        case .externalAuth:
            onlyAtRules(filter.type, level, at: path, failsClosed: true)
                ?? missing("externalAuth", filter.externalAuth, at: path, failsClosed: true)
        case .extensionRef:
            .unsupported(
                .unknownExtension, path,
                "The filter " + (filter.extensionRef.map { "\($0.kind) \($0.name)" } ?? "that extensionRef should name")
                    + " is not known: this version has no filters of its own.",
                failsClosed: true)
        case .unrecognized(let type):
            .unsupported(.unknownFilter, path, "There is no filter \(type).", failsClosed: true)
        }
    }

    private static func onlyAtRules(
        _ type: HTTPRouteFilterType, _ level: FilterList.Level, at path: FieldPath, failsClosed: Bool = false
    ) -> RuleProblem? {
        guard level == .backend else { return nil }
        return .unsupported(
            .filterOfBackend, path, "\(type) is not served for a single backendRef.",
            help: "Move it to the filters of a rule of its own.", failsClosed: failsClosed)
    }

    private static func missing(
        _ field: String, _ value: (some Sendable)?, at path: FieldPath, failsClosed: Bool = false
    ) -> RuleProblem? {
        value == nil
            ? .unsupported(.filterWithoutSettings, path, "The filter needs \(field).", failsClosed: failsClosed) : nil
    }
}
