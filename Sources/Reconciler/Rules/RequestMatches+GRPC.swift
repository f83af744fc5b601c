import GatewayAPI
import KubernetesTypes
import Routing

extension RequestMatches {
    /// `matches` of a rule of a GRPCRoute. Without any the rule takes every RPC.
    static func translate(
        _ matches: [GRPCRouteMatch], at path: FieldPath, _ findings: inout RuleFindings
    ) -> [RequestMatch]? {
        if matches.isEmpty { return [RequestMatch(path: .rpc(.any))] }
        var result: [RequestMatch] = []
        for (index, match) in matches.enumerated() {
            let path = path.index(index)
            let method = match.method.map { translate($0, at: path.field("method"), &findings) } ?? .any
            let headers = translate(match.headers.map(HTTPHeaderMatch.init), at: path.field("headers"), &findings)
            if let method, let headers { result.append(RequestMatch(path: .rpc(method), headers: headers)) }
        }
        return result.count == matches.count ? result : nil
    }

    private static func translate(
        _ match: GRPCMethodMatch, at path: FieldPath, _ findings: inout RuleFindings
    ) -> RPCMatch? {
        // An empty name is none.
        let service = match.service?.isEmpty == false ? match.service : nil
        let method = match.method?.isEmpty == false ? match.method : nil
        switch match.type {
        case .exact: return .exact(service: service, method: method)
        case .regularExpression:
            // One after the other, so that each is reported where it stands.
            for (pattern, field) in [(service, "service"), (method, "method")] {
                guard let pattern else { continue }
                guard expression(pattern, at: path.field(field), &findings) != nil else { return nil }
            }
            do {
                return .regularExpression(try RPCExpression(service: service, method: method))
            } catch {
                findings.problems.append(
                    .unsupported(
                        .invalidRegularExpression, path,
                        "The expressions for service and method are too large together: \(error)."))
                return nil
            }
        case .unrecognized(let type):
            findings.problems.append(unknownType(type, ValueMatchType.known.map(\.rawValue), at: path))
            return nil
        }
    }
}

extension HTTPHeaderMatch {
    /// Metadata of a call are header fields.
    fileprivate init(_ match: GRPCHeaderMatch) {
        self.init(type: match.type, name: match.name, value: match.value)
    }
}
