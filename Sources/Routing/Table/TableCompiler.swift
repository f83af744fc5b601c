/// Builds the plain data of a routing table. Costs are linear in the routes but for sorting, and small for hostname
/// patterns that an earlier table has in the same form.
struct TableCompiler {
    private let configuration: RoutingConfiguration
    private let arena: Arena
    private let seed: UInt64
    private let backends: [BackendID: Int32]
    /// The blocks of the table before, by port and pattern, if they can be used again.
    private let known: [[HostnamePattern: HostBlock]]
    private(set) var ports: [CompiledTablePort] = []
    /// Targets counted so far.
    private(set) var targetCount = 0

    /// - Parameter previous: the table before, with the seed of which this one is made. Its blocks hold indices of
    ///   backends, so they are of use only while those stay.
    init(_ configuration: RoutingConfiguration, arena: Arena, seed: UInt64, previous: [CompiledTablePort]) {
        self.configuration = configuration
        self.arena = arena
        self.seed = seed
        backends = Dictionary(
            configuration.backends.enumerated().map { ($1.id, Int32(truncatingIfNeeded: $0)) },
            uniquingKeysWith: { first, _ in first })
        known = configuration.ports.map { port in
            previous.first { $0.address == port.address && $0.port == port.port }?.blocks ?? [:]
        }
    }

    mutating func compile() -> UnsafeBufferPointer<CompiledPort> {
        var compiled: [CompiledPort] = []
        for (index, port) in configuration.ports.enumerated() { compiled.append(compile(port, known: known[index])) }
        return arena.copy(compiled)
    }

    private mutating func compile(_ port: PortConfiguration, known: [HostnamePattern: HostBlock]) -> CompiledPort {
        let noListenerTarget = targetCount
        var table = CompiledTablePort(
            address: port.address, port: port.port, noListener: TargetInfo(port: port.port), firstTarget: targetCount)
        targetCount += 1
        var hosts = HostPatterns(port.listeners)
        // By number of the pattern.
        var noRules: [TargetInfo] = []
        var routes: [[Int]] = []
        for (index, listener) in port.listeners.enumerated() {
            // Names of listeners are unique inside one object only.
            let name = (listener.id.listenerSet.map { "\($0)/" } ?? "") + listener.id.listener
            let target = TargetInfo(port: port.port, gateway: listener.id.gateway.description, listener: name)
            func number(_ pattern: HostnamePattern) -> Int? {
                guard let number = hosts.add(pattern, listener: index) else { return nil }
                if number == noRules.count {
                    var noRule = target
                    noRule.hostname = pattern.description
                    noRules.append(noRule)
                    routes.append([])
                }
                return number
            }
            _ = number(listener.hostname)
            for attached in listener.routes where configuration.routes.indices.contains(attached.route) {
                for pattern in attached.hostnames {
                    if let number = number(pattern) { routes[number].append(attached.route) }
                }
            }
        }
        var nodes: [HostNode] = []
        for (number, pattern) in hosts.patterns.enumerated() {
            let block = block(
                pattern.pattern, noRule: noRules[number], routes: routes[number], known: known[pattern.pattern])
            var node = block.node
            node.listener = Int32(truncatingIfNeeded: pattern.listener)
            node.firstTarget = UInt32(truncatingIfNeeded: targetCount)
            nodes.append(node)
            table.append(block, firstTarget: targetCount)
            targetCount += block.targets.count
        }
        ports.append(table)
        return PortBuilder(arena: arena, seed: seed).build(
            hosts, nodes, noListenerTarget: UInt32(truncatingIfNeeded: noListenerTarget))
    }

    private func block(
        _ pattern: HostnamePattern, noRule: TargetInfo, routes: [Int], known: HostBlock?
    ) -> HostBlock {
        if let known, known.source.isMade(of: routes, in: configuration, noRule: noRule) { return known }
        let source = HostBlock.Source(
            noRule: noRule, pattern: pattern,
            routes: routes.map { HostBlock.Source.Route(index: $0, configuration: configuration.routes[$0]) })
        return HostBlock(source, backends: backends, seed: seed)
    }
}

/// What a table remembers of a port besides its plain data.
struct CompiledTablePort: Sendable {
    var address: String?
    var port: UInt16
    var noListener: TargetInfo
    /// Number of `noListener`; the targets of the blocks follow.
    var firstTarget: Int
    /// In the order of their targets.
    private(set) var ordered: [(firstTarget: Int, block: HostBlock)] = []
    private(set) var blocks: [HostnamePattern: HostBlock] = [:]

    init(address: String?, port: UInt16, noListener: TargetInfo, firstTarget: Int) {
        self.address = address
        self.port = port
        self.noListener = noListener
        self.firstTarget = firstTarget
    }

    mutating func append(_ block: HostBlock, firstTarget: Int) {
        ordered.append((firstTarget, block))
        blocks[block.source.pattern] = block
    }

    var targets: [TargetInfo] { [noListener] + ordered.flatMap(\.block.targets) }

    /// The target with this number of the table, which is one of this port's.
    func target(_ number: Int) -> TargetInfo {
        var (low, high) = (0, ordered.count)
        while low < high {
            let middle = (low + high) / 2
            if ordered[middle].firstTarget <= number { low = middle + 1 } else { high = middle }
        }
        guard low > 0 else { return noListener }
        let (firstTarget, block) = ordered[low - 1]
        return block.targets[number - firstTarget]
    }

    /// Whether requests are counted under the same names, number by number.
    func hasSameTargets(as other: CompiledTablePort) -> Bool {
        noListener == other.noListener && firstTarget == other.firstTarget && ordered.count == other.ordered.count
            && zip(ordered, other.ordered).allSatisfy { $0.block === $1.block || $0.block.targets == $1.block.targets }
    }
}
