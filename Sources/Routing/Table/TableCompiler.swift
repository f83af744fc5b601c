/// Builds the plain data of a routing table. Costs are linear in the routes but for sorting.
struct TableCompiler {
    let configuration: RoutingConfiguration
    let arena: Arena
    let seed: UInt64
    private(set) var targets: [TargetInfo] = []
    private(set) var matchCompiler: MatchCompiler
    private let ruleCompiler: RuleCompiler
    /// By index of the route; translated when a listener first needs it.
    private var routes: [CompiledRoute?]

    /// A route's rules and matches, independent of listeners and hostnames.
    private struct CompiledRoute {
        struct Rule {
            var rule: UnsafePointer<CompiledRule>
            var label: String
            var matches: [CompiledMatch?]
        }

        var name: String
        var rules: [Rule]
    }

    init(_ configuration: RoutingConfiguration, arena: Arena, seed: UInt64) {
        self.configuration = configuration
        self.arena = arena
        self.seed = seed
        matchCompiler = MatchCompiler(arena: arena)
        ruleCompiler = RuleCompiler(arena: arena, backends: configuration.backends)
        routes = Array(repeating: nil, count: configuration.routes.count)
        targets.reserveCapacity(2 * configuration.routes.count)
    }

    mutating func compile() -> UnsafeBufferPointer<CompiledPort> {
        var ports: [CompiledPort] = []
        for port in configuration.ports { ports.append(compile(port)) }
        return arena.copy(ports)
    }

    private mutating func compile(_ port: PortConfiguration) -> CompiledPort {
        let noListenerTarget = addTarget(TargetInfo(port: port.port))
        var hosts = HostPatterns(port.listeners)
        var entries: [CandidateEntry] = []
        entries.reserveCapacity(port.listeners.reduce(0) { $0 + $1.routes.count })
        for (index, listener) in port.listeners.enumerated() {
            let gateway = listener.id.gateway.description
            // Names of listeners are unique inside one object only.
            let name = (listener.id.listenerSet.map { "\($0)/" } ?? "") + listener.id.listener
            func target(_ pattern: HostnamePattern) -> TargetInfo {
                TargetInfo(
                    port: port.port, gateway: gateway, listener: name, hostname: pattern.description)
            }
            if let number = hosts.add(listener.hostname, listener: index), number == hosts.noRuleTargets.count {
                hosts.noRuleTargets.append(addTarget(target(listener.hostname)))
            }
            for attached in listener.routes where routes.indices.contains(attached.route) {
                let route = compiledRoute(attached.route)
                for pattern in attached.hostnames {
                    guard let host = hosts.add(pattern, listener: index) else { continue }
                    let info = target(pattern)
                    if host == hosts.noRuleTargets.count { hosts.noRuleTargets.append(addTarget(info)) }
                    append(route, index: attached.route, host: host, info, to: &entries)
                }
            }
        }
        return HostTableBuilder(arena: arena, seed: seed).build(hosts, entries, noListenerTarget: noListenerTarget)
    }

    /// The candidates of one route for one hostname pattern.
    private mutating func append(
        _ route: CompiledRoute, index: Int, host: Int, _ info: TargetInfo, to entries: inout [CandidateEntry]
    ) {
        var info = info
        info.route = route.name
        for (ruleNumber, rule) in route.rules.enumerated() {
            info.rule = rule.label
            let target = addTarget(info)
            for (matchNumber, match) in rule.matches.enumerated() {
                guard let match else { continue }
                let candidate = Candidate(
                    rule: rule.rule, headers: match.headers, queryParameters: match.queryParameters,
                    path: match.program, target: target, methods: match.methods,
                    match: UInt16(truncatingIfNeeded: matchNumber))
                entries.append(
                    CandidateEntry(
                        host: host, kind: match.kind, key: match.key, rank: match.rank, route: index,
                        position: ruleNumber << 32 | matchNumber, candidate: candidate))
            }
        }
    }

    private mutating func compiledRoute(_ index: Int) -> CompiledRoute {
        if let known = routes[index] { return known }
        let configuration = configuration.routes[index]
        var rules: [CompiledRoute.Rule] = []
        for rule in configuration.rules {
            var matches: [CompiledMatch?] = []
            for match in rule.matches { matches.append(matchCompiler.compile(match)) }
            rules.append(
                CompiledRoute.Rule(
                    rule: arena.store(ruleCompiler.compile(rule, route: index)), label: rule.name ?? "\(rule.index)",
                    matches: matches))
        }
        let route = CompiledRoute(name: configuration.name.description, rules: rules)
        routes[index] = route
        return route
    }

    private mutating func addTarget(_ target: TargetInfo) -> UInt32 {
        targets.append(target)
        return UInt32(targets.count - 1)
    }
}
