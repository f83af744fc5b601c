import GatewayAPI
import KubernetesTypes
import Routing

/// One GatewayClass that is ours.
struct ClassEvaluation: Sendable, Hashable {
    var name: String
    var controllerName: String
    /// Why `Accepted` is False.
    var refusal: Finding?
    var key: ObjectKey
    /// nil for the class that a standalone run brings itself: no object stands behind it.
    var observedGeneration: Int64?

    /// A class that takes no parameters refuses any (spec.parametersRef is implementation-specific).
    init(_ gatewayClass: GatewayClass) {
        name = gatewayClass.metadata.name
        controllerName = gatewayClass.spec.controllerName
        key = gatewayClass.key
        observedGeneration = gatewayClass.metadata.observedGeneration
        if let reference = gatewayClass.spec.parametersRef {
            refusal = Finding(
                .classParameters, FieldPath("spec.parametersRef"),
                "parametersRef names \(reference.kind) \(reference.name), but classes of this controller have no "
                    + "parameters.",
                help: "Remove spec.parametersRef.")
        }
    }

    private init(standaloneClassOf settings: ReconcilerSettings) {
        name = ReconcilerSettings.defaultGatewayClassName
        key = ObjectKey(GatewayClass.groupKind, namespace: "", name: name)
        controllerName = settings.controllerName
    }

    var status: GatewayClassStatus {
        let accepted =
            if let refusal {
                Condition(
                    GatewayClassConditionType.accepted, .false, GatewayClassConditionReason.invalidParameters,
                    message: refusal.text, observedGeneration: observedGeneration)
            } else {
                Condition(
                    GatewayClassConditionType.accepted, .true, GatewayClassConditionReason.accepted,
                    message: "Gateways of this class are served by \(controllerName).",
                    observedGeneration: observedGeneration)
            }
        return GatewayClassStatus(conditions: [accepted], supportedFeatures: SupportedFeatures.claimed)
    }

    /// Our classes, by name.
    static func all(in state: ClusterState, settings: ReconcilerSettings) -> [String: ClassEvaluation] {
        var classes: [String: ClassEvaluation] = [:]
        for stored in state.gatewayClasses.entries where settings.claims(stored.object.spec.controllerName) {
            classes[stored.name.name] = ClassEvaluation(stored.object)
        }
        let fallback = ClassEvaluation(standaloneClassOf: settings)
        let isTaken = state.gatewayClasses[ObjectName(namespace: "", name: fallback.name)] != nil
        if settings.standalone, classes.isEmpty, !isTaken { classes[fallback.name] = fallback }
        return classes
    }
}
