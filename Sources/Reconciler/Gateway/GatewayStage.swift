import GatewayAPI
import KubernetesTypes
import Routing

/// Classes, Gateways and ListenerSets, evaluated together: Gateways depend on each other through the ports they share.
struct GatewayStage: Sendable {
    private(set) var classes: [String: ClassEvaluation] = [:]
    /// Our Gateways in conflict order.
    private(set) var gateways: [GatewayEvaluation] = []
    /// One for each of `gateways`.
    private(set) var reports: [GatewayReport] = []
    /// Why a Gateway in the state is not among `gateways`.
    private(set) var foreignGateways: [ObjectName: ForeignGateway] = [:]
    /// ListenerSets that belong to none of `gateways`.
    private(set) var foreignListenerSets: [ObjectName] = []
    private(set) var diagnostics: [Diagnostic] = []

    init() {}

    init(_ state: ClusterState, settings: ReconcilerSettings, material: KeyMaterial) {
        classes = ClassEvaluation.all(in: state, settings: settings)
        let sets = ListenerSetParents(state)
        for stored in state.gateways.entries {
            let gateway = stored.object
            if let gatewayClass = classes[gateway.spec.gatewayClassName] {
                gateways.append(
                    GatewayEvaluation(
                        gateway, class: gatewayClass, listenerSets: sets.sets[stored.name] ?? [], state: state,
                        settings: settings, material: material))
            } else {
                let foreign = ForeignGateway(gateway, in: state, settings: settings)
                foreignGateways[stored.name] = foreign
                // In a cluster other controllers serve other classes, which is nobody's mistake.
                if settings.standalone { diagnostics.append(foreign.finding(classes).diagnostic(for: gateway.key)) }
            }
        }
        gateways.sort { ConflictOrder.precedes(($0.creationTimestamp, $0.name), ($1.creationTimestamp, $1.name)) }
        PortOwnership.settle(&gateways, unbindable: settings.unbindablePorts)
        reports = gateways.map(GatewayReport.init)

        for gatewayClass in classes.values {
            guard let refusal = gatewayClass.refusal else { continue }
            diagnostics.append(refusal.diagnostic(for: gatewayClass.key))
        }
        for gateway in gateways { diagnostics += gateway.diagnostics }
        addForeign(sets, state, settings)
    }

    /// ListenerSets that are none of our business. In a cluster that is nobody's mistake.
    private mutating func addForeign(_ sets: ListenerSetParents, _ state: ClusterState, _ settings: ReconcilerSettings)
    {
        let ours = Set(gateways.map(\.name))
        for (gateway, members) in sets.sets where !ours.contains(gateway) {
            foreignListenerSets += members.map { ObjectName($0.metadata) }
            guard settings.standalone, state.gateways[gateway] == nil else { continue }
            let finding = Finding(
                .missingGateway, FieldPath("spec.parentRef.name"),
                "Gateway \(gateway) does not exist, so the ListenerSet is ignored.",
                help: "Create it, or correct the name or namespace.")
            diagnostics += members.map { finding.diagnostic(for: $0.key) }
        }
        for (set, finding) in sets.orphans {
            foreignListenerSets.append(ObjectName(set.metadata))
            if settings.standalone { diagnostics.append(finding.diagnostic(for: set.key)) }
        }
    }

    var classStatuses: [ObjectStatus<GatewayClassStatus>] {
        classes.values.map { ObjectStatus(key: $0.key, status: $0.status) }.sorted { $0.key < $1.key }
    }
}

/// A Gateway that is not ours.
struct ForeignGateway: Sendable, Hashable {
    var className: String
    /// nil when there is no such class.
    var controllerName: String?

    init(_ gateway: Gateway, in state: ClusterState, settings: ReconcilerSettings) {
        className = gateway.spec.gatewayClassName
        let gatewayClass = state.gatewayClasses[ObjectName(namespace: "", name: className)]
        controllerName = gatewayClass?.spec.controllerName
    }

    func finding(_ classes: [String: ClassEvaluation]) -> Finding {
        let path = FieldPath("spec.gatewayClassName")
        if let controllerName {
            return Finding(
                .foreignClass, path,
                "GatewayClass \(className) belongs to the controller \(controllerName), so the Gateway is ignored.",
                help: "Claim it with --controller-name \(controllerName), or use a class of this controller.")
        }
        let names = classes.keys.sorted()
        return Finding(
            .missingClass, path, "There is no GatewayClass \(className), so the Gateway is ignored.",
            help: names.isEmpty ? "Create it." : "Create it, or use \(Wording.list(names, conjunction: "or")).")
    }
}
