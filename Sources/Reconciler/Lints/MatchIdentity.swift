import Routing

/// What a match takes, in a form in which equal matches are equal.
///
/// One match can shadow another only if it takes as much and comes first. The more conditions a match has, the earlier
/// it comes (Gateway API, precedence of matches), so that only a match with the same conditions can.
struct MatchIdentity: Hashable {
    private var path: PathMatch
    private var method: String?
    private var headers: Set<HeaderMatch>
    private var queryParameters: Set<QueryParameterMatch>

    init(_ match: RequestMatch) {
        path =
            if case .prefix(let prefix) = match.path {
                .prefix(LintPath.withoutTrailingSlash(prefix))
            } else {
                match.path
            }
        method = match.method
        headers = Set(match.headers.map { HeaderMatch(name: $0.name.lowercased(), value: $0.value) })
        queryParameters = Set(match.queryParameters)
    }

    /// For messages.
    var description: String {
        var parts: [String] = []
        switch path {
        case .exact(let path): parts.append("path \(path)")
        case .prefix(let prefix): parts.append(prefix.isEmpty ? "every path" : "path prefix \(prefix)")
        case .regularExpression(let expression): parts.append("path expression \(expression)")
        case .rpc(let method): parts.append("\(method)")
        }
        if let method { parts.append("method \(method)") }
        if !headers.isEmpty { parts.append("header \(Wording.list(headers.map(\.name).sorted()))") }
        if !queryParameters.isEmpty {
            parts.append("query parameter \(Wording.list(queryParameters.map(\.name).sorted()))")
        }
        return Wording.list(parts)
    }
}
