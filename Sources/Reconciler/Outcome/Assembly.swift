import GatewayAPI
import KubernetesTypes
import Routing

/// Puts together what the stages found out: which routes each listener has, and the outcome.
struct Assembly {
    /// The routes in the configuration, in conflict order.
    private(set) var servedRoutes: [RouteEvaluation] = []
    /// Of every listener of every Gateway: how many routes count as attached, and those it serves.
    private var listeners: [[ListenerRoutes]]

    private struct ListenerRoutes {
        let isServed: Bool
        var attachedRoutes = 0
        var routes: [AttachedRoute] = []
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
                isServed = attach(attachment, gateway: gateway) || isServed
            }
            if isServed { servedRoutes.append(route) }
        }
    }

    /// Returns whether the listener is served.
    private mutating func attach(_ attachment: RouteEvaluation.Attachment, gateway: Int) -> Bool {
        if attachment.isCounted { listeners[gateway][attachment.listener].attachedRoutes += 1 }
        guard listeners[gateway][attachment.listener].isServed else { return false }
        listeners[gateway][attachment.listener].routes.append(
            AttachedRoute(route: servedRoutes.count, hostnames: attachment.hostnames))
        return true
    }

    /// Which routes joined and left, both lists being in the same order except where routes changed.
    func useChanges(since previous: [RouteEvaluation]) -> BackendStage.UseChanges {
        BackendStage.UseChanges(from: previous, to: servedRoutes)
    }

    // MARK: The outcome

    func outcome(_ stage: GatewayStage, _ routes: [RouteEvaluation], _ backends: [BackendStage.Backend]) -> Outcome {
        Outcome(
            configuration: RoutingConfiguration(
                ports: ports(stage), routes: servedRoutes.map(\.configuration), backends: backends.map(\.configuration)),
            statuses: statuses(stage, routes),
            diagnostics: diagnostics(stage, routes),
            summary: Summary(
                gateways: gatewaySummaries(stage),
                routes: routes.lazy.filter { !$0.problems.isEmpty }
                    .map { RouteSummary(name: $0.route.name, problems: $0.problems) }
                    .sorted { $0.name < $1.name }),
            backendsWithoutEndpoints: backends.lazy.filter(\.isWithoutEndpoints).map(\.configuration.id))
    }

    private func ports(_ stage: GatewayStage) -> [PortConfiguration] {
        var ports: [BindAddress: PortConfiguration] = [:]
        for (gateway, routes) in zip(stage.gateways, listeners) {
            for (listener, routes) in zip(gateway.listeners, routes) where routes.isServed {
                let port = listener.spec.port
                let configuration = ListenerConfiguration(
                    id: ListenerID(
                        gateway: gateway.name, listenerSet: gateway.listenerSet(of: listener)?.name,
                        listener: listener.spec.name),
                    hostname: listener.hostname ?? .any, tls: listener.tls, routes: routes.routes)
                for address in gateway.addresses.bound {
                    ports[
                        BindAddress(address: address, port: port),
                        default: PortConfiguration(address: address, port: port, listeners: [])
                    ].listeners.append(configuration)
                }
            }
        }
        return ports.values.sorted { ($0.address ?? "", $0.port) < ($1.address ?? "", $1.port) }
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
        return Statuses(
            gatewayClasses: stage.classStatuses, gateways: gateways.sorted { $0.key < $1.key },
            listenerSets: listenerSets.sorted { $0.key < $1.key },
            httpRoutes: routes.lazy.filter { $0.route.kind == .http }.compactMap(\.status),
            grpcRoutes: routes.lazy.filter { $0.route.kind == .grpc }.compactMap(\.status))
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
