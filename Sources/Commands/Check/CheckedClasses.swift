import GatewayAPI
import KubernetesTypes
import Manifests
import Reconciler

/// GatewayClasses as `weir check` takes them: manifests are checked as if every Gateway in them was weir's, whoever is to
/// serve it and wherever its class is kept.
struct CheckedClasses {
    /// Controllers of the classes in the manifests.
    private(set) var controllerNames: Set<String> = []
    /// Classes that Gateways name and no manifest has, sorted.
    private(set) var missing: [String] = []
    private(set) var diagnostics: [CheckedDiagnostic] = []

    init(_ snapshot: ManifestSnapshot) {
        var present: Set<String> = []
        for decoded in snapshot.objects {
            guard case .gatewayClass(let gatewayClass) = decoded.object else { continue }
            present.insert(gatewayClass.metadata.name)
            let controller = gatewayClass.spec.controllerName
            controllerNames.insert(controller)
            guard controller != ReconcilerSettings.defaultControllerName else { continue }
            let path = FieldPath("spec.controllerName")
            diagnostics.append(
                CheckedDiagnostic(
                    .classOfOtherController, .note, at: decoded.fieldLocations.location(of: path),
                    object: "\(decoded.key)", path: path,
                    message:
                        "The class belongs to the controller \(controller); its Gateways are checked all the same.",
                    help: "`weir run` serves them with --controller-name \(controller)."))
        }
        for decoded in snapshot.objects {
            guard case .gateway(let gateway) = decoded.object else { continue }
            let name = gateway.spec.gatewayClassName
            guard name != ReconcilerSettings.defaultGatewayClassName || !present.isEmpty, !present.contains(name)
            else { continue }
            if !missing.contains(name) { missing.append(name) }
            let path = FieldPath("spec.gatewayClassName")
            diagnostics.append(
                CheckedDiagnostic(
                    .classNotInManifests, .note, at: decoded.fieldLocations.location(of: path),
                    object: "\(decoded.key)", path: path,
                    message: "GatewayClass \(name) is not among the manifests; the Gateway is checked all the same.",
                    help: "Name the file of the class with -f too, or make sure that it exists."))
        }
        missing.sort()
    }

    /// What takes the place of a missing class.
    func standIn(named name: String) -> GatewayClass {
        GatewayClass(
            metadata: ObjectMeta(name: name),
            spec: GatewayClassSpec(controllerName: ReconcilerSettings.defaultControllerName))
    }
}
