import GatewayAPI
import KubernetesTypes
import Routing

/// Puts together what the stages found out: which routes each listener has, and the outcome.
struct Assembly {
    /// The routes in the configuration, in conflict order.
    private(set) var servedRoutes: [RouteEvaluation] = []
    /// Their configurations: those for requests and those for connections and datagrams, each in the same order.
    private var requestRoutes: [RouteConfiguration] = []
    private var streamRoutes: [StreamRouteConfiguration] = []
    /// Of every listener of every Gateway: how many routes count as attached, and those it serves.
    private var listeners: [[ListenerRoutes]]

    private struct ListenerRoutes {
        let isServed: Bool
        var attachedRoutes = 0
        var routes: [AttachedRoute] = []
        var streams: [AttachedStreamRoute] = []
    }

    /// - Parameter routes: in conflict order.
    init(_ stage: GatewayStage, _ routes: [RouteEvaluation]) {
        listeners = stage.reports.map { report in report.listeners.map { ListenerRoutes(isServed: $0.isServed) } }
        let indices = Dictionary(
            stage.gateways.enumerated().map { ($1.name, $0) }, uniquingKeysWith: { first, _ in first })
        servedRoutes.reserveCapacity(routes.count)
        // Most routes have the same Gateway as the one before.
        var latest: (name: ObjectName, index: Int)?
        for route in routes {
            var isServed = false
            for attachment in route.attachments {
                if latest?.name != attachment.gateway {
                    guard let index = indices[attachment.gateway] else { continue }
                    latest = (attachment.gateway, index)
                }
                guard let gateway = latest?.index else { continue }
                isServed = attach(attachment, of: route, gateway: gateway) || isServed
            }
            guard isServed else { continue }
            servedRoutes.append(route)
            switch route.configuration {
            case .requests(let configuration): requestRoutes.append(configuration)
            case .streams(let configuration): streamRoutes.append(configuration)
            }
        }
    }

    /// Returns whether the listener is served.
    private mutating func attach(
        _ attachment: RouteEvaluation.Attachment, of route: RouteEvaluation, gateway: Int
    ) -> Bool {
        if attachment.isCounted { listeners[gateway][attachment.listener].attachedRoutes += 1 }
        guard listeners[gateway][attachment.listener].isServed else { return false }
        switch route.configuration {
        case .requests:
            listeners[gateway][attachment.listener].routes.append(
                AttachedRoute(route: requestRoutes.count, hostnames: attachment.hostnames))
        case .streams:
            listeners[gateway][attachment.listener].streams.append(
                AttachedStreamRoute(route: streamRoutes.count, hostnames: attachment.hostnames))
        }
        return true
    }

    /// Which routes joined and left, both lists being in the same order except where routes changed.
    func useChanges(since previous: [RouteEvaluation]) -> BackendStage.UseChanges {
        BackendStage.UseChanges(from: previous, to: servedRoutes)
    }

    // MARK: The outcome

    func outcome(_ stage: GatewayStage, _ routes: [RouteEvaluation], _ backends: [BackendStage.Backend]) -> Outcome {
        var configuration = RoutingConfiguration(
            ports: ports(stage), routes: requestRoutes, streamRoutes: streamRoutes,
            backends: backends.map(\.configuration))
        ClientIdentities(stage.gateways).apply(to: &configuration)
        return Outcome(
            configuration: configuration,
            statuses: statuses(stage, routes),
            diagnostics: diagnostics(stage, routes),
            summary: Summary(
                gateways: gatewaySummaries(stage),
                routes: routes.lazy.filter { !$0.problems.isEmpty }
                    .map { RouteSummary(kind: $0.kind.name, name: $0.name, problems: $0.problems) }
                    .sorted { ($0.name, $0.kind) < ($1.name, $1.kind) }),
            backendsWithoutEndpoints: backends.lazy.filter(\.isWithoutEndpoints).map(\.configuration.id))
    }

    private func ports(_ stage: GatewayStage) -> [PortConfiguration] {
        var ports: [BindAddress: PortConfiguration] = [:]
        for (gateway, routes) in zip(stage.gateways, listeners) {
            for (listener, routes) in zip(gateway.listeners, routes) where routes.isServed {
                let (port, transport) = (listener.spec.port, listener.spec.protocol.transport)
                let id = ListenerID(
                    gateway: gateway.name, listenerSet: gateway.listenerSet(of: listener)?.name,
                    listener: listener.spec.name)
                for address in gateway.addresses.bound {
                    add(
                        listener, id, routes,
                        to: &ports[
                            BindAddress(address: address, port: port, transport: transport),
                            default: PortConfiguration(address: address, port: port)])
                }
            }
        }
        return ports.sorted { left, right in
            let (first, second) = (left.key, right.key)
            return (first.address ?? "", first.port, first.transport.rawValue)
                < (second.address ?? "", second.port, second.transport.rawValue)
        }
        .map(\.value)
    }

    private func add(
        _ listener: ListenerEvaluation, _ id: ListenerID, _ routes: ListenerRoutes, to port: inout PortConfiguration
    ) {
        let hostname = listener.hostname ?? .any
        switch listener.spec.protocol {
        case .tcp:
            port.streams.append(StreamListener(id: id, mode: .plain, routes: routes.streams))
        case .tls:
            guard let mode = listener.streamMode else { return }
            port.streams.append(StreamListener(id: id, hostname: hostname, mode: mode, routes: routes.streams))
        case .udp:
            port.datagrams = DatagramListener(id: id, route: routes.streams.first?.route)
        case .http, .https, .unrecognized:
            // The listeners of a port belong to one Gateway, which has one setting for all its HTTPS listeners there.
            if listener.clientValidation != nil { port.clientValidation = listener.clientValidation }
            port.listeners.append(
                ListenerConfiguration(id: id, hostname: hostname, tls: listener.tls, routes: routes.routes))
        }
    }

    private func statuses(_ stage: GatewayStage, _ routes: [RouteEvaluation]) -> Statuses {
        var gateways: [ObjectStatus<GatewayStatus>] = []
        var listenerSets: [ObjectStatus<ListenerSetStatus>] = []
        for (index, (gateway, report)) in zip(stage.gateways, stage.reports).enumerated() {
            let routes = listeners[index]
            func statuses(_ range: Range<Int>) -> [ListenerStatus] {
                range.map { index in
                    let listener = gateway.listeners[index]
                    return ListenerStatus(
                        name: listener.spec.name, supportedKinds: listener.supportedKinds,
                        attachedRoutes: Int32(clamping: routes[index].attachedRoutes),
                        conditions: report.listeners[index].conditions)
                }
            }
            gateways.append(
                ObjectStatus(
                    key: gateway.key,
                    status: GatewayStatus(
                        addresses: report.addresses, conditions: report.conditions,
                        listeners: statuses(gateway.ownListeners),
                        attachedListenerSets: report.attachedListenerSets)))
            for (set, conditions) in zip(gateway.listenerSets, report.listenerSets) {
                listenerSets.append(
                    ObjectStatus(
                        key: set.key,
                        status: ListenerSetStatus(
                            conditions: conditions, listeners: statuses(set.listeners))))
            }
        }
        var statuses = Statuses(
            gatewayClasses: stage.classStatuses, gateways: gateways.sorted { $0.key < $1.key },
            listenerSets: listenerSets.sorted { $0.key < $1.key }, httpRoutes: [])
        for route in routes {
            guard let status = route.status else { continue }
            switch route.kind {
            case .http: statuses.httpRoutes.append(status)
            case .grpc: statuses.grpcRoutes.append(status)
            case .tls: statuses.tlsRoutes.append(status)
            case .tcp: statuses.tcpRoutes.append(status)
            case .udp: statuses.udpRoutes.append(status)
            }
        }
        return statuses
    }

    private func diagnostics(_ stage: GatewayStage, _ routes: [RouteEvaluation]) -> [Diagnostic] {
        var diagnostics = stage.diagnostics
        for route in routes where !route.diagnostics.isEmpty { diagnostics += route.diagnostics }
        return diagnostics.sorted { $0.object < $1.object }
    }

    private func gatewaySummaries(_ stage: GatewayStage) -> [GatewaySummary] {
        zip(zip(stage.gateways, stage.reports), listeners).map { found, routes in
            let (gateway, report) = found
            return GatewaySummary(
                name: gateway.name, gatewayClassName: gateway.className, addresses: gateway.addresses.bound,
                listeners: gateway.listeners.indices.map { index in
                    let (listener, routes) = (gateway.listeners[index], routes[index])
                    return ListenerSummary(
                        listenerSet: gateway.listenerSet(of: listener)?.name, name: listener.spec.name,
                        port: listener.spec.port, protocol: listener.spec.protocol,
                        hostname: listener.hostname ?? .any, attachedRoutes: routes.attachedRoutes,
                        isServed: routes.isServed, problems: report.listeners[index].problems)
                },
                problems: report.problems)
        }
        .sorted { $0.name < $1.name }
    }
}
