import Routing
import Telemetry

/// A backend's endpoints as addresses: names are resolved by now.
struct ResolvedBackend: Sendable, Hashable {
    var id: BackendID
    var retryBudget: RetryBudget?
    var policy = ConnectionPolicy()
    var ready: [SocketAddress]
    var terminating: [SocketAddress]
    /// Sent in front of connections of TCPRoutes and TLSRoutes.
    var proxyProtocol: BackendConfiguration.ProxyProtocolVersion?
    /// TLS of those connections; nil in plain text.
    var streamSecurity: BackendSecurity?
}

/// A listening socket for one worker.
struct ListenerPlan: Sendable {
    /// A newly opened socket; nil when the worker has one for this address already.
    var descriptor: Int32?
    var address: ListenAddress
    var specPort: UInt16
    var portIndex: Int
}

extension Worker {
    /// Takes over a new table. Requests in flight keep theirs; connections and pools live on.
    func install(
        table: RoutingTable, backends: [ResolvedBackend], services: StreamServices, listeners plan: [ListenerPlan]
    ) {
        self.table = LoopTable(table: table, backends: makePools(backends), ports: services.ports)
        streamMetrics.retain(services.labels)
        retireEndpoints()
        install(plan)
    }

    /// Exchanges the endpoints only: the short path of EndpointSlice changes.
    func install(backends: [ResolvedBackend]) {
        table.backends = makePools(backends)
        retireEndpoints()
    }

    private func makePools(_ backends: [ResolvedBackend]) -> ContiguousArray<BackendPool> {
        let before = retryBudgets
        retryBudgets = [:]
        return ContiguousArray(
            backends.map { backend in
                if let budget = backend.retryBudget {
                    let known = before[backend.id]
                    retryBudgets[backend.id] =
                        known?.budget == budget ? known : RetryBudgetState(budget, loop: index, loops: settings.workers)
                }
                return BackendPool(
                    ready: ContiguousArray(backend.ready.map { endpoint($0, backend.policy) }),
                    terminating: ContiguousArray(backend.terminating.map { endpoint($0, backend.policy) }),
                    retryBudget: retryBudgets[backend.id], id: backend.id, proxyProtocol: backend.proxyProtocol,
                    streamSecurity: backend.streamSecurity)
            })
    }

    private func endpoint(_ address: SocketAddress, _ policy: ConnectionPolicy) -> EndpointPool {
        let key = EndpointKey(address: address, policy: policy)
        if let known = endpoints[key] { return known }
        let made = EndpointPool(address: address, policy: policy)
        endpoints[key] = made
        return made
    }

    /// Lets go of endpoints that the table at hand does not name.
    private func retireEndpoints() {
        var named = Set<EndpointKey>()
        for backend in table.backends {
            for endpoint in backend.endpoints { named.insert(endpoint.key) }
        }
        var anyRetired = false
        for (key, endpoint) in endpoints where !named.contains(key) {
            endpoints[key] = nil
            endpoint.retire()
            anyRetired = true
        }
        if anyRetired { drainStreamsOfRetiredEndpoints() }
    }

    private func install(_ plan: [ListenerPlan]) {
        installDatagramSockets(plan)
        var kept: [ListenerSocket] = []
        for listener in listeners {
            let address = ListenAddress(socket: listener.address, isDatagram: false)
            if let entry = plan.first(where: { $0.descriptor == nil && $0.address == address }) {
                listener.portIndex = entry.portIndex
                listener.port = table.ports[entry.portIndex]
                kept.append(listener)
            } else {
                listener.portIndex = -1
                listener.acceptRestAndClose()
            }
        }
        for entry in plan where !entry.address.isDatagram {
            guard let descriptor = entry.descriptor else { continue }
            let listener = ListenerSocket(
                worker: self, descriptor: descriptor, address: entry.address.socket, specPort: entry.specPort,
                portIndex: entry.portIndex, port: table.ports[entry.portIndex])
            // Registering fails only when the process is out of memory or watches; the socket then closes, and the other
            // workers serve the port.
            do {
                try loop.register(listener, connection: false)
                kept.append(listener)
            } catch {
                loop.close(listener)
            }
        }
        listeners = kept
    }
}
