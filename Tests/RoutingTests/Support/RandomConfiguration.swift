import Routing

/// Small configurations and requests in which everything collides: few labels, few path elements, few headers.
struct RandomConfiguration {
    var generator: SeededGenerator

    init(seed: UInt64) { generator = SeededGenerator(seed: seed) }

    mutating func configuration() -> RoutingConfiguration {
        let hasGRPC = chance(2)
        let routes = (0..<number(1...8)).map { index in
            let kind: RouteConfiguration.Kind = hasGRPC && chance(2) ? .grpc : .http
            return RouteConfiguration(
                kind: kind, name: ObjectName(namespace: "ns", name: "route-\(index)"),
                rules: (0..<number(1...3)).map { rule in
                    RuleConfiguration(
                        index: rule, matches: (0..<number(1...3)).map { _ in kind == .grpc ? rpcMatch() : match() },
                        action: .respond(status: 200))
                })
        }
        let ports = (0..<number(1...2)).map { port in
            var hostnames: [HostnamePattern] = []
            for _ in 0..<number(1...5) {
                let pattern = pattern()
                if !hostnames.contains(pattern) { hostnames.append(pattern) }
            }
            return PortConfiguration(
                port: UInt16(80 + port),
                listeners: hostnames.enumerated().map { listener(String($0), $1, routes: routes.count) })
        }
        return RoutingConfiguration(ports: ports, routes: routes)
    }

    private mutating func listener(_ name: String, _ hostname: HostnamePattern, routes: Int) -> ListenerConfiguration {
        var attached: [AttachedRoute] = []
        for route in 0..<routes where !chance(4) {
            let own = chance(4) ? [HostnamePattern.any] : (0..<number(1...3)).map { _ in pattern() }
            var hostnames: [HostnamePattern] = []
            for pattern in own.compactMap(hostname.intersection) where !hostnames.contains(pattern) {
                hostnames.append(pattern)
            }
            if !hostnames.isEmpty { attached.append(AttachedRoute(route: route, hostnames: hostnames)) }
        }
        return ListenerConfiguration(
            id: ListenerID(gateway: ObjectName(namespace: "ns", name: "g"), listener: name), hostname: hostname,
            routes: attached)
    }

    mutating func request() -> TestRequest {
        var target = path(0...5)
        if chance(2) {
            target +=
                "?"
                + (0..<number(0...3)).map { _ in "\(pick(["q", "r", "%71"]))=\(pick(["1", "2", "%31", ""]))" }.joined(
                    separator: "&")
        }
        var headers = (0..<number(0...3)).map { _ in (pick(["H", "h", "i"]), pick(["1", "2", ""])) }
        if chance(2) {
            headers.insert(
                ("Content-Type", pick(["application/grpc", "application/grpc-web-text+proto", "text/plain"])),
                at: number(0...headers.count))
        }
        return TestRequest(
            target, method: pick(["GET", "POST", "PUT"]), host: chance(10) ? "" : name(1...4), headers: headers)
    }

    // MARK: Parts

    private mutating func match() -> RequestMatch {
        var headers: [HeaderMatch] = []
        if chance(3) { headers.append(HeaderMatch(name: pick(["h", "H"]), value: value(["1", "2", "1,2"]))) }
        if chance(4) { headers.append(HeaderMatch(name: "I", value: value(["1", "2"]))) }
        var parameters: [QueryParameterMatch] = []
        if chance(3) { parameters.append(QueryParameterMatch(name: "q", value: value(["1", "2"]))) }
        if chance(4) { parameters.append(QueryParameterMatch(name: "r", value: value(["1", ""]))) }
        return RequestMatch(
            path: pathMatch(), method: chance(3) ? pick(["GET", "POST"]) : nil, headers: headers,
            queryParameters: parameters)
    }

    private mutating func rpcMatch() -> RequestMatch {
        var headers: [HeaderMatch] = []
        if chance(3) { headers.append(HeaderMatch(name: "h", value: value(["1", "2", "1,2"]))) }
        if chance(4) { headers.append(HeaderMatch(name: "I", value: value(["1", "2"]))) }
        let names = ["x", "y", "xy"]
        let method: RPCMatch
        switch number(0...6) {
        case 0: method = .any
        case 1: method = .exact(service: pick(names), method: nil)
        case 2: method = .exact(service: nil, method: pick(names))
        case 3, 4: method = .exact(service: pick(names), method: pick(names))
        default:
            let patterns = ["x", "[xy]", "xy|x", ".*"]
            let service = chance(3) ? nil : pick(patterns)
            let expression = try? RPCExpression(service: service, method: chance(3) ? nil : pick(patterns))
            method = expression.map { .regularExpression($0) } ?? .any
        }
        return RequestMatch(path: .rpc(method), headers: headers)
    }

    private mutating func pathMatch() -> PathMatch {
        switch number(0...7) {
        case 0, 1: return .exact(path(0...3))
        case 2:
            let pattern = pick(["/x.*", "/.*", "/[xy]/x", "/(x|xy)(/.*)?", "(/[^/]+)+"])
            return (try? RegularExpression(pattern)).map { .regularExpression($0) } ?? .root
        case 3: return .root
        default: return .prefix(path(1...3))
        }
    }

    private mutating func value(_ texts: [String]) -> ValueMatch {
        let text = pick(texts)
        return chance(4)
            ? (try? RegularExpression("[\(text)]+")).map { .regularExpression($0) } ?? .exact(text) : .exact(text)
    }

    private mutating func path(_ depth: ClosedRange<Int>) -> String {
        let elements = (0..<number(depth)).map { _ in pick(["x", "y", "xy"]) }
        return "/" + elements.joined(separator: "/") + (!elements.isEmpty && chance(4) ? "/" : "")
    }

    private mutating func pattern() -> HostnamePattern {
        switch number(0...4) {
        case 0: .any
        case 1, 2: HostnamePattern("*." + name(1...3)) ?? .any
        default: HostnamePattern(name(1...4)) ?? .any
        }
    }

    private mutating func name(_ labels: ClosedRange<Int>) -> String {
        (0..<number(labels)).map { _ in pick(["a", "b", "ab"]) }.joined(separator: ".")
    }

    private mutating func number(_ range: ClosedRange<Int>) -> Int { Int.random(in: range, using: &generator) }
    private mutating func chance(_ one: Int) -> Bool { number(1...one) == 1 }
    private mutating func pick(_ texts: [String]) -> String { texts[number(0...texts.count - 1)] }
}
