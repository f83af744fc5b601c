import GatewayAPI
import KubernetesTypes
import Routing

/// Classes and Gateways, evaluated together: Gateways depend on each other through the ports they share.
struct GatewayStage: Sendable {
    private(set) var classes: [String: ClassEvaluation] = [:]
    /// Our Gateways in conflict order.
    private(set) var gateways: [GatewayEvaluation] = []
    /// Why a Gateway in the state is not among `gateways`.
    private(set) var foreignGateways: [ObjectName: ForeignGateway] = [:]
    private(set) var diagnostics: [Diagnostic] = []

    init() {}

    init(_ state: ClusterState, settings: ReconcilerSettings) {
        classes = ClassEvaluation.all(in: state, settings: settings)
        for stored in state.gateways.entries {
            let gateway = stored.object
            if let gatewayClass = classes[gateway.spec.gatewayClassName] {
                gateways.append(GatewayEvaluation(gateway, class: gatewayClass, state: state, settings: settings))
            } else {
                let foreign = ForeignGateway(gateway, in: state, settings: settings)
                foreignGateways[stored.name] = foreign
                // In a cluster other controllers serve other classes, which is nobody's mistake.
                if settings.standalone { diagnostics.append(foreign.finding(classes).diagnostic(for: gateway.key)) }
            }
        }
        gateways.sort { ConflictOrder.precedes(($0.creationTimestamp, $0.name), ($1.creationTimestamp, $1.name)) }
        PortOwnership.settle(&gateways, unbindable: settings.unbindablePorts)

        for gatewayClass in classes.values {
            guard let refusal = gatewayClass.refusal else { continue }
            diagnostics.append(refusal.diagnostic(for: gatewayClass.key))
        }
        for gateway in gateways {
            diagnostics += gateway.findings.map { $0.diagnostic(for: gateway.key) }
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
                path,
                "GatewayClass \(className) belongs to the controller \(controllerName), so the Gateway is ignored.",
                help: "Claim it with --controller-name \(controllerName), or use a class of this controller.")
        }
        let names = classes.keys.sorted()
        return Finding(
            path, "There is no GatewayClass \(className), so the Gateway is ignored.",
            help: names.isEmpty ? "Create it." : "Create it, or use \(Wording.list(names, conjunction: "or")).")
    }
}
