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

    private(set) var listeners = NameIndex<Owner>()
    /// Counts what no listener takes, or what is no TLS.
    private(set) lazy var unmatched = metrics.series(for: labels)
    private let labels: StreamLabels
    private let metrics: StreamMetrics

    init(labels: StreamLabels, metrics: StreamMetrics) {
        self.labels = labels
        self.metrics = metrics
    }

    func add(_ owner: Owner, for hostname: HostnamePattern) {
        listeners.add(owner, for: hostname)
    }
}

/// A TLS listener on one event loop.
final class StreamListenerRuntime {
    let terminatesTLS: Bool
    private(set) var routes = NameIndex<StreamTarget>()
    /// Counts what no route takes.
    private(set) lazy var unrouted = metrics.series(for: labels)
    private let labels: StreamLabels
    private let metrics: StreamMetrics

    init(_ listener: StreamListener, labels: StreamLabels, metrics: StreamMetrics) {
        self.labels = labels
        self.metrics = metrics
        if case .terminate = listener.mode { terminatesTLS = true } else { terminatesTLS = false }
        self.unrouted = unrouted
    }

    func add(_ target: StreamTarget, for hostname: HostnamePattern) {
        routes.add(target, for: hostname)
    }
}
