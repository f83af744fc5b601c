import Routing
import Telemetry

/// What becomes of connections to a port, on one event loop.
enum PortService {
    /// HTTP, or HTTPS and nothing else.
    case http
    /// TCP: the oldest route has them all.
    case plain(StreamTarget)
    /// TLS, with or without HTTPS on the same port: the server name decides.
    case tls(ServerNameTable)
    /// UDP.
    case datagrams(StreamTarget)
}

/// A port as one event loop serves it.
struct PortRuntime {
    var service: PortService
    /// TLS of its HTTPS listeners and terminating TLS listeners.
    var served: ServedPort
    /// Peers that send the PROXY protocol; nil when nobody is believed.
    var trustedPeers: NetworkSet?
}

/// The listeners of a port that TLS clients come to, by server name.
final class ServerNameTable {
    enum Owner {
        /// An HTTPS listener: its own code does the handshake.
        case https
        case stream(StreamListenerRuntime)
    }

    fileprivate(set) var listeners = NameIndex<Owner>()
    /// Counts what no listener takes, or what is no TLS.
    let unmatched: StreamSeries

    init(unmatched: StreamSeries) {
        self.unmatched = unmatched
    }
}

/// A TLS listener on one event loop.
final class StreamListenerRuntime {
    let terminatesTLS: Bool
    fileprivate(set) var routes = NameIndex<StreamTarget>()
    /// Counts what no route takes.
    let unrouted: StreamSeries

    init(_ listener: StreamListener, unrouted: StreamSeries) {
        if case .terminate = listener.mode { terminatesTLS = true } else { terminatesTLS = false }
        self.unrouted = unrouted
    }
}

/// Makes the objects of one event loop from a plan.
struct StreamServiceBuilder {
    private let plan: StreamPlan
    private let metrics: StreamMetrics
    private let random: () -> UInt64
    private(set) var labels: Set<StreamLabels> = []

    init(_ plan: StreamPlan, metrics: StreamMetrics, random: @escaping () -> UInt64) {
        self.plan = plan
        self.metrics = metrics
        self.random = random
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
            unmatched: series(
                StreamLabels(protocol: "TLS", gateway: "\(first.id.gateway)", listener: "", route: "")))
        for listener in port.streams { table.listeners.add(.stream(runtime(of: listener)), for: listener.hostname) }
        for listener in port.listeners { table.listeners.add(.https, for: listener.hostname) }
        return .tls(table)
    }

    private mutating func runtime(of listener: StreamListener) -> StreamListenerRuntime {
        let runtime = StreamListenerRuntime(
            listener, unrouted: series(labels(nil, listener: listener.id, "TLS")))
        for attached in listener.routes {
            let target = target(attached.route, listener: listener.id, "TLS")
            for hostname in attached.hostnames { runtime.routes.add(target, for: hostname) }
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
            shares: ContiguousArray(shares),
            series: series(labels(configuration?.name, listener: listener, `protocol`)),
            hasRoute: configuration != nil, seed: random())
    }

    private func labels(_ route: ObjectName?, listener: ListenerID, _ protocol: String) -> StreamLabels {
        let set = listener.listenerSet.map { "\($0)/" } ?? ""
        return StreamLabels(
            protocol: `protocol`, gateway: "\(listener.gateway)", listener: set + listener.listener,
            route: route.map { "\($0)" } ?? "")
    }

    private mutating func series(_ labels: StreamLabels) -> StreamSeries {
        self.labels.insert(labels)
        return metrics.series(for: labels)
    }
}
