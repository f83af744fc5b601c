import Routing

/// Why a candidate was not chosen, in words.
struct CandidateReason {
    let request: ReceivedRequest

    /// `hostname`, `path`, `method`, `header NAME`, `query parameter NAME`.
    static func name(of condition: MatchTrace.Condition) -> String {
        switch condition {
        case .hostname: "hostname"
        case .kind: "kind"
        case .path: "path"
        case .method: "method"
        case .header(let name): "header \(name)"
        case .queryParameter(let name): "query parameter \(name)"
        }
    }

    /// What the request has instead of what the condition demands.
    func failure(_ condition: MatchTrace.Condition, of match: RequestMatch, hostname: String) -> String {
        switch condition {
        case .hostname:
            return "the host \(request.host.isEmpty ? "(none)" : request.host) is not for \(hostname)"
        case .kind:
            if case .rpc = match.path {
                return "the request is not gRPC: its Content-Type is no application/grpc"
            }
            return "the request is gRPC, and there is a GRPCRoute for the host"
        case .path:
            switch match.path {
            case .exact(let path): return "the path is not exactly \(path)"
            case .prefix(let path): return "the path is not \(path) or below it"
            case .regularExpression(let expression): return "the path does not match \(expression.pattern)"
            case .rpc(let method): return "the RPC is not of \(method)"
            }
        case .method: return "the method is \(request.method), not \(match.method ?? "")"
        case .header(let name):
            let values = request.fields.filter { $0.name.lowercased() == name }.map(\.value)
            let demand = MatchText.demand(name, match.headers.first { $0.name.lowercased() == name }?.value)
            if values.isEmpty { return "the header \(name) is missing, \(demand)" }
            let value = SensitiveFields.shown(values.joined(separator: ","), of: name)
            return "the header \(name) is \"\(value)\", \(demand)"
        case .queryParameter(let name):
            let demand = MatchText.demand(name, match.queryParameters.first { $0.name == name }?.value)
            return "the query parameter \(name) is missing or differs, \(demand)"
        }
    }

    /// Why `winner` comes before `other` when both hold: the first rule of precedence that tells them apart.
    static func precedence(of winner: RankedMatch, over other: RankedMatch) -> String {
        if winner.hostname != other.hostname { return "less specific hostname \(other.hostname)" }
        if let mine = winner.rpcSpecificity, let others = other.rpcSpecificity {
            if mine.service != others.service { return "fewer characters in the service" }
            if mine.method != others.method { return "fewer characters in the method" }
        }
        let (kind, otherKind) = (winner.pathKind, other.pathKind)
        if kind != otherKind { return "\(otherKind.rawValue) comes after \(kind.rawValue)" }
        if winner.pathLength != other.pathLength { return "shorter path" }
        if (winner.match.method == nil) != (other.match.method == nil) { return "no method condition" }
        if winner.match.headers.count != other.match.headers.count { return "fewer header conditions" }
        if winner.match.queryParameters.count != other.match.queryParameters.count {
            return "fewer query parameter conditions"
        }
        if winner.route != other.route { return "equal conditions, but the route is younger or its name comes later" }
        return "equal conditions, but it stands later in the route"
    }
}

/// What decides about the rank of a match.
struct RankedMatch {
    enum PathKind: String {
        case exact = "Exact"
        case regularExpression = "RegularExpression"
        case prefix = "PathPrefix"
        case rpc = "RPC"
    }

    var hostname: String
    var match: RequestMatch
    var route: Int

    var pathKind: PathKind {
        switch match.path {
        case .exact: .exact
        case .regularExpression: .regularExpression
        case .prefix: .prefix
        case .rpc: .rpc
        }
    }

    /// Characters in service and method; nil for matches of HTTPRoutes.
    var rpcSpecificity: (service: Int, method: Int)? {
        guard case .rpc(let method) = match.path else { return nil }
        return method.specificity
    }

    var pathLength: Int {
        switch match.path {
        case .exact, .rpc: 0
        case .regularExpression(let expression): expression.pattern.utf8.count
        case .prefix(let path): path.utf8.count - (path.hasSuffix("/") ? 1 : 0)
        }
    }
}
