import Routing

/// What `RoutingTable` has to answer, worked out by looking at every match of every route: the precedence rules of
/// Gateway API written down as a comparison, without any index.
struct ReferenceMatcher {
    var configuration: RoutingConfiguration

    struct Answer: Equatable {
        var listener = -1
        var route: Int?
        var rule: Int?
        var prefixLength = 0
        var hostname = ""
    }

    func match(_ request: TestRequest, port: Int) -> Answer {
        let port = configuration.ports[port]
        let listeners = port.listeners.indices.filter { port.listeners[$0].hostname.matches(request.host) }
        guard
            let listener = listeners.max(by: {
                port.listeners[$0].hostname.specificity < port.listeners[$1].hostname.specificity
            })
        else { return Answer() }
        let attached = port.listeners[listener].routes
        let isRPC = request.headers.contains {
            $0.name.lowercased() == "content-type" && $0.value.hasPrefix("application/grpc")
        }
        let grpcDecides =
            isRPC
            && attached.contains {
                configuration.routes[$0.route].kind == .grpc && $0.hostnames.contains { $0.matches(request.host) }
            }
        var best: (order: Order, answer: Answer)?
        var pattern = port.listeners[listener].hostname
        for attached in port.listeners[listener].routes {
            for hostname in attached.hostnames where hostname.matches(request.host) {
                if pattern.specificity < hostname.specificity { pattern = hostname }
                guard (configuration.routes[attached.route].kind == .grpc) == grpcDecides else { continue }
                for (ruleNumber, rule) in configuration.routes[attached.route].rules.enumerated() {
                    for (matchNumber, match) in rule.matches.enumerated() where holds(match, request) {
                        let order = Order(
                            hostname: hostname, match: match,
                            position: [attached.route, ruleNumber, matchNumber])
                        guard best.map({ order < $0.order }) ?? true else { continue }
                        best = (
                            order,
                            Answer(
                                listener: listener, route: attached.route, rule: rule.index,
                                prefixLength: prefixLength(match.path), hostname: hostname.description)
                        )
                    }
                }
            }
        }
        return best?.answer ?? Answer(listener: listener, hostname: pattern.description)
    }

    /// Smaller wins.
    private struct Order: Comparable {
        var hostname: HostnamePattern
        var match: RequestMatch
        var position: [Int]

        static func == (lhs: Order, rhs: Order) -> Bool { !(lhs < rhs) && !(rhs < lhs) }

        static func < (lhs: Order, rhs: Order) -> Bool {
            if lhs.hostname.specificity != rhs.hostname.specificity {
                return lhs.hostname.specificity > rhs.hostname.specificity
            }
            if case .rpc(let left) = lhs.match.path, case .rpc(let right) = rhs.match.path,
                left.specificity != right.specificity
            {
                return left.specificity > right.specificity
            }
            let (left, right) = (lhs.path, rhs.path)
            if left.kind != right.kind { return left.kind < right.kind }
            if left.length != right.length { return left.length > right.length }
            let methods = (lhs.match.method == nil ? 1 : 0, rhs.match.method == nil ? 1 : 0)
            if methods.0 != methods.1 { return methods.0 < methods.1 }
            if lhs.match.headers.count != rhs.match.headers.count {
                return lhs.match.headers.count > rhs.match.headers.count
            }
            if lhs.match.queryParameters.count != rhs.match.queryParameters.count {
                return lhs.match.queryParameters.count > rhs.match.queryParameters.count
            }
            return lhs.position.lexicographicallyPrecedes(rhs.position)
        }

        private var path: (kind: Int, length: Int) {
            switch match.path {
            case .exact: (0, 0)
            case .regularExpression(let expression): (1, expression.pattern.utf8.count)
            case .prefix(let path): (2, path.hasSuffix("/") ? path.utf8.count - 1 : path.utf8.count)
            case .rpc: (3, 0)
            }
        }
    }

    private func prefixLength(_ path: PathMatch) -> Int {
        guard case .prefix(let path) = path else { return 0 }
        return path.hasSuffix("/") ? path.utf8.count - 1 : path.utf8.count
    }

    private func holds(_ match: RequestMatch, _ request: TestRequest) -> Bool {
        if let method = match.method, method != request.method { return false }
        switch match.path {
        case .exact(let path):
            guard path == request.path else { return false }
        case .regularExpression(let expression):
            guard expression.matches(request.path) else { return false }
        case .prefix(let path):
            guard request.path.split(separator: "/").starts(with: path.split(separator: "/")) else { return false }
        case .rpc(let method):
            guard holds(method, request.path) else { return false }
        }
        for header in match.headers {
            let values = request.headers.filter { $0.name.lowercased() == header.name.lowercased() }.map(\.value)
            guard !values.isEmpty, holds(header.value, values.joined(separator: ",")) else { return false }
        }
        let parameters = request.query.split(separator: "&").map { part in
            let pair = part.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false).map(String.init)
            return (name: decode(pair[0]), value: pair.count > 1 ? decode(pair[1]) : "")
        }
        for condition in match.queryParameters {
            guard let first = parameters.first(where: { $0.name == condition.name }),
                holds(condition.value, first.value)
            else { return false }
        }
        return true
    }

    private func holds(_ match: RPCMatch, _ path: String) -> Bool {
        let parts = path.dropFirst().split(separator: "/", maxSplits: 1, omittingEmptySubsequences: false)
        switch match {
        case .any: return true
        case .exact(let service, let method):
            guard parts.count == 2, !parts[0].isEmpty, !parts[1].isEmpty else { return false }
            return service.map { $0 == parts[0] } ?? true && method.map { $0 == parts[1] } ?? true
        case .regularExpression(let expression): return expression.path.matches(path)
        }
    }

    private func holds(_ match: ValueMatch, _ value: String) -> Bool {
        switch match {
        case .exact(let expected): expected == value
        case .regularExpression(let expression): expression.matches(value)
        }
    }

    private func decode(_ text: String) -> String {
        var result = ""
        var rest = text[...]
        while let character = rest.popFirst() {
            if character == "%", let value = UInt8(rest.prefix(2), radix: 16), rest.count >= 2 {
                result.unicodeScalars.append(Unicode.Scalar(value))
                rest = rest.dropFirst(2)
            } else {
                result.append(character == "+" ? " " : character)
            }
        }
        return result
    }
}
