import Routing
import TLS

/// TLS for all backends of the configuration. What did not change is kept: certificates and authorities are loaded once,
/// and pooled connections live on.
struct BackendSecurities {
    private struct Entry {
        var tls: BackendTLS
        var speaksHTTP2: Bool
        var security: BackendSecurity
    }

    private struct Content: Hashable {
        var tls: BackendTLS
        var speaksHTTP2: Bool
    }

    private var entries: [BackendID: Entry] = [:]
    private var systemRoots: SystemRoots
    /// For connections of TCPRoutes and TLSRoutes: no application protocol is asked for, and only the backends of those
    /// are looked at.
    private let isForStreams: Bool
    /// Backends whose TLS could not be made, with the reason: nothing is sent to them.
    private(set) var problems: [BackendID: String] = [:]

    init(systemRoots: SystemRoots, isForStreams: Bool = false) {
        self.systemRoots = systemRoots
        self.isForStreams = isForStreams
    }

    /// nil for a backend without TLS.
    func security(of id: BackendID) -> BackendSecurity? { entries[id]?.security }

    /// Makes what `configuration` needs and forgets what it does not.
    mutating func update(_ configuration: RoutingConfiguration) {
        let inUse = isForStreams ? configuration.backendsOfStreams : nil
        let secured = configuration.backends.filter { $0.tls != nil && inUse?.contains($0.id) != false }
        let before = entries
        entries = [:]
        problems = problems.filter { id, _ in secured.contains { $0.id == id } }
        guard !secured.isEmpty else { return }
        // Looked into only for what is new: hashing a bundle of authorities takes long.
        var shared: [Content: BackendSecurity]?
        for backend in secured {
            guard let tls = backend.tls else { continue }
            let speaksHTTP2 = backend.protocol == .http2
            if let known = before[backend.id], known.speaksHTTP2 == speaksHTTP2, known.tls == tls {
                entries[backend.id] = known
                continue
            }
            problems[backend.id] = nil
            let content = Content(tls: tls, speaksHTTP2: speaksHTTP2)
            var index = shared ?? Self.index(before)
            let security = index[content] ?? make(backend, tls, speaksHTTP2: speaksHTTP2)
            index[content] = security
            shared = index
            entries[backend.id] = Entry(tls: tls, speaksHTTP2: speaksHTTP2, security: security)
        }
    }

    private static func index(_ entries: [BackendID: Entry]) -> [Content: BackendSecurity] {
        var index: [Content: BackendSecurity] = [:]
        for entry in entries.values {
            index[Content(tls: entry.tls, speaksHTTP2: entry.speaksHTTP2)] = entry.security
        }
        return index
    }

    private mutating func make(_ backend: BackendConfiguration, _ tls: BackendTLS, speaksHTTP2: Bool) -> BackendSecurity
    {
        do throws(TLSConfigurationError) {
            let roots = tls.trust == .system ? try systemRoots.load() : nil
            return BackendSecurity(
                try TLSClientContext(
                    tls, speaksHTTP2: isForStreams ? nil : speaksHTTP2, systemRoots: roots))
        } catch {
            problems[backend.id] = error.description
            return BackendSecurity(nil)
        }
    }
}

extension RoutingConfiguration {
    fileprivate var backendsOfStreams: Set<BackendID> {
        var backends: Set<BackendID> = []
        for route in streamRoutes {
            for backend in route.backends {
                if case .backend(let id) = backend.destination { backends.insert(id) }
            }
        }
        return backends
    }
}
