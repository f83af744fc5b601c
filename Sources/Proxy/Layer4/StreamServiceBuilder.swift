import Routing
import Telemetry

/// What all ports are for, as the objects of one event loop. Made before the loop has them, since that takes a while where
/// there are thousands of routes.
///
/// `@unchecked Sendable`: made for one loop and handed to it; nobody else touches the objects afterwards.
struct StreamServices: @unchecked Sendable {
    /// Parallel to `RoutingConfiguration.ports`.
    let ports: ContiguousArray<PortRuntime>
    /// Everything that connections and flows may be counted under.
    let labels: Set<StreamLabels>

    /// - Parameter metrics: of the loop; only kept here.
    init(_ plan: StreamPlan, served: [ServedPort], metrics: StreamMetrics) {
        var builder = StreamServiceBuilder(plan, metrics: metrics)
        ports = builder.build(served)
        labels = builder.labels
    }
}

/// Makes the objects of one event loop from a plan.
private struct StreamServiceBuilder {
    private let plan: StreamPlan
    private let metrics: StreamMetrics
    private(set) var labels: Set<StreamLabels> = []

    init(_ plan: StreamPlan, metrics: StreamMetrics) {
        self.plan = plan
        self.metrics = metrics
    }

    mutating func build(_ served: [ServedPort]) -> ContiguousArray<PortRuntime> {
        var ports: ContiguousArray<PortRuntime> = []
        ports.reserveCapacity(plan.ports.count)
        for (port, served) in zip(plan.ports, served) {
            let trusted = port.proxyProtocol?.trustedPeers ?? plan.proxyProtocolPeers
            ports.append(
                PortRuntime(
                    service: service(of: port), served: served,
                    trustedPeers: trusted.isEmpty ? nil : NetworkSet(trusted)))
        }
        return ports
    }

    private mutating func service(of port: PortConfiguration) -> PortService {
        if let listener = port.datagrams { return .datagrams(target(listener.route, listener: listener.id, "UDP")) }
        guard let first = port.streams.first else { return .http }
        if case .plain = first.mode {
            return .plain(target(first.routes.first?.route, listener: first.id, "TCP"))
        }
        let table = ServerNameTable(
            labels: note(StreamLabels(protocol: "TLS", gateway: "\(first.id.gateway)", listener: "", route: "")),
            metrics: metrics)
        for listener in port.streams { table.add(.stream(runtime(of: listener)), for: listener.hostname) }
        for listener in port.listeners { table.add(.https, for: listener.hostname) }
        return .tls(table)
    }

    private mutating func runtime(of listener: StreamListener) -> StreamListenerRuntime {
        let runtime = StreamListenerRuntime(
            listener, labels: labels(nil, listener: listener.id, "TLS"), metrics: metrics)
        for attached in listener.routes {
            let target = target(attached.route, listener: listener.id, "TLS")
            for hostname in attached.hostnames { runtime.add(target, for: hostname) }
        }
        return runtime
    }

    private mutating func target(_ route: Int?, listener: ListenerID, _ protocol: String) -> StreamTarget {
        let configuration = route.map { plan.routes[$0] }
        let shares = (configuration?.backends ?? []).map { backend in
            switch backend.destination {
            case .invalid: StreamTarget.Share(weight: UInt64(backend.weight), backend: nil, id: nil)
            case .backend(let id):
                StreamTarget.Share(weight: UInt64(backend.weight), backend: plan.backends[id], id: id)
            }
        }
        return StreamTarget(
            shares: ContiguousArray(shares), labels: labels(configuration?.name, listener: listener, `protocol`),
            metrics: metrics, seed: UInt64.random(in: .min ... .max))
    }

    private mutating func labels(
        _ route: ObjectName?, listener: ListenerID, _ protocol: String
    ) -> StreamLabels {
        let set = listener.listenerSet.map { "\($0)/" } ?? ""
        return note(
            StreamLabels(
                protocol: `protocol`, gateway: "\(listener.gateway)", listener: set + listener.listener,
                route: route.map { "\($0)" } ?? ""))
    }

    private mutating func note(_ labels: StreamLabels) -> StreamLabels {
        self.labels.insert(labels)
        return labels
    }
}
