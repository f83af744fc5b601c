import Routing

/// Matches and their conditions in words.
enum MatchText {
    /// `PathPrefix /catalog, GET, header X-Version=two, query preview=true`.
    static func conditions(of match: RequestMatch) -> String {
        var parts = [path(match.path)]
        if let method = match.method { parts.append(method) }
        parts += match.headers.map { "header \(condition($0.name, $0.value))" }
        parts += match.queryParameters.map { "query \(condition($0.name, $0.value))" }
        return parts.joined(separator: ", ")
    }

    static func path(_ path: PathMatch) -> String {
        switch path {
        case .exact(let path): "Exact \(path)"
        case .prefix(let path): "PathPrefix \(path)"
        case .regularExpression(let expression): "RegularExpression \(expression.pattern)"
        case .rpc(let method): "\(method)"
        }
    }

    private static func condition(_ name: String, _ value: ValueMatch) -> String {
        if SensitiveFields.isSensitive(name) { return name }
        return switch value {
        case .exact(let text): "\(name)=\(text)"
        case .regularExpression(let expression): "\(name)~\(expression.pattern)"
        }
    }

    /// `must be "two"`, `must match [0-9]+`; nothing for credentials.
    static func demand(_ name: String, _ value: ValueMatch?) -> String {
        switch value {
        case _ where SensitiveFields.isSensitive(name): "must have another value"
        case .exact(let text): "must be \"\(text)\""
        case .regularExpression(let expression): "must match \(expression.pattern)"
        case nil: "must have another value"
        }
    }
}
