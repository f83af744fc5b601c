import GatewayAPI
import KubernetesTypes
import Routing

/// Translates `matches` of a rule.
enum RequestMatches {
    /// nil when a match cannot be translated; then `findings` say why. A rule without matches takes everything.
    static func translate(
        _ rule: RequestRule, at path: FieldPath, _ findings: inout RuleFindings
    ) -> [RequestMatch]? {
        rule.grpcMatches.map { translate($0, at: path, &findings) } ?? translate(rule.rule.matches, at: path, &findings)
    }

    private static func translate(
        _ matches: [HTTPRouteMatch], at path: FieldPath, _ findings: inout RuleFindings
    ) -> [RequestMatch]? {
        if matches.isEmpty { return [RequestMatch()] }
        var result: [RequestMatch] = []
        for (index, match) in matches.enumerated() {
            if let match = translate(match, at: path.index(index), &findings) { result.append(match) }
        }
        return result.count == matches.count ? result : nil
    }

    private static func translate(
        _ match: HTTPRouteMatch, at path: FieldPath, _ findings: inout RuleFindings
    ) -> RequestMatch? {
        let pathMatch = translate(match.path, at: path.field("path"), &findings)
        let headers = translate(match.headers, at: path.field("headers"), &findings)
        let parameters = translate(match.queryParams, at: path.field("queryParams"), &findings)
        if case .unrecognized(let method) = match.method {
            findings.problems.append(
                .unsupported(
                    .unknownMethod, path.field("method"), "\(method) is not a method that routes can match.",
                    help: "Write one of \(Wording.list(HTTPMethod.known.map(\.rawValue), conjunction: "or"))."))
            return nil
        }
        guard let pathMatch, let headers, let parameters else { return nil }
        return RequestMatch(
            path: pathMatch, method: match.method?.rawValue, headers: headers, queryParameters: parameters)
    }

    private static func translate(
        _ match: HTTPPathMatch, at path: FieldPath, _ findings: inout RuleFindings
    ) -> PathMatch? {
        switch match.type {
        case .exact: return .exact(match.value)
        case .pathPrefix: return .prefix(match.value)
        case .regularExpression:
            return expression(match.value, at: path.field("value"), &findings).map(PathMatch.regularExpression)
        case .unrecognized(let type):
            findings.problems.append(unknownType(type, PathMatchType.known.map(\.rawValue), at: path))
            return nil
        }
    }

    /// Of names that differ only in case the first counts (CRD field text of `headers`).
    static func translate(
        _ matches: [HTTPHeaderMatch], at path: FieldPath, _ findings: inout RuleFindings
    ) -> [HeaderMatch]? {
        var result: [HeaderMatch] = []
        var names: Set<String> = []
        for (index, match) in matches.enumerated() {
            let path = path.index(index)
            guard names.insert(match.name.lowercased()).inserted else {
                findings.notes.append(ignored("header", match.name, at: path))
                continue
            }
            guard let value = translate(match.type, match.value, at: path, &findings) else { return nil }
            result.append(HeaderMatch(name: match.name, value: value))
        }
        return result
    }

    private static func translate(
        _ matches: [HTTPQueryParamMatch], at path: FieldPath, _ findings: inout RuleFindings
    ) -> [QueryParameterMatch]? {
        var result: [QueryParameterMatch] = []
        for (index, match) in matches.enumerated() {
            let path = path.index(index)
            guard !result.contains(where: { $0.name == match.name }) else {
                findings.notes.append(ignored("query parameter", match.name, at: path))
                continue
            }
            guard let value = translate(match.type, match.value, at: path, &findings) else { return nil }
            result.append(QueryParameterMatch(name: match.name, value: value))
        }
        return result
    }

    private static func translate(
        _ type: ValueMatchType, _ value: String, at path: FieldPath, _ findings: inout RuleFindings
    ) -> ValueMatch? {
        switch type {
        case .exact: return .exact(value)
        case .regularExpression:
            return expression(value, at: path.field("value"), &findings).map(ValueMatch.regularExpression)
        case .unrecognized(let type):
            findings.problems.append(unknownType(type, ValueMatchType.known.map(\.rawValue), at: path))
            return nil
        }
    }

    static func expression(
        _ pattern: String, at path: FieldPath, _ findings: inout RuleFindings
    ) -> RegularExpression? {
        do {
            return try RegularExpression(pattern)
        } catch {
            findings.problems.append(
                .unsupported(
                    .invalidRegularExpression, path, "The regular expression \"\(pattern)\" is not valid: \(error)."))
            return nil
        }
    }

    static func unknownType(_ type: String, _ known: [String], at path: FieldPath) -> RuleProblem {
        .unsupported(
            .unknownMatchType, path.field("type"), "There is no match type \(type).",
            help: "Write \(Wording.list(known, conjunction: "or")).")
    }

    private static func ignored(_ what: String, _ name: String, at path: FieldPath) -> Finding {
        Finding(
            .repeatedMatch, path, "This match is ignored: an earlier entry matches the \(what) \(name) already.",
            help: "Entries are AND-ed; write several matches for alternatives.")
    }
}
